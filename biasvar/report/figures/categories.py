"""The names of cells in no order, below their places: in lines, or upright where these places are too narrow."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from biasvar.report.figures.lettering import LINE_HEIGHT, MOST_LINES, distinct, width_of
from biasvar.report.style import STYLE

SIZE = STYLE["xtick.labelsize"]
LONGEST = 1.4
"""Inches of the longest name that stands upright."""

LEAST_PLACE = LINE_HEIGHT * SIZE / 72
"""Inches that the place of a cell takes at least."""


def fit_categories(ax: Axes, names: Sequence[str], inches: float) -> None:
    """Write the names of cells below axes that are so many inches wide."""
    place = inches / len(names) - 0.06
    found = distinct(names, place, SIZE)
    level = all("…" not in name or name == own for name, own in zip(found, names, strict=True))
    if not level or max(name.count("\n") for name in found) >= MOST_LINES or max(map(width_of, found)) > 2 * place:
        found = distinct(names, LONGEST, SIZE, most=max(1, int(place / LEAST_PLACE)))
        level = False
    ax.set_xticks(range(len(names)), found, parse_math=False)
    for name in ax.get_xticklabels():
        name.set(rotation=0 if level else 90, ha="center", va="top", ma="left" if not level else "center")
