"""Which study a folder belongs to: a study resumes in its own folder only."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from biasvar.settings import Part, Problem, SettingsError, identity_of, keys_that_change_numbers, show
from biasvar.study.config import CHANGE_NUMBERS, Study, TopLevel
from biasvar.study.environment import changes_between, environment_of
from biasvar.study.plan import Plan
from biasvar.study.sources import sources_of, varied_groups
from biasvar.study.store.manifest import numerics_of, read_manifest, recorded_environments, recorded_numerics
from biasvar.study.store.store import Store
from biasvar.study.store.study_json import faults_of, has_study, is_lost, read_content

PAGE = "report.html"
DERIVED = (  # written by a report
    "results.csv",
    "results.parquet",
    "results.json",
    "replicates.parquet",
    "points.parquet",
    "curves.csv",
    "noise.csv",
    "committee.csv",
    "sensitivity.csv",
    "spread.csv",
    "outliers.csv",
    "claims.csv",
    "contributions.csv",
    PAGE,
    "figures",
)
MORE = ("replicates", "design.seeds", "design.inner")  # more of them add members and leave existing ones unchanged


def default_folder(name: str) -> Path:
    """Return the folder for a study's name: below outputs/, under a hash if the name is not a valid folder name."""
    safe = re.sub(r"[^A-Za-z0-9._+-]+", "_", name).strip(".")[:80]
    own = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return Path("outputs") / (safe if safe == name else f"{safe}-{own}")


def refuse_other_study(folder: Path, study_plan: Plan) -> None:
    """Raise for a folder whose study has other settings, or that holds unknown files.

    Other values of the swept keys, other axes, and more replicates extend a study.

    Raises
    ------
    SettingsError
        With each setting that differs as ``key: old -> new``.
    OSError
        If the checksum of the study's data has changed.
    """
    if is_lost(folder) and holds_members(folder, study_plan):
        return  # missing files are rewritten
    if not has_study(folder):
        taken = [name for name in DERIVED if (folder / name).exists()]
        taken += ["shards"] if any((folder / "shards").glob("*/*.json")) else []
        if taken:
            what = f"{folder} holds no study, and would lose its own {', '.join(taken)}"
            raise SettingsError([Problem("--out", what, "a folder of its own", "give another DIR, or no --out")])
        return
    content = read_content(folder)
    if not any((folder / "shards").glob("*/*.json")):
        return
    there = read_manifest(folder)
    refuse_other_data(folder, there, study_plan, content["data"])
    changed = differences(there, study_plan)
    if changed:
        what = "\n  ".join([f"{folder} holds another study", *changed])
        raise SettingsError([Problem("--out", what, "a folder of its own", "give another DIR, or no --out")])


def holds_members(folder: Path, study_plan: Plan) -> bool:
    """Return whether a folder with lost settings holds models of this study, by the identities in its shards."""
    return not study_plan.members.keys().isdisjoint(Store(folder).index(lambda warning: None))


def refuse_other_data(folder: Path, there: Plan, here: Plan, recorded: Iterable[str]) -> None:
    """Raise for a folder whose study was made with other data than those that its settings name now.

    These are published data of which another version of this package expects another checksum, or files of the user's.

    Raises
    ------
    OSError
        With the recorded and the present checksums.
    """
    published = {cell.study.data for cell in there.cells if not cell.study.data.has_distribution}
    known = {data_settings(cell.study) for cell in there.cells}
    own = {cell.study.data for cell in here.cells if data_settings(cell.study) in known}
    now = {data.fingerprint() for data in published if not data.names_own}
    now |= {data.fingerprint() for data in own if data.names_own}
    new = now - set(recorded)
    if new:
        old = [fingerprint for fingerprint in recorded if ":" in fingerprint and fingerprint not in now]
        raise OSError(
            f"the data of {folder} has changed since its models were trained: {', '.join(old)} -> "
            f"{', '.join(sorted(new))}\n  hint   add --out DIR or name=NAME to train on what is there now"
        )


def data_settings(study: Study) -> str:
    """Return the identity of a study's data without the numbers of rows, which may follow from those of a file."""
    identity = identity_of(study.data)
    return json.dumps({name: value for name, value in identity.items() if name not in ("n_train", "n_eval")})


