"""Bias against variance, a mark an evaluation point: which part of the risk it is that single points have."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from biasvar.report import style
from biasvar.report.figures.arrangement import ArrangedFigure, columns_and_names
from biasvar.report.figures.cloud import (
    Cloud,
    correction,
    draw_cloud,
    equal_sums,
    linear_below,
    scale_of_points,
    sums_of,
)
from biasvar.report.figures.scales import Scale
from biasvar.report.figures.selection import stem_of
from biasvar.report.figures.study_figure import TITLE_PAD, StudyFigure, fit_titles, name_axes
from biasvar.report.style import BLUE, COLOUR_NAMES, VERMILLION
from biasvar.report.words import captions
from biasvar.results.conditions import Condition, cells_of_least_risk, chosen, horizontal, horizontal_name, naming
from biasvar.results.numbers import number, plain, position
from biasvar.results.results import Results

PARTS = (
    ("bias_squared", "variance"),
    ("bias_squared_plus_noise", "variance"),
    ("kw_bias_squared", "kw_variance"),
    ("kw_bias_squared_plus_noise", "kw_variance"),
    ("bias", "variance"),
    ("bias_plus_noise", "variance"),
    ("systematic_effect", "variance_effect"),
    ("systematic_effect_plus_noise", "variance_effect"),
)
"""What stands against what: the first pair that is known at single points. Of the zero-one loss it is that of Kohavi
and Wolpert (1996), since a bias that is 0, 1 or what a tie shares makes lines and no cloud."""


@dataclass(repr=False)
class Scatter(StudyFigure):
    """A panel for the cell of least risk of each of at most four conditions; ``draw`` fills ``marks_``.

    ``marks_`` maps (title of the panel, which part is larger: bias or variance) to the marks.
    """

    stem: str
    title: str
    clouds: tuple[Cloud, ...]
    x_label: str
    y_label: str
    caption: str
    alt: str
    marks_: dict[tuple[str, str], list[Line2D]] = field(default_factory=dict, init=False)

    @classmethod
    def from_results(cls, results: Results, loss: str) -> Sequence["Scatter"]:
        """Compute the figure of one loss, if single points are known and their bias makes a cloud."""
        if results.points is None:
            return []
        rows = results.points[results.points["loss"] == loss]
        names = parts_of(rows)
        if names is None or (loss, names[0]) == ("zero_one", "bias") or rows[names[0]].nunique() <= 2:
            return []
        return [scatter(cls, results, loss, rows, *names)]

    def new_figure(self, width: float) -> tuple[Figure, list[Axes]]:
        """Return an empty figure with axes for each panel."""
        columns, _ = columns_and_names(width, len(self.clouds), beside=0.0, own_axes=False)
        figure = ArrangedFigure(width, len(self.clouds), columns)
        return figure, figure.panels

    def draw(self, *axes: Axes) -> Self:
        """Draw one cloud on each of ``axes``, in order, and return the figure."""
        floor, (x_scale, y_scale) = linear_below(self.clouds), self.scales
        self.marks_ = {}
        with style.context():
            for ax, cloud in zip(axes, self.clouds, strict=True):
                ax.set_xscale(**x_scale.arguments)
                ax.set_yscale(**y_scale.arguments)
                for part, marks in draw_cloud(ax, cloud).items():
                    self.marks_[cloud.title, part] = marks
            for ax in axes:
                equal_sums(ax, floor, sums_of(self.clouds))
            self.fit(*axes)
        return self

    @property
    def scales(self) -> tuple[Scale, Scale]:
        """The horizontal and the vertical scale of all panels."""
        floor = linear_below(self.clouds)
        values = [[cloud.variance for cloud in self.clouds], [cloud.bias for cloud in self.clouds]]
        x_scale, y_scale = (scale_of_points(np.concatenate(own), floor) for own in values)
        return x_scale, y_scale

    def fit(self, *axes: Axes) -> None:
        """Fit ticks and titles to the sizes that the axes have."""
        figure, (x_scale, y_scale) = style.figure_of(axes[0]), self.scales
        for ax in axes:
            box = ax.get_window_extent()
            x_scale.fit_ticks(ax.xaxis, box.width / figure.dpi, 7)
            y_scale.fit_ticks(ax.yaxis, box.height / figure.dpi, 6)
        fit_titles(axes, [cloud.title for cloud in self.clouds], [TITLE_PAD] * len(axes))
        name_axes(axes, self.x_label, self.y_label)


def words(quantity: str) -> str:
    """Return a quantity's name on one line; whose decomposition it is of is left out."""
    return captions.words(quantity.removeprefix("kw_"))


def axis_name(quantity: str) -> str:
    """Return a quantity's name for an axis, which may take two lines."""
    if quantity.startswith("kw_"):
        return f"Kohavi-Wolpert\n{words(quantity)}"
    return style.WORDS.get(quantity, words(quantity))


