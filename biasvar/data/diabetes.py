"""Disease progression of 442 patients, shipped with scikit-learn (Efron, Hastie, Johnstone, Tibshirani 2004)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar.data.rows import Rows
from biasvar.data.shipped_table import ShippedTable
from biasvar.settings import key


@dataclass(frozen=True, kw_only=True)
class Diabetes(ShippedTable):
    """Regression of a progression score (25 to 346) on 10 standardised measurements."""

    kind: ClassVar[str] = "diabetes"
    task: ClassVar[str] = "regression"
    outputs: ClassVar[int] = 1
    shape: ClassVar[tuple[int, ...]] = (10,)
    total: ClassVar[int] = 442
    sha256: ClassVar[str] = "e9c1f7559552854a24dc45b41c446ce5f79f96e5da081bcce24b57492720b3f7"

    n_train: int = key(
        100, "rows in a training set", at_least=2, hint="there are 442 rows, of which data.n_eval are held out"
    )
    targets: str = key(
        "measured",
        "the scores as measured, or as the least-squares fit to all 442 rows gives them: those of the training sets "
        "and of the evaluation points, of which nothing is then beyond a linear model",
        choices=("measured", "best_linear"),
        neutral="measured",
    )
    n_eval: int = key(142, "rows held out as fixed evaluation points", at_least=2, at_most=440)

    def rows(self) -> Rows:
        """Return all rows, with their measured or fitted scores."""
        rows = super().rows()
        if self.targets == "measured":
            return rows
        z_nP = np.column_stack([np.ones(self.total), rows.x_nD - rows.x_nD.mean(axis=0)])
        return Rows(rows.x_nD, z_nP @ np.linalg.lstsq(z_nP, rows.y_n, rcond=None)[0])

    @staticmethod
    def load() -> Rows:
        """Return all rows."""
        from sklearn.datasets import load_diabetes

        bunch = load_diabetes(scaled=False)
        return Rows(bunch.data, bunch.target)
