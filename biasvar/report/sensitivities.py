"""Estimates at fewer replicates: ``sensitivity.csv``, one row a cell, loss, quantity and number of replicates."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from biasvar.decomposition import Decomposition
from biasvar.decomposition.sensitivity import sensitivity
from biasvar.report.ensembles import CellEnsemble
from biasvar.report.kept_cells import is_kept, write_kept

FILE = "sensitivity.csv"
COLUMNS = {
    "cell": "number of the cell, as in results.csv",
    "loss": "loss of the decomposition",
    "at_replicates": "replicates of a subset; in a crossed design its seeds of each source",
    "quantity": "the term, as in results.csv",
    "plug_in": "its uncorrected estimate: squared error: mean over all subsets, else over at most 10",
    "corrected": "the same, corrected for the number of replicates; missing where no correction is known",
}


@dataclass
class SensitivityKeeper:
    """Keeps the rows of the cells that the table of a study of so many ``cells`` holds."""

    cells: int
    rows: list[dict[str, Any]] = field(default_factory=list)

    def keep(self, ensemble: CellEnsemble, parts: Mapping[str, Decomposition]) -> None:
        """Keep what one cell's estimates would have been with fewer replicates, under each loss."""
        if is_kept(ensemble.number, self.cells):
            for found in parts.values():
                about = dict(ensemble.cell.axes) | {"cell": ensemble.number, "loss": found.loss}
                self.rows += [about | row._asdict() for row in sensitivity(found)]


def write_sensitivity(keeper: SensitivityKeeper, folder: Path, warn: Callable[[str], None]) -> pd.DataFrame:
    """Write the table as ``sensitivity.csv``, and return it."""
    return write_kept(folder / FILE, keeper.rows, COLUMNS, keeper.cells, warn)
