"""The interpolation threshold of a condition: the measured one (training error) and the nominal one (counting)."""

from dataclasses import dataclass

import pandas as pd

from biasvar.report.conditions import Condition
from biasvar.report.house import LOSSES
from biasvar.report.numbers import plain
from biasvar.report.results import Results


@dataclass(frozen=True)
class Threshold:
    """Capacities; None where the sweep never gets there, ``loss`` None where no training risk is known."""

    measured: float | None
    nominal: float | None
    loss: str | None
    tolerance: float

    @property
    def sentence(self) -> str:
        """The threshold in words, without a full stop."""
        nominal = "is beyond the sweep" if self.nominal is None else f"is at {plain(self.nominal)}"
        if self.loss is None:
            return f"the nominal interpolation threshold {nominal}; training risk is not known, so none was measured"
        loss, below = LOSSES.get(self.loss, self.loss), plain(self.tolerance)
        if self.measured is None:
            return (
                f"the interpolation threshold was never crossed (no capacity has a mean training {loss} below "
                f"{below}); the nominal one {nominal}"
            )
        return (
            f"the measured interpolation threshold is at {plain(self.measured)} (mean training {loss} below {below}), "
            f"the nominal one {nominal}"
        )


def threshold_of(results: Results, condition: Condition) -> Threshold:
    """Find both thresholds of one condition.

    Measured: the smallest capacity whose mean ``train_risk`` is below the tolerance, on the zero-one loss if there is
    one, else on the squared error, else on the first loss. Nominal: the smallest capacity with at least
    ``n_train * outputs`` parameters.
    """
    rows = condition.rows(results.table)
    preferred = [loss for loss in ("zero_one", "squared_error", *results.losses) if loss in results.losses]
    known = [loss for loss in preferred if rows.loc[rows["loss"] == loss, "train_risk"].notna().any()]
    measured = None
    if known:
        training = rows[rows["loss"] == known[0]]
        measured = smallest(training[training["train_risk"] < results.tolerance])
    nominal = smallest(rows[rows["parameters"] >= rows["n_train"] * rows["outputs"]])
    return Threshold(measured, nominal, known[0] if known else None, results.tolerance)


def smallest(rows: pd.DataFrame) -> float | None:
    """Return the smallest capacity of some rows, None if there is none."""
    capacities = rows["capacity"].dropna()
    return None if capacities.empty else float(capacities.min())
