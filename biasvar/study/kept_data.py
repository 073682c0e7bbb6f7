"""Data of which a study's folder keeps a copy."""

from dataclasses import replace
from pathlib import Path

from biasvar.study.plan import Plan


def reading_from(folder: Path, study_plan: Plan) -> Plan:
    """Return a plan whose data is read from copies in the study's folder, which are written where data needs them."""
    sources = dict.fromkeys(cell.study.data for cell in study_plan.cells)
    kept = {data: data.kept_in(folder) for data in sources}
    if all(data is copy for data, copy in kept.items()):
        return study_plan
    cells = tuple(replace(cell, study=replace(cell.study, data=kept[cell.study.data])) for cell in study_plan.cells)
    return replace(study_plan, cells=cells)
