"""What every figure has: a name for its files, words, and something that it draws on axes."""

import io
from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from biasvar.report import style
from biasvar.report.figures.arrangement import EDGE, ArrangedFigure
from biasvar.report.figures.labels import SPACE
from biasvar.report.figures.lettering import distinct
from biasvar.report.spots import Spot
from biasvar.results.results import Results

TITLE_PAD = 4
"""Points between axes, or the names of thresholds above them, and the title of their panel."""


class StudyFigure(ABC):
    """A figure, computed but not yet drawn. Once it is, ``figure_`` and ``ax_`` are what it was drawn on.

    ``stem`` is the name of its files without an ending. ``ax_`` is a list where there are several axes.
    """

    stem: str
    title: str
    caption: str
    alt: str
    figure_: Figure
    ax_: Axes | list[Axes]

    @classmethod
    @abstractmethod
    def from_results(cls, results: Results, loss: str) -> Sequence["StudyFigure"]:
        """Compute the figures of this kind that one loss gives rise to, none where there is nothing to see."""

    @abstractmethod
    def new_figure(self, width: float) -> tuple[Figure, list[Axes]]:
        """Return an empty figure of ``width`` inches with the axes that ``draw`` takes."""

    def fit(self, *axes: Axes) -> None:  # noqa: B027  not every figure has words that depend on sizes
        """Fit words to the sizes that the axes have; called again whenever these change."""

    @property
    def least_height(self) -> float:
        """The inches of height that each panel takes at least for what stands beside it."""
        return 0.0

    def spots(self) -> list[Spot]:
        """Return the places that have numbers to show, once the figure is drawn; by default none."""
        return []

    @abstractmethod
    def draw(self, *axes: Axes) -> Self:
        """Draw on ``axes``, in order, and return the figure."""

    def plot(self, ax: Any = None, width: float = style.WIDTHS[1]) -> Self:
        """Draw on given axes, one a panel, or on a figure of its own that is ``width`` inches wide.

        Raises
        ------
        ValueError
            For another number of axes than there are panels.
        """
        if ax is None:
            render(self, width)
            return self
        axes = list(np.ravel(ax))
        panels = len(self.new_figure(width)[1])
        if len(axes) != panels:
            raise ValueError(f"{self.stem} has {panels} panels, and was given {len(axes)} axes: expected one a panel")
        return self.draw(*axes).drawn_on(axes)

    def drawn_on(self, axes: list[Axes]) -> Self:
        """Keep what the figure was drawn on."""
        self.figure_, self.ax_ = style.figure_of(axes[0]), axes if len(axes) > 1 else axes[0]
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.stem}: {self.title}>"

    def _repr_png_(self) -> bytes | None:
        """Return the picture for a notebook, once the figure is drawn."""
        if not hasattr(self, "figure_"):
            return None
        buffer = io.BytesIO()
        self.figure_.savefig(buffer, format="png")
        return buffer.getvalue()


def render(drawing: StudyFigure, width: float) -> Figure:
    """Draw a figure on its own, ``width`` inches wide."""
    with style.context():
        figure, axes = drawing.new_figure(width)
        drawing.draw(*axes).drawn_on(axes)
        if isinstance(figure, ArrangedFigure):
            figure.set_widths()
            drawing.fit(*axes)
            figure.set_heights(drawing.least_height)
            drawing.fit(*axes)
    return figure


def fit_titles(axes: Sequence[Axes], titles: Sequence[str], pads: Sequence[float]) -> None:
    """Write the names of panels above them, each in lines that end before the panel beside it begins."""
    figure = style.figure_of(axes[0])
    starts = sorted({round(ax.get_window_extent().x0, 3) for ax in axes})
    pitch = min((after - before for before, after in pairwise(starts)), default=np.inf)
    rest = figure.bbox.width - max(starts)
    found = distinct(titles, min(pitch, rest) / figure.dpi - EDGE - SPACE)
    for ax, title, pad in zip(axes, found, pads, strict=True):
        ax.set_title(title or " " * (max(pads) > TITLE_PAD), loc="left", pad=pad, parse_math=False)


def name_axes(axes: Sequence[Axes], x_name: str, y_name: str) -> None:
    """Name the axes of all panels: once, or on each of the axes where these are the reader's own."""
    figure = style.figure_of(axes[0])
    if isinstance(figure, ArrangedFigure):
        figure.name_axes(x_name, y_name)
        return
    for ax in axes:
        ax.set_xlabel(x_name, parse_math=False)
        ax.set_ylabel(y_name, parse_math=False)
