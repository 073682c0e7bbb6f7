"""``study.json``: the frozen settings of a study, from which its plan can be made again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from biasvar.settings import Problem, SettingsError
from biasvar.study.files import read_json, write_json
from biasvar.study.plan import Plan, plan
from biasvar.study.surroundings import surroundings
from biasvar.training.member import NUMERICS

FORMAT = 2


def write_manifest(folder: Path, study_plan: Plan) -> None:
    """Write ``study.json``: the first cell's settings, and of each other cell what differs from them.

    ``versions`` and ``processor`` are those of the last run; those that earlier ones ran under stand in ``earlier``.
    """
    base = study_plan.cells[0].settings
    here = surroundings()
    content = {
        "format": FORMAT,
        "name": study_plan.name,
        "axes": list(study_plan.axes),
        "settings": base,
        "cells": [{"axes": dict(cell.axes), "settings": difference(base, cell.settings)} for cell in study_plan.cells],
        "data": sorted({cell.study.data.fingerprint() for cell in study_plan.cells}),
        "numerics": NUMERICS,
        **here,
        "earlier": [then for then in recorded_surroundings(folder) if then != here],
    }
    write_json(folder / "study.json", content)


def difference(base: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the top-level entries of a cell's settings that are not those of the first cell."""
    return {name: value for name, value in settings.items() if base.get(name) != value}


def recorded_surroundings(folder: Path) -> list[dict[str, Any]]:
    """Return what the runs of a folder's study were made with, each once, the last one last; none for a new folder."""
    if not (folder / "study.json").is_file():
        return []
    content = read_content(folder)
    last = {name: content[name] for name in ("versions", "processor")}
    return [then for then in content.get("earlier", []) if then != last] + [last]


def read_content(folder: Path) -> dict[str, Any]:
    """Return what stands in ``study.json``.

    Raises
    ------
    SettingsError
        Where the folder holds no study, or one of another format.
    """
    path = folder / "study.json"
    if not path.is_file():
        raise SettingsError([Problem("DIR", f"{folder} holds no study: there is no file study.json in it")])
    try:
        content = read_json(path)
        if content["format"] != FORMAT:
            raise SettingsError([Problem("DIR", f"{path} has format {content['format']}", f"format {FORMAT}")])
        missing = {"axes", "settings", "cells", "data", "numerics", "versions", "processor"} - content.keys()
        if missing:
            raise ValueError(f"it lacks {', '.join(sorted(missing))}")
        if not content["cells"]:
            raise ValueError("it has no cells")
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError([Problem("DIR", f"{path} cannot be read: {error!r}")]) from error
    return content


def read_manifest(folder: Path) -> Plan:
    """Return the plan of a study from its folder.

    Raises
    ------
    SettingsError
        Where the folder holds no study, or one that cannot be read.
    """
    content = read_content(folder)
    try:
        grid = [
            ({key: cell["axes"][key] for key in content["axes"]}, content["settings"] | cell["settings"])
            for cell in content["cells"]
        ]
    except (KeyError, TypeError) as error:
        raise SettingsError([Problem("DIR", f"{folder / 'study.json'} cannot be read: {error!r}")]) from error
    return plan(grid)
