"""The interpolation threshold of a condition: the measured one (training error) and the nominal one (counting)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from biasvar.results.conditions import Condition
from biasvar.results.results import Results

RATES = ("zero_one",)
"""The losses whose training risk is a share of labels as it stands; others have the units of y, or of y squared."""
FEWEST_CLASSICAL = 4
"""So many capacities below the threshold make a U-shaped curve worth a figure of its own."""


@dataclass(frozen=True)
class Threshold:
    """``measured`` and ``nominal`` are capacities; ``measured_x`` and ``nominal_x`` are their places on the axis.

    Measured is None where no swept capacity interpolates, and ``loss`` where no training risk is known. Nominal is
    infinite where all of the sweep is on one side of it. Neither has a place on an axis that does not grow with the
    capacity throughout.
    """

    measured: float | None
    nominal: float
    measured_x: float | None
    nominal_x: float | None
    loss: str | None
    tolerance: float


def threshold_of(results: Results, condition: Condition, column: str = "capacity") -> Threshold:
    """Find both thresholds of one condition, with their places on the axis ``column``.

    Measured: the smallest capacity whose mean ``train_risk`` is below the tolerance, on the loss of ``training_loss``:
    a share of labels under zero-one loss, and else of the training risk of the best constant, so that the units of y
    do not matter. Nominal: where the parameters are as many as the labels of a training set's distinct rows,
    ``n_distinct * outputs``.
    """
    rows = condition.rows(results.table)
    loss = training_loss(results, rows)
    interpolating = rows[(rows["loss"] == loss) & (relative_risk(rows) < results.tolerance)]["capacity"].dropna()
    measured = None if interpolating.empty else float(interpolating.min())
    nominal = nominal_of(rows)
    measured_x = None if measured is None else place_on(rows, column, measured)
    return Threshold(measured, nominal, measured_x, place_on(rows, column, nominal), loss, results.tolerance)


def relative_risk(rows: pd.DataFrame) -> pd.Series:
    """Return the training risk of each row in units of the best constant's, which has learnt nothing; rates as such."""
    return rows["train_risk"] / rows["constant_risk"].mask(rows["loss"].isin(RATES), 1.0)


def training_loss(results: Results, rows: pd.DataFrame) -> str | None:
    """Return the loss whose training risk says that a model interpolates: the first that is known.

    A least-squares fit interpolates, and its risk peaks, where its squared error vanishes, which is after the last of
    its classes is right; other classifiers do so where their training error vanishes (Nakkiran et al. 2020).
    """
    least_squares = "training" in rows and bool((rows["training"] == "exact").all())
    first = ("squared_error", "zero_one") if least_squares else ("zero_one", "squared_error")
    known = [loss for loss in dict.fromkeys([*first, *results.losses]) if loss in results.losses]
    risk = relative_risk(rows)
    return next((loss for loss in known if risk[rows["loss"] == loss].notna().any()), None)


def nominal_of(rows: pd.DataFrame) -> float:
    """Return the capacity at which parameters / (distinct rows x outputs) is 1, linear between swept capacities.

    It is infinite where the sweep ends before, and minus infinity where it begins after.
    """
    rows = rows.drop_duplicates("capacity").dropna(subset="capacity").sort_values("capacity")
    distinct = rows["n_distinct"].fillna(rows["n_distinct"].mean()).fillna(rows["n_train"])
    ratios, capacities = (rows["parameters"] / (distinct * rows["outputs"])).to_numpy(float), rows["capacity"]
    enough = np.flatnonzero(ratios >= 1)
    if not len(enough):
        return math.inf
    if enough[0] == 0:
        return float(capacities.iloc[0]) if ratios[0] == 1 else -math.inf
    pair = slice(enough[0] - 1, enough[0] + 1)
    return float(np.interp(1.0, ratios[pair], capacities.iloc[pair]))


def place_on(rows: pd.DataFrame, column: str, capacity: float) -> float | None:
    """Return the place of a capacity on an axis that stands for capacity, linear between swept capacities.

    There is none where the axis does not grow with every step of the capacity: the same place is then that of others.
    """
    if column == "capacity":
        return capacity
    known = rows[["capacity", column]].dropna().drop_duplicates("capacity").sort_values("capacity")
    if not (np.diff(known[column]) > 0).all():
        return None
    return capacity if math.isinf(capacity) else float(np.interp(capacity, known["capacity"], known[column]))


def classical_ends(thresholds: Sequence[Threshold], rows: Sequence[pd.DataFrame]) -> list[float | None]:
    """Return the capacity at which each condition's classical regime ends; None where none is worth a figure.

    It ends at the measured threshold, if enough capacities lie below and any beyond; a condition that has no end of
    its own ends where the last other one does.
    """
    own: list[float | None] = []
    for threshold, table in zip(thresholds, rows, strict=True):
        capacities, measured = table["capacity"].dropna().unique(), threshold.measured
        worth = measured is not None and FEWEST_CLASSICAL <= (capacities < measured).sum() < len(capacities)
        own.append(measured if worth else None)
    last = max((end for end in own if end is not None), default=None)
    return [last if end is None else end for end in own]


def classical(rows: pd.DataFrame, end: float | None) -> pd.DataFrame:
    """Return the rows whose capacity is below the end of the classical regime, all of them where there is none."""
    return rows if end is None else rows[rows["capacity"] < end]