def differences(there: Plan, here: Plan) -> list[str]:
    """Return the settings, apart from the swept ones, in which two studies differ: ``key: old -> new``."""
    old, new = (numbers_of(one.cells[0].study) for one in (there, here))
    free = {*there.axes, *here.axes, *MORE, *groups_that_vary(there), *groups_that_vary(here)}
    if vary_the_same(there, here):
        free.add("design.vary")
    kept = [key for key in old | new if not {key, key.split(".")[0]} & free]
    other_kind = {group for group in CHANGE_NUMBERS if old[group] != new[group]}
    # If the chosen option differs, only its name is listed, not its keys.
    compared = [key for key in kept if key in other_kind or key.split(".")[0] not in other_kind]
    studies = there.cells[0].study, here.cells[0].study
    return [in_words(key, old.get(key), new.get(key), studies) for key in compared if old.get(key) != new.get(key)]


def in_words(key: str, old: Any, new: Any, studies: tuple[Study, Study]) -> str:
    """Return a setting that differs as ``key: old -> new``; code that has changed by its name."""
    group, _, name = key.partition(".")
    parts = [getattr(study, group) for study in studies]
    was, now = (part.code_of(name) if isinstance(part, Part) else "" for part in parts)
    if now and was == now:
        return f"{now} has changed since its models were trained"
    return f"{group}: code of {was} -> {now}" if was or now else f"{key}: {show(old)} -> {show(new)}"


def groups_that_vary(study_plan: Plan) -> set[str]:
    """Return the groups of which a study uses several options, on an axis or as they follow from one."""
    studies = [cell.study for cell in study_plan.cells]
    return {group for group in CHANGE_NUMBERS if len({getattr(study, group).kind for study in studies}) > 1}


def numbers_of(study: Study) -> dict[str, Any]:
    """Return every setting that changes numbers by its dotted key; a group's own key has its kind."""
    settings = {field.name: getattr(study, field.name) for field in fields(TopLevel) if field.metadata["identity"]}
    settings["device"] = study.device.split(":")[0]
    parts = {group: getattr(study, group) for group in CHANGE_NUMBERS}
    parts["data"] = study.data.as_asked_with(study.resampling)  # a pool size derived from n_train is no setting
    for group, part in parts.items():
        settings[group] = part.kind
        keys = keys_that_change_numbers(part)
        settings |= {f"{group}.{name}": value for name, value in keys.items()}
    return settings


def vary_the_same(there: Plan, here: Plan) -> bool:
    """Return whether two studies vary the same sources, apart from sources that are inactive in all cells."""
    cells = (*there.cells, *here.cells)
    active = {source for cell in cells for source in sources_of(cell.study)}
    old, new = (varied_groups(one.cells[0].study.design, active) for one in (there, here))
    return old == new


def warnings_on_folder(folder: Path, study_plan: Plan, stored: Iterable[str]) -> list[str]:
    """Return the warnings for resuming a study in a folder that holds the members ``stored``."""
    stored = set(stored)
    before = recorded_environments(folder)
    warnings = warnings_on_settings(folder) if stored else []
    if stored and before and (changes := changes_between(before[-1], environment_of(study_plan))):
        warnings.append(f"{folder} resumes under others, which can change the last bits: {', '.join(changes)}")
    others = len(stored - study_plan.members.keys())
    if others:
        warnings.append(
            f"{folder} holds {others:,} models of other cells, replicates or numerics, kept but not in this report"
        )
    return warnings + warnings_on_numerics(recorded_numerics(folder), study_plan, stored)


def warnings_on_settings(folder: Path) -> list[str]:
    """Return the faults of the settings files, which the next sweep will rewrite."""
    faults = faults_of(folder)
    if is_lost(folder):
        return [f"{folder} has lost its settings, which are written anew; its models are kept: {'; '.join(faults)}"]
    return faults


def warnings_on_numerics(recorded: Mapping[str, int], study_plan: Plan, stored: Collection[str]) -> list[str]:
    """Return which numerics differ from the recorded ones, and how many trained models that invalidates."""
    current = numerics_of(study_plan)
    if current == {name: recorded.get(name, number) for name, number in current.items()}:
        return []
    again: Counter[str] = Counter()
    for member in study_plan.members.values():
        now = member.numerics
        then = {name: recorded.get(name, number) for name, number in now.items()}
        if then != now and member.id not in stored and member.id_at(tuple(then.values())) in stored:
            again.update(name for name in now if now[name] != then[name])
    return [
        f"{name} has numerics {current[name]}, was {recorded[name]}: "
        f"{count:,} {'model is' if count == 1 else 'models are'} trained again"
        for name, count in again.items()
    ]
