"""A figure of curves: panels computed from the table, drawn on given axes, with the caption and the alt text."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from biasvar.report import style
from biasvar.report.figures import labels, marks, scales
from biasvar.report.figures.study_figure import StudyFigure, fit_title, share_labels
from biasvar.results.curves import Panel

MOST_LETTERS = 45
"""More letters than this in the names of all cells are set at a slant."""

MOST_DIRECT = 4
"""Up to so many lines carry their names at their ends; more get a legend."""


@dataclass(repr=False)
class Display(StudyFigure):
    """A figure, computed but not yet drawn; ``draw`` fills ``lines_`` with what it drew.

    ``lines_`` maps (title of the panel, label of the curve, quantity) to the line. ``categories`` names the places of
    the horizontal axis where it has no numbers.
    """

    stem: str
    title: str
    panels: tuple[Panel, ...]
    x_label: str
    y_label: str
    caption: str
    alt: str
    categories: tuple[str, ...] = ()
    lines_: dict[tuple[str, str, str], Line2D] = field(default_factory=dict, init=False)

    def new_figure(self, width: float) -> tuple[Figure, list[Axes]]:
        """Return an empty figure with axes for each panel."""
        return style.new_figure(width, len(self.panels))

    def draw(self, *axes: Axes) -> Self:
        """Draw one panel on each of ``axes``, in order, and return the figure."""
        curves = [curve for panel in self.panels for curve in panel.curves]
        x_scale, y_scale = scales.scale_of_x(np.concatenate([curve.x for curve in curves])), scales.scale_of_y(curves)
        self.lines_ = {}
        with style.context():
            for ax, panel in zip(axes, self.panels, strict=True):
                if not self.categories:
                    ax.set_xscale(**x_scale.arguments)
                ax.set_yscale(**y_scale.arguments)
                self.draw_curves(ax, panel)
            self.finish(axes, x_scale, y_scale)
        return self

    def draw_curves(self, ax: Axes, panel: Panel) -> None:
        """Draw the curves of one panel and name its axes."""
        marks.mark_missing(ax, panel.curves)  # first: an axis that has had a single place has no logarithmic limits
        for curve in panel.curves:
            line = marks.draw_curve(ax, curve, apart=bool(self.categories))
            self.lines_[panel.title, curve.label, curve.quantity] = line
        if panel.marks_minimum:
            marks.mark_minimum(ax, next(curve for curve in panel.curves if curve.quantity == "risk"))
        ax.set_xlabel(self.x_label, parse_math=False)
        ax.set_ylabel(self.y_label, parse_math=False)

    def finish(self, axes: tuple[Axes, ...], x_scale: scales.Scale, y_scale: scales.Scale) -> None:
        """Set limits, ticks, thresholds and names, once everything is drawn that the limits depend on."""
        crowded, figure = len(axes) > 1, style.figure_of(axes[0])
        # Over all panels: they share their limits, and one may hold negative estimates where another has none.
        positive = min(ax.dataLim.y0 for ax in axes) >= 0
        wide = not crowded and figure.get_figwidth() >= style.WIDTHS[1]
        for ax, panel in zip(axes, self.panels, strict=True):
            ax.margins(x=0.03)
            if y_scale.kind == "linear" and positive:
                ax.set_ylim(bottom=0)
            if self.categories:
                ax.set_xlim(-0.5, len(self.categories) - 0.5)
                ax.set_xticks(range(len(self.categories)), self.categories, parse_math=False)
                if len("".join(self.categories)) > MOST_LETTERS:
                    for name in ax.get_xticklabels():
                        name.set(rotation=30, ha="right")
            else:
                x_scale.set_ticks(ax.xaxis, 4 if crowded else 7)
            y_scale.set_ticks(ax.yaxis, 5 if crowded else 6)
            if ax.get_ylim()[0] < 0:
                ax.axhline(0, color="#BBBBBB", lw=0.5, zorder=0.4)
            marks.mark_thresholds(ax, panel.thresholds, long=wide)
            ax.set_title(" " if panel.title else "", loc="left", pad=12 if panel.thresholds else 4)
        if crowded:
            share_labels(axes, self.x_label)
        # Names are fitted to the sizes that the axes have once all else has its room.
        style.lay_out(figure)
        for ax, panel in zip(axes, self.panels, strict=True):
            fit_title(ax, panel.title, 12 if panel.thresholds else 4)
        self.name_all(axes)

    def name_all(self, axes: tuple[Axes, ...]) -> None:
        """Name the lines beside each row of panels, or in a legend where the panels there lack one that others have."""
        pairs = list(zip(axes, self.panels, strict=True))
        beside = [(ax, panel) for ax, panel in pairs if (place := ax.get_subplotspec()) is None or place.is_last_col()]
        drawn = [self.drawn_of(panel) for panel in self.panels]
        there = [self.drawn_of(panel) for _, panel in beside]
        if set().union(*drawn) <= set().union(*there):
            for ax, panel in beside:
                self.name_lines(ax, panel)
        else:
            self.legend(beside[0][0], {name: line for lines in reversed(drawn) for name, line in lines.items()})

    def name_lines(self, ax: Axes, panel: Panel) -> None:
        """Name the curves of one panel: at their ends, or in a legend where they are many."""
        lines = self.lines_of(panel)
        if len(lines) <= MOST_DIRECT:
            # A colour that all have says nothing of any.
            colour = None if len({line.get_color() for line in lines.values()}) > 1 else "black"
            labels.label_ends(ax, list(lines.values()), list(lines), colour)
        else:
            self.legend(ax, lines)

    def lines_of(self, panel: Panel) -> dict[str, Line2D]:
        """Return the lines of one panel by their names."""
        names = [style.label(curve.label) or style.WORDS[curve.quantity] for curve in panel.curves]
        lines = [self.lines_[panel.title, curve.label, curve.quantity] for curve in panel.curves]
        return dict(zip(names, lines, strict=True))

    def drawn_of(self, panel: Panel) -> dict[str, Line2D]:
        """Return those lines of one panel that have a value, by their names."""
        return {name: line for name, line in self.lines_of(panel).items() if np.isfinite(labels.ordinates(line)).any()}

    def legend(self, ax: Axes, lines: dict[str, Line2D]) -> None:
        """Name lines in a legend beside some axes."""
        for name, line in lines.items():
            line.set_label(name.replace("\n", " "))
        labels.legend_beside(ax, list(lines.values()))
