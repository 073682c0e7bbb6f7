"""What a claim's interval says about it."""

from dataclasses import dataclass
from math import ceil, inf, isfinite, nan

HOLDS, FAILS, OPEN = "holds", "does not hold", "not decided"


@dataclass(frozen=True)
class Verdict:
    """What was expected and what was measured, with the interval that decides.

    ``replicates_needed`` is about how many in all would decide what is not decided; NaN where that is not known, or
    nothing is to be decided. ``note`` says why a claim is not decided, or what the measured number is.
    """

    expected: str
    measured: float = nan
    low: float = nan
    high: float = nan
    verdict: str = OPEN
    replicates_needed: float = nan
    note: str = ""


def of_order(low: float, high: float, above: bool) -> str:
    """Return the verdict on an order: the whole interval on the claimed side, on the other side, or neither."""
    if (low > 0) if above else (high < 0):
        return HOLDS
    return FAILS if ((high < 0) if above else (low > 0)) else OPEN


def of_equality(low: float, high: float, least: float, most: float) -> str:
    """Return the verdict on an equality: the whole interval inside the bounds, outside of them, or neither."""
    if least <= low and high <= most:
        return HOLDS
    return FAILS if high < least or low > most else OPEN


def needed(replicates: int, half: float, distance: float) -> float:
    """Return about how many replicates bring the half-width of an interval down to a distance."""
    if not (isfinite(half) and distance > 0):
        return nan
    found = replicates * (half / distance) ** 2
    return float(ceil(found)) if found < 1e9 else inf
