"""The interpolation threshold of a condition: measured (by training error) and nominal (by counting parameters)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from biasvar.results.conditions import ALONG, Condition, naming
from biasvar.results.results import Results
from biasvar.study.config import CAPACITY_AXES

RATES = ("zero_one",)
"""The losses whose training risk is an error rate; others have the units of y, or of y squared."""
INTERPOLATING = (*CAPACITY_AXES, *ALONG)
"""The axes along which models come to interpolate."""
FEWEST_CLASSICAL = 4
"""Fewest capacities below the threshold that make a U-shaped curve worth a separate figure."""


@dataclass(frozen=True)
class Threshold:
    """``measured`` and ``nominal`` are capacities; ``measured_x`` and ``nominal_x`` are their positions on the axis.

    Along an axis of ``ALONG`` they are positions on that: the first epoch, or the largest training set, of a model that
    interpolates. ``axis`` says which.

    Measured is None if no swept capacity interpolates; ``loss`` is None if no training risk is known. Nominal is
    infinite if the whole sweep is on one side of it, and NaN if parameters or rows are not known, or if it is between a
    number and none. Neither has a position on an axis that does not grow throughout with the capacity.
    """

    measured: float | None
    nominal: float
    measured_x: float | None
    nominal_x: float | None
    loss: str | None
    tolerance: float
    axis: str = "capacity"

    @property
    def is_crossed(self) -> bool:
        """Whether either threshold lies in the sweep."""
        return self.measured is not None or math.isfinite(self.nominal)


def threshold_of(results: Results, condition: Condition, column: str = "capacity") -> Threshold:
    """Return both thresholds of one condition, with their positions on the axis ``column``.

    Measured: the first capacity (or epoch, or training set size), from the least flexible model on, whose mean
    ``train_risk`` is below the tolerance, on the loss of ``training_loss``.
    The tolerance is an error rate under zero-one loss, and otherwise relative to the training risk of the best
    constant, so that the units of y do not matter. Nominal: where the number of parameters equals the number of labels
    of a training set's distinct rows, ``n_distinct * outputs``.
    """
    rows, axis = condition.rows(results.table), str(naming(column))
    loss = training_loss(results, rows)
    interpolating = by_flexibility(rows[(rows["loss"] == loss) & interpolates(rows, results.tolerance)], axis)
    measured = None if interpolating.empty else float(interpolating[axis].iloc[0])
    nominal = math.nan if axis == "epoch" else nominal_of(rows, axis)
    measured_x = None if measured is None else place_on(rows, column, measured)
    return Threshold(measured, nominal, measured_x, place_on(rows, column, nominal), loss, results.tolerance, axis)


def interpolates(rows: pd.DataFrame, tolerance: float) -> pd.Series:
    """Return whether the mean training risk of each row is below the tolerance."""
    return relative_risk(rows) < tolerance


def relative_risk(rows: pd.DataFrame) -> pd.Series:
    """Return the training risk of each row relative to that of the best constant prediction; error rates unchanged."""
    return rows["train_risk"] / rows["constant_risk"].mask(rows["loss"].isin(RATES), 1.0)


def training_loss(results: Results, rows: pd.DataFrame) -> str | None:
    """Return the loss whose training risk shows that a model interpolates: the first one that is known.

    A least-squares fit interpolates, and its risk peaks, where its squared error vanishes; by then all of its predicted
    classes have long been right. Other classifiers do so where their training error vanishes (Nakkiran et al. 2020).
    """
    least_squares = "training" in rows and bool((rows["training"] == "exact").all())
    first = ("squared_error", "zero_one") if least_squares else ("zero_one", "squared_error")
    known = [loss for loss in dict.fromkeys([*first, *results.losses]) if loss in results.losses]
    risk = relative_risk(rows)
    return next((loss for loss in known if risk[rows["loss"] == loss].notna().any()), None)


def flexibility(rows: pd.DataFrame, axis: str = "capacity") -> np.ndarray:
    """Return numbers that grow as models come to fit their training sets: an axis, negative where larger is less."""
    own = rows["capacity_direction"].to_numpy() if "capacity_direction" in rows else 1
    return rows[axis].to_numpy(dtype=float) * (own if axis == "capacity" else ALONG[axis])


def by_flexibility(rows: pd.DataFrame, axis: str = "capacity") -> pd.DataFrame:
    """Return the first row of each place on an axis, from the least flexible to the most flexible model."""
    rows = rows.drop_duplicates(axis).dropna(subset=axis)
    return rows.iloc[np.argsort(flexibility(rows, axis), kind="stable")]


def nominal_of(rows: pd.DataFrame, axis: str = "capacity") -> float:
    """Return the capacity or training set size at which parameters / (distinct rows x outputs) is 1.

    It is linear between swept capacities, infinite if the sweep ends before that, minus infinity if it begins after,
    and NaN if parameters or rows are not known, or between a number and none. An estimator has none: leaves of many
    trees, or support vectors, are no equations that each fit one label.
    """
    if "training" in rows and (rows["training"] == "estimator").any():
        return math.nan
    rows = by_flexibility(rows, axis)
    distinct = rows["n_distinct"].fillna(rows["n_distinct"].mean()).fillna(rows["n_train"])
    ratios, places = (rows["parameters"] / (distinct * rows["outputs"])).to_numpy(float), rows[axis]
    if np.isnan(ratios).all():
        return math.nan
    enough, beyond = np.flatnonzero(ratios >= 1), math.inf * ALONG.get(axis, 1)
    if not len(enough):
        return beyond
    if enough[0] == 0:
        return float(places.iloc[0]) if ratios[0] == 1 else -beyond
    pair = slice(enough[0] - 1, enough[0] + 1)
    ends = places.iloc[pair].to_numpy(dtype=float)
    if axis == "capacity":
        return between(1.0, ratios[pair], ends)
    return between(-1.0, -1 / ratios[pair], ends)  # labels per parameter are linear in the size of the sets


def between(x: float, ends: np.ndarray, values: np.ndarray) -> float:
    """Return the value at x, linear between two ends; NaN if one of the values is infinite."""
    return float(np.interp(x, ends, values)) if np.isfinite(values).all() else math.nan


def place_on(rows: pd.DataFrame, column: str, capacity: float) -> float | None:
    """Return the position of a capacity on an axis that is a substitute for capacity, linear between swept capacities.

    There is none if the axis does not grow with every step of the capacity, as positions would be ambiguous.
    """
    if column == naming(column):
        return capacity
    known = by_flexibility(rows.dropna(subset=column))
    if not (np.diff(known[column]) > 0).all():
        return None
    if not math.isfinite(capacity):
        return capacity
    order = np.argsort(known["capacity"])
    return float(np.interp(capacity, known["capacity"].iloc[order], known[column].iloc[order]))


def classical_ends(thresholds: Sequence[Threshold], rows: Sequence[pd.DataFrame]) -> list[float | None]:
    """Return the capacity at which each condition's classical regime ends; None if it deserves no figure of its own.

    It ends at the measured threshold, if enough capacities lie below and any beyond. A condition without an end of its
    own takes the largest end of the others.
    """
    own: list[float | None] = []
    for threshold, table in zip(thresholds, rows, strict=True):
        capacities, measured = table["capacity"].dropna().unique(), threshold.measured
        before = len(classical(table.drop_duplicates("capacity").dropna(subset="capacity"), measured))
        worth = measured is not None and FEWEST_CLASSICAL <= before < len(capacities)
        own.append(measured if worth else None)
    known = [(table, end) for table, end in zip(rows, own, strict=True) if end is not None]
    last = max(((flexibility(table.assign(capacity=end))[0], end) for table, end in known), default=(0.0, None))[1]
    return [last if end is None else end for end in own]


def classical(rows: pd.DataFrame, end: float | None) -> pd.DataFrame:
    """Return the rows before the end of the classical regime, all of them if it has none."""
    if end is None:
        return rows
    return rows[flexibility(rows) < flexibility(rows.assign(capacity=end))]
