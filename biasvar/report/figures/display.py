"""A figure of curves: panels computed from the table, drawn on given axes, with the caption and the alt text."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from biasvar.report import style
from biasvar.report.figures import labels, marks, scales
from biasvar.report.figures.arrangement import ArrangedFigure, columns_and_names
from biasvar.report.figures.categories import fit_categories
from biasvar.report.figures.lettering import distinct
from biasvar.report.figures.study_figure import TITLE_PAD, StudyFigure, fit_titles, name_axes
from biasvar.report.figures.vertical import Vertical, vertical_of
from biasvar.report.spots import Spot, spots_of
from biasvar.results.curves import Curve, Panel

MOST_DIRECT = 4
"""Up to so many lines carry their names at their ends; more get a key."""

KEY_SIDES = 0.7
"""Inches that a key has beside the names in it."""


@dataclass(repr=False)
class Display(StudyFigure):
    """A figure, computed but not yet drawn; ``draw`` fills ``lines_`` with what it drew.

    ``lines_`` maps (title of the panel, label of the curve, quantity) to the line. ``categories`` names the places of
    the horizontal axis where it has no numbers. ``from_zero``: axes without negative values begin at zero.
    """

    from_zero: ClassVar[bool] = True

    stem: str
    title: str
    panels: tuple[Panel, ...]
    x_label: str
    y_label: str
    caption: str
    alt: str
    categories: tuple[str, ...] = ()
    lines_: dict[tuple[str, str, str], Line2D] = field(default_factory=dict, init=False)
    thresholds_: list[marks.ThresholdNames] = field(default_factory=list, init=False)
    names_: list[labels.EndNames] = field(default_factory=list, init=False)

    def new_figure(self, width: float) -> tuple[Figure, list[Axes]]:
        """Return an empty figure with axes for each panel."""
        own_axes = not self.vertical.shared
        names = [name for panel in self.panels for name in self.named(panel)]
        beside = 0.0 if self.needs_key else labels.width_beside(names)
        columns, fits = columns_and_names(width, len(self.panels), beside, own_axes)
        places = [*range(columns - 1, len(self.panels) - 1, columns), len(self.panels) - 1]
        last = [self.panels[place] for place in places]
        fits = fits and not self.needs_key and self.drawn_in(self.panels) <= self.drawn_in(last)
        figure = ArrangedFigure(width, len(self.panels), columns, fits, own_axes)
        return figure, figure.panels

    def draw(self, *axes: Axes) -> Self:
        """Draw one panel on each of ``axes``, in order, and return the figure."""
        vertical = self.vertical
        panels = [placed(panel, self.x_scale) for panel in self.panels]
        self.lines_ = {}
        with style.context():
            for ax, panel, lowest in zip(axes, panels, vertical.lowest, strict=True):
                if not self.categories:
                    ax.set_xscale(**self.x_scale.arguments)
                ax.set_yscale(**vertical.scale.arguments)
                self.draw_curves(ax, panel, lowest)
            self.set_limits(axes, vertical)
            marked = zip(axes, panels, strict=True)
            self.thresholds_ = [marks.mark_thresholds(ax, panel.thresholds) for ax, panel in marked]
            self.name_lines(axes)
            self.fit(*axes)
        return self

    def spots(self) -> list[Spot]:
        """Return a strip about each place of each panel."""
        axes = self.ax_ if isinstance(self.ax_, list) else [self.ax_]
        name = self.x_label.partition("\n")[0].removesuffix(" (capacity)")
        found = []
        for ax, panel in zip(axes, self.panels, strict=True):
            placed_x = [self.x_scale.places(curve.x) for curve in panel.curves]
            found += spots_of(ax, panel, placed_x, name, self.categories)
        return found

    @property
    def x_scale(self) -> scales.Scale:
        """The horizontal scale of all panels."""
        return scales.scale_of_x(np.concatenate([curve.x for panel in self.panels for curve in panel.curves]))

    @property
    def vertical(self) -> Vertical:
        """The vertical axes of all panels."""
        return vertical_of(self.panels)

    def draw_curves(self, ax: Axes, panel: Panel, lowest: float) -> None:
        """Draw the curves of one panel, and mark what is below the lowest value that its axis goes to."""
        # Every place first: of a single one a logarithmic axis may make no limits.
        x = np.concatenate([curve.x for curve in panel.curves])
        ax.update_datalim(np.column_stack([x, x]), updatey=False)
        marks.mark_missing(ax, panel.curves)
        for curve in panel.curves:
            clip = bool((curve.y < lowest).any())
            line = marks.draw_curve(ax, curve, apart=bool(self.categories), clip=clip)
            self.lines_[panel.title, curve.label, curve.quantity] = line
        marks.mark_cut(ax, panel.curves, lowest)
        if panel.marks_minimum:
            marks.mark_minimum(ax, next(curve for curve in panel.curves if curve.quantity == "risk"))

    def set_limits(self, axes: Sequence[Axes], vertical: Vertical) -> None:
        """Set the limits of all axes, once everything is drawn that they depend on."""
        # Over all panels where they share their limits: one may hold negative estimates where another has none.
        least = [min(ax.dataLim.y0 for ax in axes) if vertical.shared else ax.dataLim.y0 for ax in axes]
        most = [max(ax.dataLim.y1 for ax in axes) if vertical.shared else ax.dataLim.y1 for ax in axes]
        for ax, low, high, lowest, (bottom, top) in zip(axes, least, most, vertical.lowest, vertical.ends, strict=True):
            ax.margins(x=0.03)
            if high > top:
                ax.set_ylim(top=top)
            if self.from_zero and vertical.scale.kind == "linear" and low >= 0:
                ax.set_ylim(bottom=0)
            elif low < max(lowest, bottom):
                ax.set_ylim(bottom=max(lowest, bottom))
            if self.categories:
                ax.set_xlim(-0.5, len(self.categories) - 0.5)
            if all(curve.reversed for panel in self.panels for curve in panel.curves):
                ax.invert_xaxis()
            if ax.get_ylim()[0] < 0:
                ax.axhline(0, color="#BBBBBB", lw=0.5, zorder=0.4)

    def fit(self, *axes: Axes) -> None:
        """Fit ticks, names and titles to the sizes that the axes have."""
        figure = style.figure_of(axes[0])
        y_scale = self.vertical.scale
        for ax in axes:
            box = ax.get_window_extent()
            if self.categories:
                fit_categories(ax, self.categories, box.width / figure.dpi)
            else:
                self.x_scale.fit_ticks(ax.xaxis, box.width / figure.dpi, 7)
            y_scale.fit_ticks(ax.yaxis, box.height / figure.dpi, 6)
        pads = [TITLE_PAD + 72 * marks.THRESHOLD_ROW * names.place() for names in self.thresholds_]
        fit_titles(axes, [panel.title for panel in self.panels], pads)
        for names in self.names_:
            names.place()
        name_axes(axes, self.x_label, self.y_label)

    @property
    def least_height(self) -> float:
        """The inches of height that the names beside axes take."""
        return max((names.height for names in self.names_), default=0.0)

    def named(self, panel: Panel) -> dict[str, Curve]:
        """Return those curves of one panel that carry a name, by it."""
        return {curve.label or style.WORDS[curve.quantity]: curve for curve in panel.curves}

    @property
    def needs_key(self) -> bool:
        """Whether lines are too many for names at their ends."""
        return max(len(self.named(panel)) for panel in self.panels) > MOST_DIRECT

    def drawn_in(self, panels: Sequence[Panel]) -> set[str]:
        """Return the names of all lines that have a value in some panels."""
        pairs = [pair for panel in panels for pair in self.named(panel).items()]
        return {name for name, curve in pairs if np.isfinite(curve.y).any()}

    def name_lines(self, axes: Sequence[Axes]) -> None:
        """Name the lines beside each row of panels, or in a key below all of them."""
        figure = style.figure_of(axes[0])
        self.names_ = []
        if not isinstance(figure, ArrangedFigure):
            for ax, panel in zip(axes, self.panels, strict=True):
                self.names_.append(labels.EndNames.of(ax, self.lines_of(panel)))
        elif figure.names_beside:
            ends = {row[-1] for row in figure.rows}
            pairs = [(ax, panel) for ax, panel in zip(axes, self.panels, strict=True) if ax in ends]
            self.names_ = [labels.EndNames.of(ax, self.lines_of(panel)) for ax, panel in pairs]
        else:
            key = self.key()
            names = distinct(list(key), figure.get_figwidth() - KEY_SIDES, style.value_of("legend.fontsize"))
            handles = zip(key.values(), names, strict=True)
            figure.add_key([Line2D([], [], **looks, label=name) for looks, name in handles])

    def lines_of(self, panel: Panel) -> dict[str, tuple[Line2D, Any]]:
        """Return those lines of one panel that carry a name, with their dashes, by it."""
        named = self.named(panel).items()
        return {name: (self.lines_[panel.title, one.label, one.quantity], one.style) for name, one in named}

    def key(self) -> dict[str, dict[str, Any]]:
        """Return what a key of all lines shows: the looks of each stroke by what it means."""
        drawn, found = self.drawn_in(self.panels), {}
        for panel in self.panels:
            for name, curve in self.named(panel).items():
                if name in drawn:
                    found[name.replace("\n", " ")] = {"color": style.COLOURS[curve.quantity], "ls": curve.style}
        return found


def placed(panel: Panel, scale: scales.Scale) -> Panel:
    """Return a panel with numbers in place of infinite positions."""
    curves = tuple(replace(curve, x=scale.places(curve.x)) for curve in panel.curves)
    thresholds = tuple(
        replace(one, measured_x=one.measured_x if one.measured_x is None else float(scale.places(one.measured_x)))
        for one in panel.thresholds
    )
    return replace(panel, curves=curves, thresholds=thresholds)
