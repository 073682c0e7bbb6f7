"""``study.json``: the frozen settings of a study, from which its plan can be made again."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from biasvar.settings import Problem, SettingsError, neutral_keys, show
from biasvar.study.config import GROUPS, SECTIONS, Study, TopLevel
from biasvar.study.environment import RECORDED, environment
from biasvar.study.plan import Plan, plan
from biasvar.study.store.files import read_json, write_json

FORMAT = 3
KINDS = {  # of what must be there, and not empty
    "settings": dict,
    "cells": list,
    "numerics": dict,
    "versions": dict,
    "processor": str,
}  # instructions, which earlier versions did not record, may be empty


def write_manifest(folder: Path, study_plan: Plan) -> None:
    """Write ``study.json``: the first cell's settings, and of each other cell what differs from them.

    What ``environment`` returns is that of the last run; those that earlier ones ran under stand in ``earlier``.
    """
    cells = study_plan.settings_once()
    base, *others = [settings_of(cell.study) for cell in cells]
    differing = [{}, *(difference(base, settings) for settings in others)]
    here = environment()
    content = {
        "format": FORMAT,
        "name": study_plan.name,
        "axes": list(cells[0].axes),
        "settings": base,
        "cells": [
            {"axes": dict(cell.axes), "settings": settings} for cell, settings in zip(cells, differing, strict=True)
        ],
        "data": sorted({cell.study.data.fingerprint() for cell in study_plan.cells}),
        "numerics": numerics_of(study_plan),
        **here,
        "earlier": [then for then in recorded_environments(folder) if then != here],
    }
    write_json(folder / "study.json", content)


def settings_of(study: Study) -> dict[str, Any]:
    """Return every setting of a cell, those too that nobody has set: a default may be another one some day."""
    top = {field.name: getattr(study, field.name) for field in fields(TopLevel)}
    sections = {name: asdict(getattr(study, name)) for name in SECTIONS}
    groups = {name: getattr(study, name) for name in GROUPS}
    return top | sections | {name: {"kind": group.kind} | asdict(group) for name, group in groups.items()}


def numerics_of(study_plan: Plan) -> dict[str, int]:
    """Return the numerics of each data source, resampling scheme, model and training that a study uses."""
    return {name: number for cell in study_plan.cells for name, number in cell.members[0].numerics.items()}


def difference(base: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the top-level entries of a cell's settings that are not those of the first cell."""
    return {name: value for name, value in settings.items() if base.get(name) != value}


def recorded_numerics(folder: Path) -> dict[str, int]:
    """Return the numerics that a folder's last run had, by ``training=sgd``; none for a new folder."""
    return read_content(folder)["numerics"] if (folder / "study.json").is_file() else {}


def recorded_environments(folder: Path) -> list[dict[str, Any]]:
    """Return what the runs of a folder's study were made with, each once, the last one last; none for a new folder."""
    if not (folder / "study.json").is_file():
        return []
    content = read_content(folder)
    last = {name: content[name] for name in RECORDED}
    earlier = [{"instructions": {}} | then for then in content["earlier"]]
    return [then for then in earlier if then != last] + [last]


def read_content(folder: Path) -> dict[str, Any]:
    """Return what stands in ``study.json``.

    Raises
    ------
    SettingsError
        Where the folder holds no study, one of another format, or one that cannot be read.
    """
    path = folder / "study.json"
    if not path.is_file():
        raise SettingsError([Problem("DIR", f"{folder} holds no study: there is no file study.json in it")])
    try:
        content = read_json(path)
        found = content["format"]
        if found == FORMAT:
            content = {"earlier": [], "instructions": {}} | content
            require_whole(content)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        hint = "bring it back, or add --out DIR"
        raise SettingsError([Problem("DIR", f"{path} cannot be read: {error!r}", hint=hint)]) from error
    if found != FORMAT:
        what = f"{path} has format {show(found)}, and this biasvar reads format {FORMAT}"
        raise SettingsError([Problem("DIR", f"{what}: add --out DIR, or remove {folder} to train it again")])
    return content


def require_whole(content: Mapping[str, Any]) -> None:
    """Refuse what is not as a sweep writes it.

    Raises
    ------
    ValueError
        With what is missing, or what is wrong.
    """
    missing = {"axes", "settings", "cells", "data", "numerics", "versions", "processor"} - content.keys()
    if missing:
        raise ValueError(f"it lacks {', '.join(sorted(missing))}")
    lists = [name for name in ("axes", "data", "earlier") if not isinstance(content[name], list)]
    if lists or not all(isinstance(text, str) for text in content["axes"] + content["data"]):
        raise ValueError("its axes, data or earlier are no lists as a sweep writes them")
    for name, kind in KINDS.items():
        if not isinstance(content[name], kind) or not content[name]:
            raise ValueError(f"its {name} is {show(content[name])[:80]}")
    if not isinstance(content["instructions"], dict):
        raise ValueError("its instructions are no mapping")
    if not all(type(number) is int for number in content["numerics"].values()):
        raise ValueError("its numerics are no whole numbers")


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
            ({key: cell["axes"][key] for key in content["axes"]}, as_recorded(content["settings"] | cell["settings"]))
            for cell in content["cells"]
        ]
    except (KeyError, TypeError) as error:
        raise SettingsError([Problem("DIR", f"{folder / 'study.json'} cannot be read: {error!r}")]) from error
    return plan(grid)


def as_recorded(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return recorded settings with each key that a family got later at its neutral value: it was not there then."""
    groups = {name: settings[name] for name, table in GROUPS.items() if settings[name]["kind"] in table}
    return dict(settings) | {name: neutral_keys(GROUPS[name][group["kind"]]) | group for name, group in groups.items()}
