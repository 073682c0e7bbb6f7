"""The record of a study's claims in its ``study.json``: what was claimed before its models were trained, and after."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biasvar.study.claims.claim import Claim, claims_of
from biasvar.study.store.study_json import whole_content

if TYPE_CHECKING:
    from biasvar.study.plan import Plan


def claims_on_record(folder: Path, study_plan: "Plan", models: int) -> dict[str, list[dict[str, Any]]]:
    """Return the entries of ``study.json`` for a plan's claims, in a folder that holds this many models.

    A claim that stands there unchanged keeps its number of models; any other was added after ``models``. One that was
    there and is no longer claimed is kept under ``withdrawn_claims``.
    """
    before = whole_content(folder) or {}
    stated = {without_number(entry): entry["added_after"] for entry in before.get("claims", [])}
    now = {without_number(claim.as_json()): claim for claim in study_plan.claims}
    entries = [claim.as_json() | {"added_after": stated.get(text, models)} for text, claim in now.items()]
    gone = [
        entry | {"withdrawn_after": models} for entry in before.get("claims", []) if without_number(entry) not in now
    ]
    gone = [*before.get("withdrawn_claims", []), *(gone if models else [])]
    return {name: found for name, found in (("claims", entries), ("withdrawn_claims", gone)) if found}


def without_number(entry: Mapping[str, Any]) -> str:
    """Return a claim as a text to compare it by, without the number of models it was added after."""
    return json.dumps({name: value for name, value in entry.items() if name != "added_after"}, sort_keys=True)


def recorded_claims(content: Mapping[str, Any]) -> tuple[Claim, ...]:
    """Return the claims of a ``study.json``."""
    entries = content.get("claims", [])
    stated = [{name: value for name, value in entry.items() if name != "added_after"} for entry in entries]
    found = claims_of(stated, [])
    return tuple(replace(claim, added_after=entry["added_after"]) for claim, entry in zip(found, entries, strict=True))
