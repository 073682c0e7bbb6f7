"""What every figure has: a name for its files, words, and something that it draws on axes."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Self

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from biasvar.report import style
from biasvar.results.results import Results

INCHES_A_LETTER = 0.075
"""Of the 8 pt style type, on average; names of panels are cut to the panel's width by it."""


class StudyFigure(ABC):
    """A figure, computed but not yet drawn."""

    stem: str
    title: str
    caption: str
    alt: str

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
