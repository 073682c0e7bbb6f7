"""Tables with columns of their own; for large studies some of them cover some of the cells only."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from biasvar.decomposition import Decomposition
from biasvar.results.conditions import Condition, cells_of_least_risk, chosen
from biasvar.results.ensembles import CellEnsemble
from biasvar.results.results import Results
from biasvar.results.tables import read_csv

MOST_CELLS = 50


@dataclass
class RowCollector(ABC):
    """Collects the rows of the cells that the table covers: all, or at most 50."""

    FILE: ClassVar[str]
    COLUMNS: ClassVar[Mapping[str, str]]  # name -> meaning
    EVERY_CELL: ClassVar[bool] = False

    cells: int
    rows: list[dict[str, Any]] = field(default_factory=list)

    def collect(self, ensemble: CellEnsemble, parts: Mapping[str, Decomposition]) -> None:
        """Collect the rows of one cell under each loss."""
        if self.EVERY_CELL or is_kept(ensemble.number, self.cells):
            for found in parts.values():
                about = dict(ensemble.axes) | {"cell": ensemble.number, "loss": found.loss}
                self.rows += [about | row for row in self.rows_of(ensemble, found)]

    @abstractmethod
    def rows_of(self, ensemble: CellEnsemble, parts: Decomposition) -> Iterable[dict[str, Any]]:
        """Return the rows of one decomposition, without the columns that identify them."""

    def table(self, warn: Callable[[str], None]) -> pd.DataFrame:
        """Return the collected rows, with the study's axes before the table's own columns."""
        if self.cells > MOST_CELLS and not self.EVERY_CELL:
            warn(f"{self.FILE} holds {MOST_CELLS} of {self.cells:,} cells, evenly chosen")
        axes = [name for name in (self.rows[0] if self.rows else ()) if name not in self.COLUMNS]
        return pd.DataFrame(self.rows, columns=[*axes, *self.COLUMNS])


def read_kept(path: Path, values: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return such a table from a file; axis values are given for each cell, because text loses their types."""
    table = read_csv(path)
    numbers = table["cell"]
    if table.empty:
        return pd.DataFrame([], columns=table.columns)  # without rows, columns have no types
    axes = pd.DataFrame([dict(values[cell]) for cell in numbers], index=table.index)
    return table.assign(**axes)


def is_kept(number: int, cells: int) -> bool:
    """Return whether the table of a study of so many cells covers this one: all of 50, else 50 evenly chosen."""
    return number in chosen(range(cells), MOST_CELLS)


def of_kept(results: Results) -> str:
    """Return a phrase that says among which cells one has the least risk; empty if all cells are covered."""
    cells = results.table["cell"].nunique()
    return f" among the {MOST_CELLS} of {cells:,} cells that are kept" if cells > MOST_CELLS else ""


def least_risk_of_kept(results: Results, loss: str, kept: pd.DataFrame) -> list[tuple[Condition, int]]:
    """Return each condition with its cell of least risk among those that have rows in a table."""
    known = results.table["cell"].isin(kept["cell"])
    table = results.table.assign(risk=results.table["risk"].where(known))
    return cells_of_least_risk(replace(results, table=table), loss)
