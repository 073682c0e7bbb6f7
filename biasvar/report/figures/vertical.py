"""The vertical axes of a figure: their scale, whether its panels share it, and below what estimates are cut off."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from biasvar.report.figures.scales import MOST_PEAK, WHOLES, Scale, scale_of_y, whole_of
from biasvar.report.words import captions
from biasvar.results.curves import Curve, Panel
from biasvar.results.numbers import at, interval, plain

MOST_CUT = 0.25
"""Of the cells of a curve: where more lie below what it is a part of, they are what the figure shows."""


MOST_BAND = 1.0
"""Bands take so much of an axis above and below estimates, of what these take: few seeds have bands that dwarf them."""

Ends = tuple[float, float]


@dataclass(frozen=True)
class Vertical:
    """The scale of all panels, whether they share one axis, and how far each axis goes.

    ``lowest`` is the lowest estimate that an axis goes to, ``ends`` the lowest and highest end of a band.
    """

    scale: Scale
    shared: bool
    lowest: tuple[float, ...]
    ends: tuple[Ends, ...]


def vertical_of(panels: Sequence[Panel]) -> Vertical:
    """Choose the vertical axes: what differs from panel to panel does not turn an axis logarithmic.

    Each panel has an axis of its own where on a common one some would be flat. Panels of parts share theirs.
    """
    curves = [curve for panel in panels for curve in panel.curves]
    together, apart = scale_of_y(curves), [scale_of_y(panel.curves) for panel in panels]
    tops = [float(sizes.max()) for panel in panels if len(sizes := whole_of(panel.curves))]
    of_conditions = len(tops) == len(panels) and len({quantity_of(panel) for panel in panels}) == 1
    if of_conditions and all(scale.kind == "linear" for scale in apart):
        shared = min(tops) * MOST_PEAK >= max(tops)
        groups: list[Sequence[Curve]] = [curves] * len(panels) if shared else [panel.curves for panel in panels]
        return Vertical(Scale(), shared, tuple(map(lowest_of, groups)), tuple(ends_of(one, Scale()) for one in groups))
    return Vertical(together, True, (lowest_of(curves),) * len(panels), (ends_of(curves, together),) * len(panels))


def ends_of(curves: Sequence[Curve], scale: Scale) -> Ends:
    """Return how far an axis goes for the bands of some curves."""
    known = np.concatenate([curve.y[np.isfinite(curve.y)] for curve in curves])
    zero = [] if scale.kind == "log" or not len(known) else [0.0]
    places = scale.positions(np.concatenate([known, zero]))
    if not len(known) or np.ptp(places) == 0:
        return -np.inf, np.inf
    room = MOST_BAND * float(np.ptp(places))
    low, high = scale.values(np.array([places.min() - room, places.max() + room]))
    return float(low), float(high)


def quantity_of(panel: Panel) -> str:
    """Return the quantity that a panel takes apart, the first one if there is none."""
    drawn = [curve.quantity for curve in panel.curves]
    return next((name for name in WHOLES if name in drawn), drawn[0])


def lowest_of(curves: Sequence[Curve]) -> float:
    """Return how far below zero an axis goes at most: as far as the smallest whole is above it.

    An unbiased estimate of a part that lies lower is made of its own error. It would take the axis of all others.
    """
    sizes = whole_of(curves)
    if not len(sizes):
        return -np.inf
    lowest = -float(sizes.min())
    shares = [np.mean(known < lowest) for curve in curves if len(known := curve.y[np.isfinite(curve.y)])]
    return lowest if max(shares, default=0.0) <= MOST_CUT else -np.inf


def vertical_in_words(panels: Sequence[Panel]) -> str:
    """Return where vertical axes are linear, that panels have their own, and what is cut off, nothing if none is so."""
    axes = vertical_of(panels)
    texts = [] if axes.shared else ["Each panel has a vertical axis of its own."]
    if axes.scale.kind == "symlog":
        floor = plain(axes.scale.linear_below)
        texts.append(f"The vertical axis is logarithmic, and linear between ±{floor}.")
    pairs = list(zip(panels, axes.ends, strict=True))
    if any((one.low < low).any() or (one.high > high).any() for panel, (low, high) in pairs for one in panel.curves):
        texts.append("Bands go on beyond the axis.")
    cut = []
    for panel, lowest in zip(panels, axes.lowest, strict=True):
        for curve in panel.curves:
            for place in np.flatnonzero(curve.y < lowest):
                value = interval(curve.y[place], curve.low[place], curve.high[place])
                where = f" for {panel.title or curve.label}" if panel.title or curve.label else ""
                cut.append(f"{captions.words(curve.quantity)} {value} {at(curve.x[place])}{where}")
    if cut:
        texts.append(f"Below the axis (▽), where an estimate is made of its own error: {'; '.join(cut)}.")
    return captions.join(*texts)
