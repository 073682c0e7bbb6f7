"""Which folder below outputs/ belongs to a study: the one that holds it, otherwise the first free one."""

import re
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TypeVar

from biasvar.settings import SettingsError, show
from biasvar.study.errors import Busy
from biasvar.study.folder import DERIVED, default_folder, differences, refuse_other_study
from biasvar.study.plan import Plan
from biasvar.study.store.manifest import read_manifest
from biasvar.study.store.study_json import has_study

Found = TypeVar("Found")
MOST_NAMED = 3  # settings listed per folder
PATIENCE, PAUSE = 10.0, 0.1  # seconds to wait for a sweep that has locked a folder to write its settings


def own_folder(study_plan: Plan, note: Callable[[str], None]) -> Path:
    """Return the first of outputs/NAME, NAME-2, NAME-3, ... that holds this study, otherwise the first free one.

    ``note`` is called with the folders that were passed over, and how they differ. Nothing is written.

    Raises
    ------
    SettingsError
        For an earlier folder that is damaged: it may hold this study.
    """
    base = default_folder(study_plan.name)
    free, passed = None, []
    for folder in map(base.with_name, names_there(base)):
        if is_free(folder):
            free = free or folder
            continue
        changed = changed_from(folder, study_plan)
        if not changed:
            found = folder
            break
        more = f" and {len(changed) - MOST_NAMED} more" * (len(changed) > MOST_NAMED)
        passed.append(f"{folder} ({', '.join(changed[:MOST_NAMED])}{more})")
    else:
        found = first_free(base, free)
    if passed:
        others = "holds another study" if len(passed) == 1 else "hold other studies"
        note(f"{' and '.join(passed)} {others}: this one is in {found}")
    return found


def names_there(base: Path) -> list[str]:
    """Return the existing ones of NAME, NAME-2, NAME-3, ..., in this order."""
    numbered = re.compile(rf"{re.escape(base.name)}(?:-([2-9]|[1-9][0-9]+))?")
    found = [match for path in base.parent.glob("*") if (match := numbered.fullmatch(path.name))]
    return [match[0] for match in sorted(found, key=lambda match: int(match[1] or 1))]


def first_free(base: Path, free: Path | None) -> Path:
    """Return the first name that does not exist, or the free folder if it comes earlier."""
    names = (base if number == 1 else base.with_name(f"{base.name}-{number}") for number in count(1))
    return next(path for path in names if path == free or not path.exists())


def is_free(folder: Path) -> bool:
    """Return whether a folder holds nothing that a sweep or a report has written."""
    return not has_study(folder) and not any((folder / name).exists() for name in ("shards", *DERIVED))


def changed_from(folder: Path, study_plan: Plan) -> list[str]:
    """Return how a folder's study differs from this one; an empty list if this study can resume in it.

    Raises
    ------
    SettingsError
        If the folder's study cannot be determined.
    """
    if not has_study(folder) and not (folder / "shards").exists():
        return ["files that no sweep has written"]
    try:
        there = read_manifest(folder)
    except SettingsError:
        refuse_other_study(folder, study_plan)  # its message describes the damage better
        return []
    names = [f"name: {show(there.name)} -> {show(study_plan.name)}"] if there.name != study_plan.name else []
    return names + differences(there, study_plan)


def in_own_folder(study_plan: Plan, note: Callable[[str], None], run: Callable[[Path], Found]) -> Found:
    """Return the result of ``run`` in the study's own folder, or in the next one if another study takes it first.

    Raises
    ------
    biasvar.study.errors.Busy
        If another sweep of this study is running.
    """
    folder = own_folder(study_plan, note)
    while True:
        try:
            return run(folder)
        except (Busy, SettingsError) as error:
            if isinstance(error, Busy):
                await_settings(folder)
            following = own_folder(study_plan, note)
            if following == folder:
                raise
            folder = following


def await_settings(folder: Path) -> None:
    """Wait until the sweep that has locked a folder has written its settings, for a limited time."""
    end = time.monotonic() + PATIENCE
    while not has_study(folder) and time.monotonic() < end:
        time.sleep(PAUSE)
