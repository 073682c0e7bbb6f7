"""What every figure has: a name for its files, words, and something that it draws on axes."""

import io
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from biasvar.report import style
from biasvar.results.results import Results

INCHES_A_LETTER = 0.075
"""Of the 8 pt style type, on average; names of panels are cut to the panel's width by it."""


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
        style.lay_out(figure)
        # Settled once, the layout is the same in all formats, and is not searched for again in each. None, unlike
        # "none", also spares each format a first drawing that nobody sees.
        figure.set_layout_engine(None)
    return figure


def share_labels(axes: Sequence[Axes], x_label: str) -> None:
    """Name the axes of a grid of panels once: at its left and below it."""
    places = [place for ax in axes if (place := ax.get_subplotspec()) is not None]
    if len(places) < len(axes):
        return
    for ax in axes:
        ax.label_outer()
    if places[0].get_gridspec().ncols > 1:
        for ax in axes:
            ax.set_xlabel("")
        style.figure_of(axes[0]).supxlabel(x_label, parse_math=False)


def fit_title(ax: Axes, title: str, pad: float) -> None:
    """Write the name of a panel above it, cut to the width that the panel has."""
    letters = int(ax.get_window_extent().width / style.figure_of(ax).dpi / INCHES_A_LETTER)
    ax.set_title(style.label(title, max(letters, 8)), loc="left", pad=pad, parse_math=False)
