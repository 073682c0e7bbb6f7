"""Which folder below outputs/ is a study's own: the one that holds it, or else the first that is free."""

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
from biasvar.study.store.study_json import COPY, NAME

Found = TypeVar("Found")
WRITTEN = (NAME, COPY, "shards")  # by a sweep
MOST_NAMED = 3  # settings of one folder that are named
PATIENCE, PAUSE = 10.0, 0.1  # seconds in which a sweep that has taken a folder says what study it is


def own_folder(study_plan: Plan, note: Callable[[str], None]) -> Path:
    """Return the first of outputs/NAME, NAME-2, NAME-3, ... that holds this study, or else the first that is free.

    ``note`` is told which others come before it, and in what they differ. Nothing is written.

    Raises
    ------
    SettingsError
        For a folder before it that is damaged: it may hold this study.
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
    """Return which of NAME, NAME-2, NAME-3, ... are there, in this order."""
    numbered = re.compile(rf"{re.escape(base.name)}(?:-([2-9]|[1-9][0-9]+))?")
    found = [match for path in base.parent.glob("*") if (match := numbered.fullmatch(path.name))]
    return [match[0] for match in sorted(found, key=lambda match: int(match[1] or 1))]


def first_free(base: Path, free: Path | None) -> Path:
    """Return the first name that is not there, or the folder that is free if it comes before."""
    names = (base if number == 1 else base.with_name(f"{base.name}-{number}") for number in count(1))
    return next(path for path in names if path == free or not path.exists())


def is_free(folder: Path) -> bool:
    """Say whether a folder holds nothing that a sweep or a report has written."""
    return not any((folder / name).exists() for name in (*WRITTEN, *DERIVED))


def changed_from(folder: Path, study_plan: Plan) -> list[str]:
    """Return in what the study of a folder differs from this one; nothing where this one goes on in it.

    Raises
    ------
    SettingsError
        Where it cannot be told which study it holds.
    """
    if not any((folder / name).exists() for name in WRITTEN):
        return ["files that no sweep has written"]
    try:
        there = read_manifest(folder)
    except SettingsError:
        refuse_other_study(folder, study_plan)  # which knows more of what is damaged
        return []
    names = [f"name: {show(there.name)} -> {show(study_plan.name)}"] if there.name != study_plan.name else []
    return names + differences(there, study_plan)


def in_own_folder(study_plan: Plan, note: Callable[[str], None], run: Callable[[Path], Found]) -> Found:
    """Return what ``run`` gives in the study's own folder; where another study comes first into it, in the next one.

    Raises
    ------
    biasvar.study.errors.Busy
        Where another sweep of this study is at work.
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
    """Wait until the sweep that has taken a folder says what study it is, but not forever."""
    end = time.monotonic() + PATIENCE
    while not (folder / NAME).exists() and time.monotonic() < end:
        time.sleep(PAUSE)
