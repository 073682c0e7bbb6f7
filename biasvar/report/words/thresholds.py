"""The interpolation threshold in words."""

import math

from biasvar.results.glossary import LOSSES
from biasvar.results.numbers import plain, position
from biasvar.results.thresholds import RATES, Threshold


def sentence_of(threshold: Threshold) -> str:
    """Return where a curve interpolates, measured and by counting, without a full stop; empty if neither is known."""
    if math.isnan(threshold.nominal):
        nominal = "is not known"
    elif math.isinf(threshold.nominal):
        nominal = "is beyond the sweep" if threshold.nominal > 0 else "is below the sweep"
    else:
        nominal = f"is at {named(threshold.nominal, threshold.nominal_x)}"
    if threshold.loss is None:
        if math.isnan(threshold.nominal):
            return ""
        return f"the nominal interpolation threshold {nominal}; training risk is not known, so none was measured"
    loss, below = LOSSES.get(threshold.loss, threshold.loss), plain(threshold.tolerance)
    below += "" if threshold.loss in RATES else " of the best constant's"
    if threshold.measured is None:
        return (
            f"the interpolation threshold was never crossed (no capacity has a mean training {loss} below {below}); "
            f"the nominal one {nominal}"
        )
    return (
        f"the measured interpolation threshold is at {named(threshold.measured, threshold.measured_x)} (mean training "
        f"{loss} below {below}), the nominal one {nominal}"
    )


def named(capacity: float, x: float | None) -> str:
    """Return a capacity, labelled as such if the axis is a different one, with its position there if it has one."""
    if x is None:
        return f"capacity {position(capacity)}"
    return position(capacity) if x == capacity else f"capacity {position(capacity)}, {position(x)} on the axis"
