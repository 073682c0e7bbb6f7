"""Whether a cell lies near the interpolation threshold, where the variance peaks."""

import math

import pandas as pd

from biasvar.results.conditions import conditions_of, horizontal, naming, other_axes
from biasvar.results.results import Results
from biasvar.results.thresholds import INTERPOLATING, Threshold, by_flexibility, threshold_of

NEAR = 1.5
"""Factor of the threshold within which a cell is near it."""


def near_thresholds(results: Results, row: pd.Series) -> list[Threshold]:
    """Return the measured thresholds within a factor ``NEAR`` of a row's place: along the capacity, epochs, rows.

    Where the least flexible model of a sweep interpolates already, the threshold may lie anywhere below: it is left
    out.
    """
    axes = [column for column in (horizontal(results), *other_axes(results)) if column in INTERPOLATING]
    found = [measured_on(results, row, str(naming(column))) for column in axes]
    return [one for one in found if one and is_near(float(row[one.axis]), one.measured)]


def measured_on(results: Results, row: pd.Series, axis: str) -> Threshold | None:
    """Return the threshold along an axis of the condition that a row belongs to, if the sweep crosses it."""
    alone = row.to_frame().T
    condition = next(one for one in conditions_of(results, axis) if len(one.rows(alone)))
    threshold = threshold_of(results, condition, axis)
    first = by_flexibility(condition.rows(results.table), axis)[axis]
    return threshold if threshold.measured is not None and threshold.measured != float(first.iloc[0]) else None


def is_near(place: float, threshold: float | None) -> bool:
    """Return whether a place is within the factor of a threshold; places that are not positive numbers are not."""
    if threshold is None or not (0 < place < math.inf and 0 < threshold < math.inf):
        return False
    return max(place / threshold, threshold / place) <= NEAR
