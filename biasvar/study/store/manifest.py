"""``study.json``: the frozen settings of a study, from which its plan can be made again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from biasvar.settings import Problem, SettingsError, show
from biasvar.study.environment import environment
from biasvar.study.plan import Plan, plan
from biasvar.study.store.files import read_json, write_json
from biasvar.training.member import NUMERICS

FORMAT = 2
KINDS = {"settings": dict, "cells": list, "versions": dict, "processor": str}  # of what must be there, and not empty


def write_manifest(folder: Path, study_plan: Plan) -> None:
    """Write ``study.json``: the first cell's settings, and of each other cell what differs from them.

    ``versions`` and ``processor`` are those of the last run; those that earlier ones ran under stand in ``earlier``.
    """
    base, cells = study_plan.cells[0].settings, study_plan.settings_once()
    here = environment()
    content = {
        "format": FORMAT,
        "name": study_plan.name,
        "axes": list(cells[0].axes),
        "settings": base,
        "cells": [{"axes": dict(cell.axes), "settings": difference(base, cell.settings)} for cell in cells],
        "data": sorted({cell.study.data.fingerprint() for cell in study_plan.cells}),
        "numerics": NUMERICS,
        **here,
        "earlier": [then for then in recorded_environments(folder) if then != here],
    }
    write_json(folder / "study.json", content)


def difference(base: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the top-level entries of a cell's settings that are not those of the first cell."""
    return {name: value for name, value in settings.items() if base.get(name) != value}


def recorded_environments(folder: Path) -> list[dict[str, Any]]:
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
        content.setdefault("earlier", [])
        missing = {"axes", "settings", "cells", "data", "numerics", "versions", "processor"} - content.keys()
        if missing:
            raise ValueError(f"it lacks {', '.join(sorted(missing))}")
        lists = [name for name in ("axes", "data", "earlier") if not isinstance(content[name], list)]
        if lists or not all(isinstance(text, str) for text in content["axes"] + content["data"]):
            raise ValueError("its axes, data or earlier are no lists as a sweep writes them")
        for name, kind in KINDS.items():
            if not isinstance(content[name], kind) or not content[name]:
                raise ValueError(f"its {name} is {show(content[name])[:80]}")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        hint = "bring it back, or add --out DIR"
        raise SettingsError([Problem("DIR", f"{path} cannot be read: {error!r}", hint=hint)]) from error
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
