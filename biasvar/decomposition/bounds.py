"""What a term can be under a loss, and intervals that do not leave it."""

from math import inf
from types import ModuleType

Interval = tuple[float, float]


def possible(family: ModuleType, name: str) -> Interval:
    """Return the range of a term's true value, over all that replicates are drawn from."""
    return family.RANGES.get(name, (0.0, family.LARGEST))


def holds(family: ModuleType, name: str, value: float, rounding: float) -> bool:
    """Say whether an estimate is something that its term can be, to rounding."""
    low, high = possible(family, name)
    return low - rounding <= value <= high + rounding


def within(family: ModuleType, name: str, is_component: bool, value: float, interval: Interval) -> Interval:
    """Return an interval without what a term cannot be, but with the estimate, and with something that can be.

    Where a correction is taken off, as in a component of a crossed variance, an unbiased estimate of what is 0 is
    negative half of the time, and its interval is shown as it is.
    """
    lowest, highest = possible(family, name)
    least = -inf if is_component or name in family.MAY_BE_NEGATIVE else lowest
    low, high = max(interval[0], min(least, value)), min(interval[1], max(highest, value))
    return min(low, highest), max(high, lowest)
