"""The interpolation threshold in words."""

import math

from biasvar.results.glossary import LOSSES
from biasvar.results.numbers import at, plain, position
from biasvar.results.thresholds import RATES, Threshold

PLACES = {"epoch": "epoch", "data.n_train": "training set size"}
"""What places on an axis are, where it is not the capacity."""


def sentence_of(threshold: Threshold) -> str:
    """Return where a curve interpolates, measured and by counting, without a full stop; empty if neither is known."""
    counted = nominal_of(threshold)
    if threshold.loss is None:
        unmeasured = "training risk is not known, so none was measured"
        return f"the nominal interpolation threshold {counted}; {unmeasured}" if counted else ""
    nominal = f"the nominal one {counted}" if counted else ""
    place = PLACES.get(threshold.axis, "capacity")
    loss, below = LOSSES.get(threshold.loss, threshold.loss), plain(threshold.tolerance)
    below += "" if threshold.loss in RATES else " of the best constant's"
    if threshold.measured is None:
        return (
            f"the interpolation threshold was never crossed (no {place} has a mean training {loss} below {below})"
            + (f"; {nominal}" if nominal else "")
        )
    return (
        f"the measured interpolation threshold is {named(threshold.measured, threshold.measured_x)} (mean training "
        f"{loss} below {below})" + (f", {nominal}" if nominal else "")
    )


def nominal_of(threshold: Threshold) -> str:
    """Return where the nominal threshold is; empty if it is not known."""
    if math.isnan(threshold.nominal):
        return ""
    if math.isinf(threshold.nominal):
        return "is beyond the sweep" if threshold.nominal > 0 else "is below the sweep"
    return f"is {named(threshold.nominal, threshold.nominal_x)}"


def named(capacity: float, x: float | None) -> str:
    """Return where a capacity is, labelled as such if the axis is a different one, with its position there if any."""
    if x is None:
        return f"at capacity {position(capacity)}"
    return at(capacity) if x == capacity else f"at capacity {position(capacity)}, {position(x)} on the axis"
