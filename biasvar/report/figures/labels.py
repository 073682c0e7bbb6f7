"""Names at the ends of lines, each beside a short stroke of its line, moved apart where they would touch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import ScaledTranslation, Transform, blended_transform_factory

from biasvar.report.figures.lettering import height_of, width_of
from biasvar.report.style import figure_of

GAP, STROKE, SPACE = 0.08, 0.24, 0.05
"""Inches from the axes to the stroke, along it, and from it to the name."""


@dataclass(frozen=True)
class EndNames:
    """The names of some lines right of their axes, each with its stroke."""

    ax: Axes
    lines: tuple[Line2D, ...]
    strokes: tuple[Line2D, ...]
    names: tuple[Text, ...]

    @classmethod
    def of(cls, ax: Axes, named: Mapping[str, tuple[Line2D, Any]]) -> "EndNames":
        """Write names beside those lines that have a value somewhere; each line comes with its dash."""
        beside = blended_transform_factory(inches_from(ax, 1, 0), ax.transAxes)
        known = {name: pair for name, pair in named.items() if np.isfinite(ordinates(pair[0])).any()}
        strokes, names = [], []
        for name, (line, dash) in known.items():
            looks = {"color": line.get_color(), "linestyle": dash, "transform": beside, "clip_on": False}
            strokes += ax.plot([GAP, GAP + STROKE], [0.5, 0.5], **looks)
            words: dict[str, Any] = {"transform": beside, "va": "center", "parse_math": False, "clip_on": False}
            names.append(ax.text(GAP + STROKE + SPACE, 0.5, name, **words))
        found = cls(ax, tuple(line for line, _ in known.values()), tuple(strokes), tuple(names))
        found.place()
        return found

    @property
    def height(self) -> float:
        """The inches of height that all names take."""
        return sum(height_of(name.get_text()) for name in self.names)

    def place(self) -> None:
        """Put each name as near to the height of its line's last point as the others leave room for."""
        if not self.lines:
            return
        to_axes = self.ax.transData + self.ax.transAxes.inverted()
        wanted = [float(np.clip(to_axes.transform(end_of(line))[1], 0, 1)) for line in self.lines]
        inches = self.ax.get_window_extent().height / figure_of(self.ax).dpi
        heights = [height_of(name.get_text()) / inches for name in self.names]
        for stroke, name, centre in zip(self.strokes, self.names, spread(wanted, heights), strict=True):
            stroke.set_ydata([centre, centre])
            name.set_y(centre)


def width_beside(names: Sequence[str]) -> float:
    """Return the inches that names with their strokes take beside axes."""
    return GAP + STROKE + SPACE + max(map(width_of, names), default=0.0)


def inches_from(ax: Axes, x: float, y: float) -> Transform:
    """Return a transform of inches from a place of some axes, which is given in fractions of them."""
    return figure_of(ax).dpi_scale_trans + ScaledTranslation(x, y, ax.transAxes)  # type: ignore[arg-type]


def spread(wanted: Sequence[float], heights: Sequence[float]) -> np.ndarray:
    """Return the centres nearest to ``wanted`` (in least squares) at which labels of these heights do not touch.

    Both are fractions of the axes' height; the labels stay between 0 and 1 where they fit.
    """
    order = np.argsort(wanted, kind="stable")
    places, tall = np.asarray(wanted, dtype=float)[order], np.asarray(heights, dtype=float)[order]
    offsets = np.concatenate([[0.0], np.cumsum((tall[1:] + tall[:-1]) / 2)])
    free = rising(places - offsets)
    highest = max(1 - tall[-1] / 2 - offsets[-1], tall[0] / 2)
    centres = np.empty(len(wanted))
    centres[order] = np.clip(free, tall[0] / 2, highest) + offsets
    return centres


def rising(values: Sequence[float]) -> np.ndarray:
    """Return the sequence nearest to ``values`` (in least squares) and never falls: neighbours that do are pooled."""
    pools: list[tuple[float, int]] = []
    for value in values:
        pools.append((float(value), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (low, few), (high, more) = pools.pop(), pools.pop()
            pools.append(((low * few + high * more) / (few + more), few + more))
    means, sizes = zip(*pools, strict=True)
    return np.repeat(means, sizes)


def ordinates(line: Line2D) -> np.ndarray:
    """Return the heights of a line's points, NaN where it has none."""
    return np.asarray(line.get_ydata(), dtype=float)


def end_of(line: Line2D) -> tuple[float, float]:
    """Return the last point that has a height, of a line with at least one."""
    last = np.flatnonzero(np.isfinite(ordinates(line)))[-1]
    return float(np.asarray(line.get_xdata(), dtype=float)[last]), float(ordinates(line)[last])
