"""The studies of the collections whose tables are kept in docs, with the plans of their presets."""

from functools import cache
from pathlib import Path

from biasvar.composition.compose import plan_study
from biasvar.composition.hydra_groups import conf_dir
from biasvar.composition.options import inside, options_in
from biasvar.report.walkthrough.chapter import CHAPTER
from biasvar.report.walkthrough.demos import DEMOS
from biasvar.results.tables import read_csv

COLLECTIONS = {one.folder: one for one in (CHAPTER, DEMOS)}
DOCS = Path(__file__).parents[2] / "docs"
PRESETS = [name for folder in COLLECTIONS for name in inside(folder, options_in((conf_dir(),), "study"))]
NAMES = sorted(
    f"{folder}/{path.parent.name}" for folder in COLLECTIONS for path in (DOCS / folder).glob("*/claims.csv")
)


def inside_of(folder, names):
    """Those names that are of one collection."""
    return [name for name in names if name.startswith(f"{folder}/")]


@cache
def plan_of_preset(name):
    """The plan of a preset, with its claims; nothing is trained."""
    return plan_study([f"study={name}"], lambda message: None)


@cache
def tables_of(name):
    """Results, contributions and claims as they are kept."""
    return tuple(read_csv(DOCS / name / f"{table}.csv") for table in ("results", "contributions", "claims"))
