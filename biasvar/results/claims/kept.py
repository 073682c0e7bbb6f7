"""The verdicts of a study again, from its plan and its tables alone."""

from pathlib import Path

import pandas as pd

from biasvar.results.claims import claims_table, contributions
from biasvar.results.results import Results
from biasvar.results.stored.stored_cells import StoredCells
from biasvar.results.tables import read_csv
from biasvar.study.plan import Plan
from biasvar.study.store.store import Store


def verdicts_again(study_plan: Plan, folder: Path) -> pd.DataFrame:
    """Return what ``claims.csv`` should be by ``results.csv`` and ``contributions.csv`` of a folder without models."""
    return verdicts_from(study_plan, read_csv(folder / "results.csv"), read_csv(folder / contributions.FILE))


def verdicts_from(study_plan: Plan, table: pd.DataFrame, contributed: pd.DataFrame) -> pd.DataFrame:
    """Return the verdicts on the claims of a plan, from its table and the contributions of each replicate."""
    cells = StoredCells(study_plan, Store(Path()), {})  # their values and closed forms are those of the plan
    head = cells.head
    interval, figure = head.interval, head.figure
    results = Results(head.name, table, head.axes, interval.level, head.tolerance, interval.resamples, figure.width)
    return claims_table.claims_table(cells, results, contributed)
