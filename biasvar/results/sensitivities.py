"""Estimates at fewer replicates: ``sensitivity.csv``, one row per cell, loss, quantity and number of replicates."""

from collections.abc import Iterable
from typing import Any

from biasvar.decomposition import Decomposition
from biasvar.decomposition.sensitivity import sensitivity
from biasvar.results.ensembles import CellEnsemble
from biasvar.results.kept_cells import RowCollector

FILE = "sensitivity.csv"
COLUMNS = {
    "cell": "number of the cell, as in results.csv",
    "loss": "loss of the decomposition",
    "at_replicates": "replicates of a subset; in a crossed design its seeds of each source",
    "quantity": "the term, as in results.csv",
    "plug_in": "its uncorrected estimate: squared error: mean over all subsets, else over at most 10",
    "corrected": "the same, corrected for the number of replicates; missing where no correction is known",
}


class SensitivityCollector(RowCollector):
    """Collects what the estimates would have been with fewer replicates."""

    FILE, COLUMNS = FILE, COLUMNS

    def rows_of(self, ensemble: CellEnsemble, parts: Decomposition) -> Iterable[dict[str, Any]]:
        """Return the rows of one decomposition."""
        return [row._asdict() for row in sensitivity(parts)]
