"""The studies of the chapter whose tables are kept in docs/chapter, with the plans of their presets."""

from functools import cache
from pathlib import Path

from biasvar.composition.compose import plan_study
from biasvar.composition.hydra_groups import conf_dir
from biasvar.composition.options import inside, options_in
from biasvar.results.tables import read_csv

KEPT = Path(__file__).parents[2] / "docs" / "chapter"
PRESETS = [name.removeprefix("chapter/") for name in inside("chapter", options_in((conf_dir(),), "study"))]
NAMES = sorted(path.parent.name for path in KEPT.glob("*/claims.csv"))


@cache
def plan_of_preset(name):
    """The plan of a preset, with its claims; nothing is trained."""
    return plan_study([f"study=chapter/{name}"], lambda message: None)


@cache
def tables_of(name):
    """Results, contributions and claims as they are kept."""
    return tuple(read_csv(KEPT / name / f"{table}.csv") for table in ("results", "contributions", "claims"))