def parts_of(rows: pd.DataFrame) -> tuple[str, str] | None:
    """Return the names of the bias and the variance that single points have, None where they have none."""
    known = [pair for pair in PARTS if all(name in rows and rows[name].notna().any() for name in pair)]
    return known[0] if known else None


def scatter(cls: type[Scatter], results: Results, loss: str, rows: pd.DataFrame, bias: str, variance: str) -> Scatter:
    """Return the figure of one loss from the rows of its points."""
    every = cells_of_least_risk(results, loss)
    found = [(condition, cell) for condition, cell in chosen(every) if (rows["cell"] == cell).any()]
    table = results.of_loss(loss).set_index("cell")
    clouds = []
    for condition, cell in found:
        points = rows[rows["cell"] == cell]
        replicates = int(table["n_ok"][cell])
        clouds.append(Cloud(condition.label, points[bias].to_numpy(), points[variance].to_numpy(), replicates))
    names = words(bias), words(variance)
    whose = " (Kohavi-Wolpert)" if bias.startswith("kw_") else ""
    against = f"{names[0].capitalize()} against {names[1]}{whose}"
    title = f"{against} at single points, {captions.loss_words(loss)}"
    own = table.loc[[cell for _, cell in found]]
    caption = captions.join(
        f"{title}.",
        cells_in_words(results, table, found),
        captions.shown([condition.label for condition, _ in found], len(every)),
        marks_in_words(clouds, names),
        scales_in_words(clouds, bias, own),
        captions.reference(own),
        captions.fixed(own),
    )
    alt = " ".join([f"{title}.", *(cloud_in_words(cloud, names) for cloud in clouds)])
    x_name = axis_name(variance).replace("\n", " ")
    x_label = f"{x_name} at a point\n{captions.schemes(results.of_loss(loss))}"
    stem = stem_of("scatter", loss)
    return cls(stem, title, tuple(clouds), x_label, axis_name(bias), caption, alt)


def cells_in_words(
    results: Results, table: pd.DataFrame, found: Sequence[tuple[Condition, int]], among: str = ""
) -> str:
    """Return where the cell of least risk of each condition stands, and of which cells it is, if not of all."""
    column = naming(horizontal(results))
    if column is None:
        return ""
    name, texts = horizontal_name(results, column), []
    for condition, cell in found:
        where = f" for {condition.label}" if condition.label else ""
        texts.append(f"{name} = {position(float(table[column][cell]))}{where}")
    return f"Shown is the cell of least risk{among}: {'; '.join(texts)}."


def marks_in_words(clouds: Sequence[Cloud], names: tuple[str, str]) -> str:
    """Return what colours, lines and the cross mean."""
    most = max(len(cloud.bias) for cloud in clouds)
    drawn = max(len(cloud.thinned.bias) for cloud in clouds)
    return captions.join(
        f"Drawn are {drawn:,} of {most:,} points, evenly chosen." if drawn < most else "",
        f"{COLOUR_NAMES[BLUE].capitalize()} marks have more {names[0]} than {names[1]}, "
        f"{COLOUR_NAMES[VERMILLION]} ones less (dotted line: both are equal); larger discs are points that coincide.",
        f"Grey lines: equal {names[0]} + {names[1]}." if len(sums_of(clouds)) else "",
        "+: medians over all points.",
    )


def scales_in_words(clouds: Sequence[Cloud], bias: str, rows: pd.DataFrame) -> str:
    """Return where the axes are linear, nothing if they are so throughout, and why.

    Only a squared bias is corrected by variance / R, and only where R replicates share no seed.
    """
    floor = linear_below(clouds)
    values = [np.concatenate([cloud.bias for cloud in clouds]), np.concatenate([cloud.variance for cloud in clouds])]
    if all(scale_of_points(one, floor).kind != "symlog" for one in values):
        return ""
    details = f"An axis of several decades is logarithmic, and linear between ±{plain(floor)}"
    squared = bias.removeprefix("kw_").startswith("bias_squared")
    if squared and (rows["design"] == "joint").all() and floor <= np.sqrt(10) * correction(clouds):
        details += f", where {words(bias)} is about as large as its own correction"
    return details + ("; unbiased estimates at a point can be negative." if squared else ".")


def cloud_in_words(cloud: Cloud, names: tuple[str, str]) -> str:
    """Return the medians of one cloud, and where which part is the larger one."""
    known = np.isfinite(cloud.bias) & np.isfinite(cloud.variance)
    larger = int((cloud.bias[known] > cloud.variance[known]).sum())
    bias, variance = cloud.median
    text = f"median {names[0]} {number(bias)}, median {names[1]} {number(variance)}; "
    text += f"{names[0]} is the larger at {larger:,} of {known.sum():,} points"
    return captions.sentence(f"{cloud.title}: {text}" if cloud.title else text)
