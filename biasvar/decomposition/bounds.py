"""The possible range of each term under a loss, and intervals clipped to it."""

from math import inf
from types import ModuleType

Interval = tuple[float, float]


def possible(family: ModuleType, name: str) -> Interval:
    """Return the range of a term's true value, over the whole distribution of replicates."""
    return family.RANGES.get(name, (0.0, family.LARGEST))


def holds(family: ModuleType, name: str, value: float, rounding: float) -> bool:
    """Return whether an estimate lies in the possible range of its term, to rounding."""
    low, high = possible(family, name)
    return low - rounding <= value <= high + rounding


def within(family: ModuleType, name: str, is_component: bool, value: float, interval: Interval) -> Interval:
    """Return an interval clipped to the possible range of its term, but never excluding the estimate.

    Components of a crossed variance are not clipped: where the true component is 0, its unbiased estimate is negative
    half of the time, and the interval is shown as it is.
    """
    lowest, highest = possible(family, name)
    least = -inf if is_component or name in family.MAY_BE_NEGATIVE else lowest
    low, high = max(interval[0], min(least, value)), min(interval[1], max(highest, value))
    return min(low, highest), max(high, lowest)
