"""A cloud of evaluation points by their variance and bias, with its median and lines of equal sums."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from biasvar.report.figures.scales import Scale
from biasvar.report.style import BLUE, VERMILLION

MOST_MARKS = 1000
"""More would make the SVG of a page heavy and the cloud no clearer."""

MOST_DECADES = 3
"""An axis is logarithmic over no more decades than this below the largest value."""

SMALLEST, LARGEST = 5.8, 150.0
"""Squared diameters of marks in points: of one point, and of the most points that coincide."""

LINE_COLOUR = "#BBBBBB"


@dataclass(frozen=True)
class Cloud:
    """Bias and variance of each of N points in one cell, over a number of replicates."""

    title: str
    bias: np.ndarray
    variance: np.ndarray
    replicates: int

    @property
    def thinned(self) -> "Cloud":
        """At most ``MOST_MARKS`` of the points, evenly chosen: points stand in random order."""
        step = -(-len(self.bias) // MOST_MARKS)
        return replace(self, bias=self.bias[::step], variance=self.variance[::step])

    @property
    def places(self) -> np.ndarray:
        """The variance and the bias of the points where both are known: [N, 2]."""
        both = np.column_stack([self.variance, self.bias])
        return both[np.isfinite(both).all(axis=1)]

    @property
    def median(self) -> tuple[float, float]:
        """The medians of bias and variance over all points."""
        return float(np.nanmedian(self.bias)), float(np.nanmedian(self.variance))


def correction(clouds: Sequence[Cloud]) -> float:
    """Return the median of variance / R over clouds, 0 where no cloud has a variance.

    It is what the unbiased estimate takes off the plug-in squared bias over R replicates: a bias below it is not told
    apart from zero.
    """
    positive = [size for cloud in clouds if (size := cloud.median[1] / cloud.replicates) > 0]
    return float(np.median(positive)) if positive else 0.0


def largest(clouds: Sequence[Cloud]) -> float:
    """Return the largest size of a bias or a variance of any point, 0 where none is known."""
    return float(max((np.abs(cloud.places).max(initial=0) for cloud in clouds), default=0))


def linear_below(clouds: Sequence[Cloud]) -> float:
    """Return the power of ten nearest to the correction of the bias, or to ``MOST_DECADES`` below the largest value.

    The greater of both: what is smaller yet would take most of an axis.
    """
    floor = correction(clouds)
    return 10.0 ** round(np.log10(max(floor, 10.0**-MOST_DECADES * largest(clouds)))) if floor else 1.0


def sums_of(clouds: Sequence[Cloud]) -> np.ndarray:
    """Return the powers of ten for which lines of equal bias + variance are drawn: from ten times the floor on."""
    most = largest(clouds)
    if not most:
        return np.array([])
    return 10.0 ** np.arange(np.ceil(np.log10(linear_below(clouds))) + 1, np.floor(np.log10(most)) + 1)


def scale_of_points(values: np.ndarray, floor: float) -> Scale:
    """Choose the scale of one axis: linear within a decade of ``floor``, else logarithmic, linear below the floor."""
    values = values[np.isfinite(values)]
    if not len(values) or np.abs(values).max() <= 10 * floor:
        return Scale()
    return Scale("log") if values.min() >= floor else Scale("symlog", floor)


def draw_cloud(ax: Axes, cloud: Cloud) -> dict[str, list[Line2D]]:
    """Draw the points in the colour of the larger part, and their median; return the marks by that part.

    Points that coincide, as votes of few replicates do, are one disc whose area grows with their number.
    """
    places, counts = np.unique(np.round(cloud.thinned.places, 12), axis=0, return_counts=True)
    areas = SMALLEST + (LARGEST - SMALLEST) * (counts - 1) / max(1, counts.max(initial=1) - 1)
    more_bias = places[:, 1] > places[:, 0]
    marks: dict[str, list[Line2D]] = {}
    for part, own, colour in (("bias", more_bias, BLUE), ("variance", ~more_bias, VERMILLION)):
        marks[part] = []
        # Marks of one size at a time, which files of vectors hold as one shape.
        for area in np.unique(areas[own]):
            x, y = places[own & (areas == area)].T
            marks[part] += ax.plot(x, y, "o", color=colour, alpha=0.45, ms=float(np.sqrt(area)), mew=0)
    bias, variance = cloud.median
    ax.plot([variance], [bias], "+", color="black", ms=8, mew=1.2, zorder=4)
    return marks


def equal_sums(ax: Axes, floor: float, sums: np.ndarray) -> None:
    """Draw lines of equal bias + variance, and the line where both are equal (dotted).

    Called once limits are settled, which it leaves as they are.
    """
    x_low, x_high = ax.get_xlim()
    y_low, y_high = ax.get_ylim()
    share = np.concatenate([np.geomspace(1e-6, 0.5, 100), 1 - np.geomspace(0.5, 1e-6, 100)])
    for one in sums:
        ax.plot(share * one, (1 - share) * one, color=LINE_COLOUR, lw=0.5, zorder=0.4)
    both = np.geomspace(floor / 1e3, max(x_high, y_high), 200)
    ax.plot(both, both, color=LINE_COLOUR, lw=0.8, ls=":", zorder=0.4)
    if y_low < 0:
        ax.axhline(0, color=LINE_COLOUR, lw=0.5, zorder=0.4)
    ax.set_xlim(x_low, x_high)
    ax.set_ylim(y_low, y_high)
