"""One curve on one pair of axes with its band, and what is marked about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import blended_transform_factory

from biasvar.report.figures.labels import inches_from
from biasvar.report.figures.lettering import width_of
from biasvar.report.style import COLOURS, figure_of
from biasvar.results.curves import Curve, least
from biasvar.results.thresholds import Threshold

MOST_MARKERS = 40
THRESHOLD_COLOUR = "#444444"
THRESHOLD_TYPE, THRESHOLD_ROW = 7, 0.125
"""Points of type, and inches from one row of names above axes to the next."""

WIDE = 3.0
"""Axes of so many inches have room for long names of thresholds."""


def draw_curve(ax: Axes, curve: Curve, apart: bool = False, clip: bool = False) -> Line2D:
    """Draw one curve, hollow where replicates are missing; ``apart`` draws points with bars for cells in no order.

    Marks may stand out of the axes unless ``clip`` says that the axes are to cut the curve.
    """
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
        clip_on=clip,
    )
    if curve.partial.any():
        places, values = curve.x[curve.partial], curve.y[curve.partial]
        ax.plot(places, values, "o", color=colour, mfc="white", mew=0.8, ms=4, ls="none", zorder=3, clip_on=clip)
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


@dataclass(frozen=True)
class ThresholdNames:
    """The names of threshold lines above their axes; each has its long form, its short one, and the line's place."""

    ax: Axes
    names: tuple[tuple[Text, str, str, float], ...]

    def place(self) -> int:
        """Put each name beside its line, in rows of their own where they would meet; return how many rows that is."""
        inches = self.ax.get_window_extent().width / figure_of(self.ax).dpi
        taken: list[tuple[float, float]] = []
        row = 0
        for number, (text, long, short, x) in enumerate(self.names, 1):
            name = long if inches >= WIDE else short
            width = width_of(name, THRESHOLD_TYPE)
            place = (self.ax.transData + self.ax.transAxes.inverted()).transform((x, 1.0))[0] * inches
            # Right of its line, but for the first of two, which leaves that side to the other.
            starts = [place + 0.03, place - 0.03 - width][:: 1 if number == len(self.names) else -1]
            inside = [start for start in starts if start >= 0 and start + width <= inches]
            free = [start for start in inside if all(start >= end or start + width <= first for first, end in taken)]
            start = (free or inside or [max(0.0, inches - width)])[0]
            if taken and not free:
                row, taken = row + 1, []
            taken.append((start - 0.05, start + width + 0.05))
            text.set(text=name, x=start, y=0.03 + row * THRESHOLD_ROW)
        return row + 1 if self.names else 0


def mark_thresholds(ax: Axes, thresholds: Sequence[Threshold]) -> ThresholdNames:
    """Draw the measured threshold solid and the nominal one dashed, where the axes reach them; return their names."""
    low, high = sorted(ax.get_xlim())
    measured = {threshold.measured_x for threshold in thresholds if threshold.measured_x is not None}
    nominal = {threshold.nominal_x for threshold in thresholds if threshold.nominal_x is not None}
    lines = [(place, "-", "measured") for place in sorted(measured) if low <= place <= high]
    lines += [(place, "--", "nominal") for place in sorted(nominal) if low <= place <= high]
    for place, dash, _ in lines:
        ax.axvline(place, color=THRESHOLD_COLOUR, lw=0.8, ls=dash, zorder=0.5)
    first = {name: place for place, _, name in reversed(lines)}
    if len(first) == 2 and len(set(first.values())) == 1:
        forms = [("measured = nominal threshold", "thresholds", first["measured"])]
    else:
        forms = [(f"{name} threshold", name, first[name]) for name in sorted(first, key=lambda name: first[name])]
    above = blended_transform_factory(inches_from(ax, 0, 0), inches_from(ax, 0, 1))
    return ThresholdNames(
        ax, tuple((ax.text(0, 0, "", transform=above, size=THRESHOLD_TYPE, va="bottom"), *form) for form in forms)
    )


def mark_cut(ax: Axes, curves: Sequence[Curve], lowest: float) -> None:
    """Put a triangle at the foot of the axes for every estimate below them, in the colour of its line."""
    for curve in curves:
        places = curve.x[curve.y < lowest]
        if len(places):
            looks: dict[str, Any] = {"mfc": "white", "mew": 0.8, "ms": 4, "ls": "none", "zorder": 3, "clip_on": False}
            foot = ax.get_xaxis_transform()
            ax.plot(places, np.full(len(places), 0.03), "v", color=COLOURS[curve.quantity], transform=foot, **looks)
