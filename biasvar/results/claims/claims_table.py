"""``claims.csv``: the verdict on each claim of a study."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from math import nan
from typing import Any

import pandas as pd

from biasvar.results.cells import Cells
from biasvar.results.claims.judging import Evidence, judge
from biasvar.results.claims.sample import Sample, picked
from biasvar.results.claims.verdict import Verdict
from biasvar.results.claims.wanted import Wanted, places_of, wanted_at
from biasvar.results.results import Results
from biasvar.results.shapes.tails import unsettled
from biasvar.results.tables import as_read
from biasvar.results.verification.form import Committee
from biasvar.study.claims.cells import fault_of
from biasvar.study.claims.claim import Claim, Place
from biasvar.study.claims.quantities import CRITERIA, OF_COMMITTEES

FILE = "claims.csv"
COLUMNS = (
    "id", "source", "expected", "measured", "low", "high", "verdict", "replicates_needed", "level", "added_after",
    "note", "text",
)  # fmt: skip


def claims_table(cells: Cells, results: Results, contributions: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each claim.

    The intervals are simultaneous over the study's claims: each errs with a probability of at most (1 - level) over
    their number (Bonferroni).
    """
    claims = cells.claims
    level = 1 - (1 - results.level) / max(len(claims), 1)
    samples = samples_in(contributions)
    rows = [row_of(claim, verdict_on(claim, cells, results, samples, level), level) for claim in claims]
    return as_read(pd.DataFrame(rows, columns=COLUMNS))


def row_of(claim: Claim, verdict: Verdict, level: float) -> dict[str, Any]:
    """Return the row of one claim."""
    about = {"id": claim.id, "source": claim.source, "text": claim.text, "added_after": claim.added_after}
    return about | asdict(verdict) | {"level": level}


def samples_in(contributions: pd.DataFrame) -> dict[Wanted, Sample | str]:
    """Return the sample of each quantity of a cell, or why it has none."""
    found: dict[Wanted, Sample | str] = {}
    keys = list(Wanted._fields)
    for _, rows in contributions.groupby(keys, sort=False):
        cell, quantity, loss, members, rule = rows[keys].iloc[0]
        asked = Wanted(int(cell), quantity, loss, int(members), rule)
        note = rows["note"].iloc[0]
        by_source = rows.groupby("source", sort=False)
        found[asked] = note or Sample({name: one.set_index("seed")["value"] for name, one in by_source})  # type: ignore[misc]
    return found


def verdict_on(
    claim: Claim, cells: Cells, results: Results, samples: Mapping[Wanted, Sample | str], level: float
) -> Verdict:
    """Return the verdict on one claim; where it cannot be decided, that says why."""
    places = places_of(claim, cells.values)
    found = [sample_at(place, cells.values, samples) for place in places]
    own = found[: len(claim.places)]
    if why := next((one for one in own if isinstance(one, str)), ""):
        return Verdict(expected=claim.expect, note=why)
    asked = [one for place in places for one in wanted_at(place, cells.values)]
    rows = results.table[results.table["cell"].isin([one.cell for one in asked])]
    loss = asked[0].loss or results.losses[0]
    evidence = Evidence(
        [one for one in found if isinstance(one, Sample)],
        bool(unsettled(rows[rows["loss"] == loss]).any()) and asked[0].quantity != "noise",
        all(one.quantity in CRITERIA for one in asked) and not any("statistic" in place for place in places),
        truth_of(cells, asked[0], loss, results) if claim.expect == "closed_form" else nan,
    )
    if claim.expect == "closed_form" and pd.isna(evidence.truth):
        return Verdict(expected="closed form", note="no closed form of it is known here")
    lost = len(found) - len(evidence.samples)
    verdict = judge(claim, evidence, level)
    left_out = f"{lost} cell{'s' * (lost > 1)} without an estimate left out"
    return replace(verdict, note="; ".join(filter(None, [verdict.note, left_out * bool(lost)])))


def sample_at(place: Place, cells: Sequence[Mapping[str, Any]], samples: Mapping[Wanted, Sample | str]) -> Sample | str:
    """Return the contributions at one place of a claim, or why it has none."""
    if why := fault_of(place, cells):
        return why
    asked = wanted_at(place, cells)
    found = [samples.get(one, "its cell has no estimate") for one in asked]
    if why := next((one for one in found if isinstance(one, str)), ""):
        return why
    known = [one for one in found if isinstance(one, Sample)]
    sample = picked(known[::2], known[1::2]) if "pick_by" in place else known[0]
    return sample.spread() if place.get("statistic") == "variance" else sample


def truth_of(cells: Cells, asked: Wanted, loss: str, results: Results) -> float:
    """Return the value of a quantity's closed form, NaN if none is known."""
    rows = results.of_loss(loss)
    noise = float(rows.loc[rows["cell"] == asked.cell, "noise"].iloc[0])
    for form in cells.closed_forms(asked.cell, loss):
        truths = {} if form.not_tested else form.truths
        if asked.quantity == OF_COMMITTEES and Committee(asked.members) in truths:
            return noise + truths[Committee(asked.members)]
        if asked.quantity in truths:
            return truths[asked.quantity]
        if asked.quantity == "risk" and {"bias_squared", "variance"} <= truths.keys():
            return noise + truths["bias_squared"] + truths["variance"]
    return nan
