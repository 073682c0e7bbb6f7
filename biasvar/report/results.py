"""What figures and the page read: the tidy table of a study and the few words that go with it."""

from dataclasses import dataclass

import pandas as pd

from biasvar.decomposition.result import TERMS

QUANTITIES = ("train_risk", *TERMS)


@dataclass(frozen=True)
class Results:
    """One row a cell and loss, with every swept key as a column under its dotted name.

    Columns beside the axes: ``cell``, ``loss``, ``capacity_key``, ``capacity``, ``parameters``, ``resampling``,
    ``reference`` ("law" or "labels"), ``outputs``, ``n_eval``, ``n_train``, ``n_distinct``, ``n_ok``, ``n_planned``,
    ``status`` ("ok", "partial" where some replicates diverged, failed or are not trained yet, "missing"), and every
    name of ``QUANTITIES`` with its ``_low`` and ``_high``. A quantity that is not defined for a loss, or not known, is
    NaN.
    """

    name: str
    table: pd.DataFrame
    axes: tuple[str, ...]
    level: float
    tolerance: float
    resamples: int
    figure_width: float

    def of_loss(self, loss: str) -> pd.DataFrame:
        """Return the rows of one loss, in order of cells."""
        return self.table[self.table["loss"] == loss]

    @property
    def losses(self) -> list[str]:
        """The losses of the table, in order of first appearance."""
        return list(dict.fromkeys(self.table["loss"]))
