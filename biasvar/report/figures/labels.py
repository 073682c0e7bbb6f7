"""Names at the ends of lines, moved apart where they would touch, and the legend where there are too many lines."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from biasvar.report.style import STYLE, WIDTHS, figure_of

LINE_HEIGHT = 1.3
"""Height of a line of type over its size."""

GAP = 0.12
"""Inches between the axes and the names beside them."""


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


def label_ends(ax: Axes, lines: Sequence[Line2D], names: Sequence[str], colour: str | None = None) -> None:
    """Write each line's name right of the axes at the height of its last point, in its colour if none is given."""
    size = STYLE["font.size"]
    named = [(line, name) for line, name in zip(lines, names, strict=True) if np.isfinite(ordinates(line)).any()]
    if not named:
        return
    ends = [(line, name, end_of(line)) for line, name in named]
    to_axes = ax.transData + ax.transAxes.inverted()
    wanted = [to_axes.transform(end)[1] for _, _, end in ends]
    box, dpi = ax.get_window_extent(), figure_of(ax).dpi
    heights = [size * LINE_HEIGHT * (name.count("\n") + 1) / 72 / (box.height / dpi) for _, name, _ in ends]
    beside = 1 + GAP / (box.width / dpi)
    for (line, name, end), centre, tall in zip(ends, spread(wanted, heights), heights, strict=True):
        ink = colour or line.get_color()
        shifted = abs(centre - to_axes.transform(end)[1]) > tall / 2
        leader = {"arrowstyle": "-", "lw": 0.5, "color": ink, "shrinkB": 1, "relpos": (0, 0.5)}
        ax.annotate(
            name,
            xy=end,
            xytext=(beside, centre),
            textcoords="axes fraction",
            va="center",
            size=size,
            color=ink,
            parse_math=False,
            annotation_clip=False,
            arrowprops=leader if shifted else None,
        )


def ordinates(line: Line2D) -> np.ndarray:
    """Return the heights of a line's points, NaN where it has none."""
    return np.asarray(line.get_ydata(), dtype=float)


def end_of(line: Line2D) -> tuple[float, float]:
    """Return the last point that has a height, of a line with at least one."""
    last = np.flatnonzero(np.isfinite(ordinates(line)))[-1]
    return float(np.asarray(line.get_xdata(), dtype=float)[last]), float(ordinates(line)[last])


def legend_beside(ax: Axes, handles: Sequence[Line2D]) -> None:
    """Put a legend outside the axes, where it covers nothing: right of a wide figure, above a narrow one."""
    if figure_of(ax).get_figwidth() >= WIDTHS[1]:
        legend = ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.02, 1), borderaxespad=0)
    else:
        legend = ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1.12), ncols=2, borderaxespad=0)
    for text in legend.get_texts():
        text.set_parse_math(False)
