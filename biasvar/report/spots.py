"""The places of a drawn figure that have numbers to show: one for each cell in each panel."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from biasvar.report.style import WORDS
from biasvar.results.curves import Curve, Panel
from biasvar.results.numbers import interval, plain, position


class Spot(NamedTuple):
    """A rectangle of a figure in points from its upper left corner, and the numbers at that place, a line each."""

    x: float
    y: float
    width: float
    height: float
    text: str


def spots_of(
    ax: Axes, panel: Panel, placed_x: Sequence[np.ndarray], name: str, names: Sequence[str] = ()
) -> list[Spot]:
    """Return the spots of a panel: a strip of its axes about each place.

    ``placed_x`` has, for each curve, the positions on the axes [P]; ``name`` is that of the horizontal axis, and
    ``names`` those of its places where they are no numbers.
    """
    figure = ax.get_figure(root=True)
    assert figure is not None
    scale, height = 72 / figure.dpi, figure.bbox.height
    box = ax.get_window_extent()
    found = np.unique(np.concatenate([*placed_x, []]))
    across = ax.transData.transform(np.column_stack([found, np.full(len(found), ax.get_ylim()[0])]))[:, 0]
    inside = (across >= box.x0 - 1) & (across <= box.x1 + 1)
    found, across = found[inside], across[inside]
    if not len(found):
        return []
    order = np.argsort(across)
    found, across = found[order], across[order]
    edges = np.concatenate([[box.x0], (across[1:] + across[:-1]) / 2, [box.x1]])
    top, tall = float((height - box.y1) * scale), float(box.height * scale)
    return [
        Spot(
            float(left * scale), top, float((right - left) * scale), tall, text_at(panel, placed_x, place, name, names)
        )
        for place, left, right in zip(found, edges[:-1], edges[1:], strict=True)
    ]


def text_at(panel: Panel, placed_x: Sequence[np.ndarray], place: float, name: str, names: Sequence[str]) -> str:
    """Return the place, each curve's value there with its interval, and how many models they are of."""
    heads, lines, counts = [], [], set()
    for curve, x in zip(panel.curves, placed_x, strict=True):
        for index in np.flatnonzero(x == place):
            heads.append(names[int(place)] if names else f"{name} = {position(curve.x[index])}")
            if np.isfinite(curve.y[index]):
                lines.append(f"{title_of(curve)}: {interval(curve.y[index], curve.low[index], curve.high[index])}")
            if curve.n is not None:
                counts.add(plain(curve.n[index]))
    title = [panel.title] if panel.title else []
    of = [f"n = {' or '.join(sorted(counts))}"] if counts else []
    return "\n".join([*title, heads[0], *lines, *of])


def title_of(curve: Curve) -> str:
    """Return the name of a curve on one line."""
    quantity = WORDS.get(curve.quantity, curve.quantity).replace("\n", " ")
    return f"{quantity}, {curve.label}" if curve.label else quantity
