"""``study.json``: the frozen settings of a study, from which its plan can be made again."""

import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from biasvar import __version__
from biasvar.settings import Problem, SettingsError
from biasvar.study.files import read_json, write_json
from biasvar.study.plan import Plan, plan
from biasvar.training.member import NUMERICS

FORMAT = 1
LIBRARIES = ("numpy", "scipy", "numba", "scikit-learn", "torch")


def write_manifest(folder: Path, study_plan: Plan) -> None:
    """Write ``study.json``: the first cell's settings, and of each other cell what differs from them."""
    base = study_plan.cells[0].settings
    content = {
        "format": FORMAT,
        "name": study_plan.name,
        "axes": list(study_plan.axes),
        "settings": base,
        "cells": [{"axes": dict(cell.axes), "settings": difference(base, cell.settings)} for cell in study_plan.cells],
        "data": sorted({cell.study.data.fingerprint() for cell in study_plan.cells}),
        "numerics": NUMERICS,
        "versions": {"biasvar": __version__} | {name: version(name) for name in LIBRARIES},
        "processor": f"{platform.machine()} {platform.system()}",
    }
    write_json(folder / "study.json", content)


def difference(base: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the top-level entries of a cell's settings that are not those of the first cell."""
    return {name: value for name, value in settings.items() if base.get(name) != value}


def read_manifest(folder: Path) -> Plan:
    """Return the plan of a study from its folder.

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
        axes = content["axes"]
        grid = [
            ({key: cell["axes"][key] for key in axes}, content["settings"] | cell["settings"])
            for cell in content["cells"]
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError([Problem("DIR", f"{path} cannot be read: {error!r}")]) from error
    return plan(grid)
