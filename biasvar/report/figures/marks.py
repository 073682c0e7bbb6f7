"""One curve on one pair of axes with its band, and what is marked about it."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from biasvar.report.style import COLOURS
from biasvar.results.curves import Curve, least
from biasvar.results.thresholds import Threshold

MOST_MARKERS = 40
THRESHOLD_COLOUR = "#444444"


def draw_curve(ax: Axes, curve: Curve, apart: bool = False) -> Line2D:
    """Draw one curve, hollow where replicates are missing; ``apart`` draws points with bars for cells in no order."""
    colour, few = COLOURS[curve.quantity], len(curve.x) <= MOST_MARKERS
    known = np.isfinite(curve.low) & np.isfinite(curve.high)
    alone = np.isfinite(curve.y) & ~np.r_[False, np.isfinite(curve.y[:-1])] & ~np.r_[np.isfinite(curve.y[1:]), False]
    if apart:
        ax.vlines(curve.x[known], curve.low[known], curve.high[known], colors=colour, lw=1)
    else:
        for run in runs(curve.x):
            band = {"where": known[run], "color": colour, "alpha": 0.15, "lw": 0}
            ax.fill_between(curve.x[run], curve.low[run], curve.high[run], **band)
        # A band has no width at a point without neighbours.
        ax.vlines(curve.x[alone & known], curve.low[alone & known], curve.high[alone & known], colors=colour, lw=1)
    (line,) = ax.plot(
        curve.x,
        curve.y,
        color=colour,
        linestyle="none" if apart else curve.style,
        marker="o" if few or apart else "none",
        markevery=list(np.flatnonzero(~curve.partial)),
        clip_on=False,
    )
    if curve.partial.any():
        places, values = curve.x[curve.partial], curve.y[curve.partial]
        ax.plot(places, values, "o", color=colour, mfc="white", mew=0.8, ms=4, ls="none", zorder=3, clip_on=False)
    if not few:
        ax.plot(curve.x[alone], curve.y[alone], "o", color=colour, ls="none")
    return line


def runs(x: np.ndarray) -> list[slice]:
    """Return the stretches on which a line that may turn back goes one way: a band that folds over would cancel."""
    turns = np.flatnonzero(np.diff(np.sign(np.diff(x))) != 0) + 1
    ends = [0, *turns, len(x) - 1]
    return [slice(first, last + 1) for first, last in pairwise(ends)]


def mark_missing(ax: Axes, curves: Sequence[Curve]) -> None:
    """Put a cross at the foot of the axes for every cell without an estimate."""
    places = np.unique(np.concatenate([curve.x[curve.missing] for curve in curves]))
    if len(places):
        across = ax.get_xaxis_transform()
        ax.plot(places, np.full(len(places), 0.03), "x", color="black", ms=4, transform=across, clip_on=False)


def mark_minimum(ax: Axes, risk: Curve) -> None:
    """Point a triangle at the smallest risk."""
    place = least(risk)
    if place is not None:
        ax.annotate(
            "▼",
            (risk.x[place], risk.y[place]),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            size=6,
            color=COLOURS["risk"],
        )


def mark_thresholds(ax: Axes, thresholds: Sequence[Threshold], long: bool) -> None:
    """Draw the measured threshold solid and the nominal one dashed, where the axes reach them, named above the axes."""
    low, high = sorted(ax.get_xlim())
    measured = {threshold.measured_x for threshold in thresholds if threshold.measured_x is not None}
    nominal = {threshold.nominal_x for threshold in thresholds if threshold.nominal_x is not None}
    lines = [(place, "-", "measured") for place in sorted(measured) if low <= place <= high]
    lines += [(place, "--", "nominal") for place in sorted(nominal) if low <= place <= high]
    for place, dash, _ in lines:
        ax.axvline(place, color=THRESHOLD_COLOUR, lw=0.8, ls=dash, zorder=0.5)
    first = {name: place for place, _, name in reversed(lines)}
    if len(first) == 2 and len(set(first.values())) == 1:
        first = {"measured = nominal" if long else "thresholds": first["measured"]}
    # The left name ends at its line and the right one starts at its own, so that they do not meet.
    places = sorted(first, key=lambda name: first[name])
    for name in places:
        across = ax.transAxes.inverted().transform(ax.transData.transform((first[name], 1.0)))[0]
        left = across > 0.75 or (len(places) == 2 and name == places[0] and across > 0.25)
        row = len(places) == 2 and name == places[1] and left
        ax.annotate(
            f"{name} threshold" if long else name,
            (first[name], 1.0),
            xycoords=ax.get_xaxis_transform(),
            xytext=(-2 if left else 2, 2 + 9 * row),
            textcoords="offset points",
            ha="right" if left else "left",
            va="bottom",
            size=7,
            color=THRESHOLD_COLOUR,
            annotation_clip=False,
        )
