"""Maps over capacity and epoch, or training set size: where models interpolate, and where the risk peaks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from biasvar.report import style
from biasvar.report.figures.arrangement import ArrangedFigure, columns_and_names
from biasvar.report.figures.scales import Scale, scale_of_x, spans_much
from biasvar.report.figures.selection import axis_label, stem_of
from biasvar.report.figures.study_figure import TITLE_PAD, StudyFigure, fit_titles, name_axes
from biasvar.report.shades import shades_of
from biasvar.report.words import captions, maps
from biasvar.results.conditions import (
    combinations,
    condition_keys,
    horizontal,
    horizontal_name,
    other_axes,
)
from biasvar.results.curves import quantities
from biasvar.results.grids import Grid, boundary, grid_of, peaks
from biasvar.results.results import Results
from biasvar.study.config import CAPACITY_AXES

MOST_RATIO = 1e4
"""A logarithmic scale of colours reaches so far below the largest value."""

DARK = "#444444"
CASING = [patheffects.withStroke(linewidth=2.2, foreground="white")]
FITTED: dict[str, Any] = {
    "color": DARK,
    "lw": 1.1,
    "ls": "-",
    "path_effects": CASING,
    "label": "training error vanishes",
}
NOMINAL: dict[str, Any] = {
    "color": DARK,
    "lw": 1.0,
    "ls": "--",
    "path_effects": CASING,
    "label": "parameters = n × outputs",
}
LINEAR: dict[str, Any] = {"color": DARK, "lw": 1.0, "ls": ":", "path_effects": CASING, "label": "inputs = n"}
WHITE: dict[str, Any] = {"mfc": "white", "mec": "black", "mew": 0.7}
PEAKS = (WHITE | {"marker": "o", "ms": 6}, WHITE | {"marker": "^", "ms": 3})
"""Those along x, and those along y, which fit inside."""
MARK: dict[str, Any] = {"ls": "none", "mfc": "none", "mec": DARK, "mew": 0.7, "ms": 3.5, "zorder": 3}
BAR_GAP, BAR_WIDTH = 0.03, 0.06
"""A bar of colours beside axes: its distance and width, as shares of the axes' width."""


