"""``study.json``: the frozen settings of a study, from which its plan can be rebuilt."""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from math import prod
from pathlib import Path
from typing import Any

from biasvar.settings import Problem, SettingsError, as_mapping, neutral_keys
from biasvar.study.claims.record import claims_on_record, recorded_claims
from biasvar.study.config import GROUPS, SECTIONS, Study, TopLevel
from biasvar.study.environment import RECORDED, environment_of
from biasvar.study.plan import Plan, plan
from biasvar.study.store.study_json import FORMAT, NAME, read_content, whole_content, write_content


def write_manifest(folder: Path, study_plan: Plan, models: int = 0) -> None:
    """Write ``study.json`` and its copy: the first cell's settings, and the differences of each other cell.

    ``environment`` is that of the last run; those of earlier runs are in ``earlier``. A claim that was not there before
    is recorded as added after as many ``models`` as the folder holds.
    """
    cells = study_plan.settings_once()
    base, *others = [settings_of(cell.study) for cell in cells]
    differing = [{}, *(difference(base, settings) for settings in others)]
    here = environment_of(study_plan)
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
        "command": study_plan.command,
        **claims_on_record(folder, study_plan, models),
    }
    write_content(folder, content)


def settings_of(study: Study) -> dict[str, Any]:
    """Return every setting of a cell, including defaults, which may change in later versions."""
    top = {field.name: getattr(study, field.name) for field in fields(TopLevel)}
    sections = {name: asdict(getattr(study, name)) for name in SECTIONS}
    groups = {name: getattr(study, name) for name in GROUPS}
    return top | sections | {name: as_mapping(group) for name, group in groups.items()}


def numerics_of(study_plan: Plan) -> dict[str, int]:
    """Return the numerics of each data source, resampling scheme, model and training that a study uses."""
    return {name: number for cell in study_plan.cells for name, number in cell.members[0].numerics.items()}


def difference(base: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the top-level entries of a cell's settings that differ from those of the first cell."""
    return {name: value for name, value in settings.items() if base.get(name) != value}


def recorded_numerics(folder: Path) -> dict[str, int]:
    """Return the numerics of a folder's last run, by ``training=sgd``; none for a new folder."""
    content = whole_content(folder)
    return content["numerics"] if content else {}


def recorded_environments(folder: Path) -> list[dict[str, Any]]:
    """Return the distinct environments of a folder's runs, the last one last; none for a new folder."""
    content = whole_content(folder)
    if content is None:
        return []
    last = {name: content[name] for name in RECORDED}
    earlier = [{"instructions": {}} | then for then in content["earlier"]]
    return [then for then in earlier if then != last] + [last]


def read_manifest(folder: Path) -> Plan:
    """Return the plan of a study from its folder.

    Raises
    ------
    SettingsError
        If the folder holds no study, or an unreadable one.
    """
    content = read_content(folder)
    try:
        grid = [
            ({key: cell["axes"][key] for key in content["axes"]}, as_recorded(content["settings"] | cell["settings"]))
            for cell in content["cells"]
        ]
    except (KeyError, TypeError) as error:
        raise SettingsError([Problem("DIR", f"{folder / NAME} cannot be read: {error!r}")]) from error
    study_plan = plan(grid)
    require_size(folder, study_plan)
    return replace(study_plan, claims=recorded_claims(content), command=str(content.get("command", "")))


def require_size(folder: Path, study_plan: Plan) -> None:
    """Raise for a study with more models per cell than its own limit allows, before its plan is built.

    Raises
    ------
    SettingsError
        With the number of models.
    """
    for study in (cell.study for cell in study_plan.cells):
        models, most = prod(study.design.sizes(study.replicates)), study.limits.max_models
        if models > most:
            what = f"{folder / NAME} asks for {models:,} models a cell, and its limits.max_models is {most:,}"
            raise SettingsError([Problem("DIR", f"{what}: no sweep has written that")])


def as_recorded(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return recorded settings, with the neutral value for each key that was introduced later."""
    groups = {name: settings[name] for name, table in GROUPS.items() if settings[name]["kind"] in table}
    return dict(settings) | {name: neutral_keys(GROUPS[name][group["kind"]]) | group for name, group in groups.items()}
