"""Fits of single replicates as functions of one input: their spread is variance, the error of their mean is bias."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from biasvar.report import style
from biasvar.report.figures.arrangement import ArrangedFigure, columns_and_names
from biasvar.report.figures.labels import EndNames, width_beside
from biasvar.report.figures.scales import Scale
from biasvar.report.figures.selection import stem_of
from biasvar.report.figures.study_figure import TITLE_PAD, StudyFigure, fit_titles, name_axes
from biasvar.report.style import BLUE, COLOUR_NAMES, INK, VERMILLION
from biasvar.report.words import captions
from biasvar.results.conditions import combinations, swept_keys
from biasvar.results.points.hardest import loss_of_hardest
from biasvar.results.results import Results

NAMES = {"truth": "f*", "mean": "mean fit", "fit": "single fits", "labels": "labels"}
LOOKS: dict[str, dict[str, Any]] = {
    "fit": {"color": VERMILLION, "lw": 0.5, "alpha": 0.3, "zorder": 1},
    "labels": {"color": "#7F7F7F", "ls": "none", "marker": ".", "ms": 2, "zorder": 1.5},
    "truth": {"color": INK, "ls": (0, (5, 1.5)), "zorder": 3},
    "mean": {"color": BLUE, "lw": 1.4, "zorder": 2.5},
}
MARGIN = 0.6
"""How far beyond the range of the truth and the middle of the mean fits an axis goes, as a share of it."""
MIDDLE = (0.2, 0.8)
"""The quantiles of a mean fit that an axis holds: its ends may leave it, as those of high polynomials do."""


@dataclass(frozen=True)
class Fan:
    """The fits in one cell: places [N], and values [N] by name."""

    title: str
    x: np.ndarray
    fits: dict[str, np.ndarray]

    @property
    def replicates(self) -> int:
        """How many single fits there are."""
        return sum(name.startswith("replicate") for name in self.fits)


@dataclass(repr=False)
class Fits(StudyFigure):
    """A panel for each of a few cells; ``draw`` fills ``lines_``, which maps (title of the panel, fit) to the line."""

    stem: str
    title: str
    fans: tuple[Fan, ...]
    caption: str
    alt: str
    lines_: dict[tuple[str, str], Line2D] = field(default_factory=dict, init=False)
    names_: list[EndNames] = field(default_factory=list, init=False)

    @classmethod
    def from_results(cls, results: Results, loss: str) -> Sequence["Fits"]:
        """Compute the figure, one a study, if fits are functions of one input."""
        if results.fits is None or loss != loss_of_hardest(results):
            return []
        rows = results.of_loss(loss)
        rows = rows[rows["cell"].isin(results.fits["cell"])]
        fans = [fan_of(title, results.fits[results.fits["cell"] == cell]) for title, cell in titles(results, rows)]
        title = "Fits on training sets drawn anew"
        known = "truth" in fans[0].fits
        caption = captions.join(
            f"{title}.",
            words(fans, int(rows["n_ok"].max()), known),
            captions.shown([fan.title for fan in fans], results.table["cell"].nunique(), "cells"),
            captions.resampling(rows),
            captions.reference(rows),
            captions.fixed(rows),
        )
        return [cls(stem_of("fits"), title, tuple(fans), caption, " ".join([f"{title}.", *map(alt_of, fans)]))]

    def new_figure(self, width: float) -> tuple[Figure, list[Axes]]:
        """Return an empty figure with axes for each panel."""
        beside = width_beside([NAMES[name] for name in self.kinds])
        columns, fits = columns_and_names(width, len(self.fans), beside, own_axes=False)
        figure = ArrangedFigure(width, len(self.fans), columns, names_beside=fits)
        return figure, figure.panels

    @property
    def kinds(self) -> list[str]:
        """The kinds of lines that are drawn, in order of their names."""
        return ["truth" if "truth" in self.fans[0].fits else "labels", "mean", "fit"]

    def draw(self, *axes: Axes) -> Self:
        """Draw one cell on each of ``axes``, in order, and return the figure."""
        self.lines_ = {}
        with style.context():
            for ax, fan in zip(axes, self.fans, strict=True):
                for name, y in fan.fits.items():
                    kind = "fit" if name.startswith("replicate") else name
                    (self.lines_[fan.title, name],) = ax.plot(fan.x, y, **LOOKS[kind])
                ax.margins(x=0)
            for ax in axes:
                ax.set_ylim(*limits(self.fans))
            self.name_lines(axes)
            self.fit(*axes)
        return self

    def name_lines(self, axes: Sequence[Axes]) -> None:
        """Name the lines beside each row of panels, or in a key below all of them."""
        figure = style.figure_of(axes[0])
        key = [Line2D([], [], **{**LOOKS[kind], "alpha": 1}, label=NAMES[kind]) for kind in self.kinds]
        if isinstance(figure, ArrangedFigure) and not figure.names_beside:
            figure.add_key(key)
            self.names_ = []
            return
        ends = [row[-1] for row in figure.rows] if isinstance(figure, ArrangedFigure) else axes
        self.names_ = [EndNames.of(ax, self.named(fan)) for ax, fan in zip(axes, self.fans, strict=True) if ax in ends]

    def named(self, fan: Fan) -> dict[str, tuple[Line2D, Any]]:
        """Return the lines of one panel that carry a name, with their dashes, by it."""
        first = next(name for name in fan.fits if name.startswith("replicate"))
        lines = {kind: self.lines_[fan.title, first if kind == "fit" else kind] for kind in self.kinds}
        return {NAMES[kind]: (line, LOOKS[kind].get("ls", "-")) for kind, line in lines.items()}

    def fit(self, *axes: Axes) -> None:
        """Fit ticks, names and titles to the sizes that the axes have."""
        figure = style.figure_of(axes[0])
        for ax in axes:
            box = ax.get_window_extent()
            Scale().fit_ticks(ax.xaxis, box.width / figure.dpi, 7)
            Scale().fit_ticks(ax.yaxis, box.height / figure.dpi, 6)
        for names in self.names_:
            names.place()
        fit_titles(axes, [fan.title for fan in self.fans], [TITLE_PAD] * len(axes))
        name_axes(axes, "x", "y")


def titles(results: Results, rows: pd.DataFrame) -> list[tuple[str, int]]:
    """Return the name and the number of each cell whose fits are drawn."""
    keys = swept_keys(results)
    found = []
    for cell in rows["cell"]:
        (condition,) = combinations(results, rows[rows["cell"] == cell], keys)
        found.append((condition.label, int(cell)))
    return found


def fan_of(title: str, rows: pd.DataFrame) -> Fan:
    """Return the fits of one cell."""
    fits = {str(name): own["y"].to_numpy() for name, own in rows.groupby("fit", sort=False)}
    return Fan(title, rows.loc[rows["fit"] == "mean", "x"].to_numpy(), fits)


def limits(fans: Sequence[Fan]) -> tuple[float, float]:
    """Return the limits of the vertical axis: those of truth or labels and of most of each mean fit, and some more."""
    shown = [y for fan in fans for name, y in fan.fits.items() if name in ("truth", "labels")]
    values = np.concatenate([*shown, *(np.quantile(fan.fits["mean"], MIDDLE) for fan in fans)])
    low, high = float(np.min(values)), float(np.max(values))
    every = np.concatenate([y for fan in fans for y in fan.fits.values()])
    more = MARGIN * (high - low) or 1.0
    return max(low - more, float(every.min())) - 0.03 * more, min(high + more, float(every.max())) + 0.03 * more


def words(fans: Sequence[Fan], replicates: int, known: bool) -> str:
    """Return what the lines are."""
    drawn = max(fan.replicates for fan in fans)
    of = "" if drawn == replicates else f" of {replicates}"
    fits = f"the fits of {drawn}{of} replicates"
    low, high = limits(fans)
    leave = any(np.any((y < low) | (y > high)) for fan in fans for y in fan.fits.values())
    return (
        f"{COLOUR_NAMES[VERMILLION].capitalize()}: {fits}, whose spread is the variance. "
        f"{COLOUR_NAMES[BLUE].capitalize()}: the mean over all replicates, "
        + ("whose distance from f* (dashed) is the bias." if known else "among labels of the evaluation points (grey).")
        + (" Fits go on beyond the axes." if leave else "")
    )


def alt_of(fan: Fan) -> str:
    """Return one panel in words: how far fits are from each other and from f*."""
    single = np.stack([y for name, y in fan.fits.items() if name.startswith("replicate")])
    text = f"root mean squared spread of single fits {np.sqrt(np.mean(single.var(axis=0))):.3g}"
    if "truth" in fan.fits:
        distance = np.sqrt(np.mean(np.square(fan.fits["mean"] - fan.fits["truth"])))
        text += f", root mean squared distance of their mean from f* {distance:.3g}"
    return captions.sentence(f"{fan.title}: {text}" if fan.title else text)