@dataclass(repr=False)
class Maps(StudyFigure):
    """One panel a quantity: a cell for each capacity (y) and epoch or training set size (x), coloured by its value.

    ``peaks`` has the places (x, y) of the peaks of the risk along either axis, by the name of what they are along.
    ``cells_`` keeps what was drawn by quantity.
    """

    stem: str
    title: str
    grid: Grid
    x_label: str
    y_label: str
    peaks: dict[str, np.ndarray]
    caption: str
    alt: str
    cells_: dict[str, QuadMesh] = field(default_factory=dict, init=False)
    bars_: list[tuple[Axes, Scale]] = field(default_factory=list, init=False)

    @classmethod
    def from_results(cls, results: Results, loss: str) -> Sequence["Maps"]:
        """Compute a map of one loss for each axis that is swept beside the capacity, by which it is read or trained."""
        if horizontal(results) not in CAPACITY_AXES:
            return []
        found = [map_of(cls, results, loss, axis) for axis in other_axes(results)]
        return [one for one in found if np.isfinite(one.grid.y).all()]  # a capacity without limit has no place

    def new_figure(self, width: float) -> tuple[Figure, list[Axes]]:
        """Return an empty figure with axes for each quantity."""
        count = len(self.grid.values)
        figure = ArrangedFigure(width, count, columns_and_names(width, count, 0.0, own_axes=True)[0], False)
        return figure, figure.panels

    @property
    def x_scale(self) -> Scale:
        """The scale of epochs or training set sizes."""
        return scale_of_x(self.grid.x)

    @property
    def y_scale(self) -> Scale:
        """The scale of capacities."""
        return scale_of_x(self.grid.y)

    def draw(self, *axes: Axes) -> Self:
        """Draw one quantity on each of ``axes``, in order, and return the figure."""
        self.cells_, self.bars_ = {}, []
        with style.context():
            for ax, (name, values_YX) in zip(axes, self.grid.values.items(), strict=True):
                ax.set_xscale(**self.x_scale.arguments)
                ax.set_yscale(**self.y_scale.arguments)
                x, y = (
                    edges_of(ax.xaxis, self.x_scale.places(self.grid.x)),
                    edges_of(ax.yaxis, self.y_scale.places(self.grid.y)),
                )
                self.draw_cells(ax, name, values_YX, x, y)
                self.draw_lines(ax, x, y)
                ax.set(xlim=x[[0, -1]], ylim=y[[0, -1]])
            for (along, places), looks in zip(self.peaks.items(), PEAKS, strict=True):
                if len(places):
                    x, y = self.x_scale.places(places[:, 0]), self.y_scale.places(places[:, 1])
                    axes[0].plot(x, y, ls="none", label=f"peak along {along}", **looks)
            if isinstance(figure := style.figure_of(axes[0]), ArrangedFigure) and (handles := labelled(axes[0])):
                figure.add_key(handles)
            self.fit(*axes)
        return self

    def draw_cells(self, ax: Axes, name: str, values_YX: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
        """Draw the cells of one quantity between edges, their marks, and the bar of colours beside them."""
        known = values_YX[np.isfinite(values_YX)]
        if len(known):
            scale, low, high = colour_scale(known)
            shades = shades_of(name, low, high, scale.kind, scale.linear_below, scale.stretch)
            looks: dict[str, Any] = {
                "cmap": shades.colours,
                "norm": shades.norm,
                "edgecolors": "face",
                "linewidth": 0.1,
            }
            self.cells_[name] = ax.pcolormesh(x, y, np.ma.masked_invalid(values_YX), **looks)
            bar = ax.inset_axes((1 + BAR_GAP, 0, BAR_WIDTH, 1))
            bar.set_yscale(**scale.arguments)
            middles = (shades.edges[1:] + shades.edges[:-1]) / 2
            bar.pcolormesh([0, 1], shades.edges, middles[:, None], **looks)
            bar.set(ylim=(low, high), xticks=[])
            bar.yaxis.tick_right()
            self.bars_.append((bar, scale))
        for row, column in np.argwhere(self.grid.missing_YX):
            size = x[column + 1] - x[column], y[row + 1] - y[row]
            ax.add_patch(Rectangle((x[column], y[row]), *size, fill=False, hatch="/////", ec="#999999", lw=0))
        x_X, y_Y = self.x_scale.places(self.grid.x), self.y_scale.places(self.grid.y)
        for marked_YX, marker in ((self.grid.partial_YX, "o"), (values_YX < 0, "_")):
            rows, columns = np.nonzero(marked_YX)
            ax.plot(x_X[columns], y_Y[rows], marker, **MARK)

    def draw_lines(self, ax: Axes, x: np.ndarray, y: np.ndarray) -> None:
        """Draw where the training error vanishes, between cells, and where it would by counting."""
        outline = boundary(self.grid.fitted_YX, x, y)
        if len(outline):
            ax.plot(*outline.T, **FITTED)
        nominal = np.where(np.isfinite(self.grid.nominal_X), self.grid.nominal_X, np.nan)
        if np.isfinite(nominal).any():
            level = np.ptp(self.grid.nominal_X) == 0  # does not depend on x: all the way across
            ax.plot(
                x[[0, -1]] if level else self.x_scale.places(self.grid.x),
                nominal[[0, -1]] if level else nominal,
                **NOMINAL,
            )
        if self.grid.inputs is not None and x[0] < self.grid.inputs < x[-1]:
            ax.plot([self.grid.inputs] * 2, y[[0, -1]], **LINEAR)

    def fit(self, *axes: Axes) -> None:
        """Fit ticks, names and titles to the sizes that the axes have."""
        dpi = style.figure_of(axes[0]).dpi
        for ax in axes:
            box = ax.get_window_extent()
            self.x_scale.fit_ticks(ax.xaxis, box.width / dpi, 7)
            self.y_scale.fit_ticks(ax.yaxis, box.height / dpi, 6)
        for bar, scale in self.bars_:
            scale.fit_ticks(bar.yaxis, bar.get_window_extent().height / dpi, 5)
        titles = [style.WORDS[name].replace("\n", " ") for name in self.grid.values]
        fit_titles(axes, titles, [TITLE_PAD] * len(axes))
        name_axes(axes, self.x_label, self.y_label)


def labelled(ax: Axes) -> list[Line2D]:
    """Return the lines that a key names."""
    return [line for line in ax.lines if not str(line.get_label()).startswith("_")]


def edges_of(axis: Axis, places: np.ndarray) -> np.ndarray:
    """Return the edges of cells about places, half way between neighbours on the scale of an axis."""
    transform = axis.get_transform()
    at = transform.transform(places)
    middles = (at[1:] + at[:-1]) / 2
    half = (at[[1, -1]] - at[[0, -2]]) / 2 if len(at) > 1 else np.array([0.5, 0.5])
    return transform.inverted().transform(np.concatenate([[at[0] - half[0]], middles, [at[-1] + half[1]]]))


def colour_scale(known: np.ndarray) -> tuple[Scale, float, float]:
    """Return the scale of the colours of some values with its ends: logarithmic where a linear one would hide some."""
    low, high = float(known.min()), float(known.max())
    if low == high:
        half = abs(low) / 2 or 0.5
        return Scale(), low - half, high + half
    sizes = known[known > 0]
    if not spans_much(sizes):
        return Scale(), low, high
    least = max(float(sizes.min()), high / MOST_RATIO)
    return (Scale("log") if low >= least else Scale("symlog", float(10 ** np.floor(np.log10(least))))), low, high


def map_of(cls: type[Maps], results: Results, loss: str, axis: str) -> Maps:
    """Return the maps of one loss over an axis and the capacity; what else is swept is held at one condition."""
    conditions = combinations(results, results.table, condition_keys(results, axis, "capacity"))
    condition = max(conditions, key=lambda one: dict(one.values).get("epoch", 0))  # the first at the last epoch
    rows = condition.rows(results.of_loss(loss))
    names = [name for name in quantities(rows) if name not in ("noise", "net_noise")]
    names += ["train_risk"] if rows["train_risk"].notna().any() else []
    grid = grid_of(results, loss, condition, axis, names)
    x_name, y_name = horizontal_name(results, axis), horizontal_name(results, "capacity")
    tops = {
        x_name: peaks(results, loss, condition, axis),
        y_name: peaks(results, loss, condition, str(horizontal(results))),
    }
    title = f"Risk, its parts and the training risk over {x_name} and {y_name}, {captions.loss_words(loss)}"
    return cls(
        stem_of("maps", axis, loss),
        title,
        grid,
        axis_label(x_name, rows),
        f"{y_name} (capacity)" if y_name != "capacity" else y_name,
        {name: top[[axis, "capacity"]].to_numpy(dtype=float) for name, top in tops.items()},
        captions.join(
            f"{title}.",
            f"Held at {condition.label}, one of {len(conditions)} conditions." if len(conditions) > 1 else "",
            maps.lines(grid, results.tolerance),
            maps.peaks(tops, axis, x_name, y_name),
            maps.marks(grid, rows),
            maps.resting_on(results, rows),
            captions.resampling(rows),
            captions.reference(rows),
            captions.fixed(rows),
        ),
        maps.alt(title, grid, x_name, y_name),
    )
