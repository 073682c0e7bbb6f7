"""Tables of a study's own columns that large studies hold for some of their cells only."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from biasvar.decomposition import Decomposition
from biasvar.results.conditions import Condition, chosen
from biasvar.results.ensembles import CellEnsemble
from biasvar.results.least_risk import cells_of_least_risk
from biasvar.results.results import Results
from biasvar.study.store.files import write_whole

MOST_CELLS = 50


@dataclass
class RowCollector(ABC):
    """Keeps the rows of the cells that the table of a study of so many ``cells`` holds."""

    cells: int
    rows: list[dict[str, Any]] = field(default_factory=list)

    def collect(self, ensemble: CellEnsemble, parts: Mapping[str, Decomposition]) -> None:
        """Keep the rows of one cell under each loss."""
        if is_kept(ensemble.number, self.cells):
            level = ensemble.cell.study.interval.level
            for found in parts.values():
                about = dict(ensemble.cell.axes) | {"cell": ensemble.number, "loss": found.loss}
                self.rows += [about | row for row in self.rows_of(found, level)]

    @abstractmethod
    def rows_of(self, parts: Decomposition, level: float) -> Iterable[dict[str, Any]]:
        """Return the rows of one decomposition, beside what they are about."""


def is_kept(number: int, cells: int) -> bool:
    """Say whether the table of a study of so many cells holds this one: all of 50, else 50 evenly chosen."""
    return number in chosen(range(cells), MOST_CELLS)


def write_kept(
    path: Path,
    rows: Sequence[Mapping[str, Any]],
    columns: Mapping[str, str],
    cells: int,
    warn: Callable[[str], None],
) -> pd.DataFrame:
    """Write the rows of the kept cells, the study's axes before ``columns`` (name -> meaning), and return them."""
    if cells > MOST_CELLS:
        warn(f"{path.name} holds {MOST_CELLS} of {cells:,} cells, evenly chosen")
    axes = [name for name in (rows[0] if rows else ()) if name not in columns]
    table = pd.DataFrame(list(rows), columns=[*axes, *columns])
    write_whole(path, lambda stream: stream.write(table.to_csv(index=False).encode()))
    return table


def of_kept(results: Results) -> str:
    """Return of which cells one is the one of least risk, nothing where all cells are kept."""
    cells = results.table["cell"].nunique()
    return f" among the {MOST_CELLS} of {cells:,} cells that are kept" if cells > MOST_CELLS else ""


def least_risk_of_kept(results: Results, loss: str, kept: pd.DataFrame) -> list[tuple[Condition, int]]:
    """Return each condition with its cell of least risk among those that a table has rows of."""
    known = results.table["cell"].isin(kept["cell"])
    table = results.table.assign(risk=results.table["risk"].where(known))
    return cells_of_least_risk(replace(results, table=table), loss)
