"""The hardest images: a sheet of those with the largest risk, with what they are and what is seen in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from biasvar.report import style
from biasvar.report.figures.labels import inches_from
from biasvar.report.figures.lettering import cut
from biasvar.report.figures.scatter import parts_of, words
from biasvar.report.figures.selection import stem_of
from biasvar.report.figures.study_figure import StudyFigure
from biasvar.report.style import BLUE, COLOUR_NAMES, VERMILLION
from biasvar.report.words import captions
from biasvar.report.words.designs import counted
from biasvar.results.conditions import name_of, shortened, swept_keys
from biasvar.results.numbers import number, plain
from biasvar.results.points.hardest import loss_of_hardest
from biasvar.results.results import Results

NARROWEST = 0.8
"""Inches of a column: a narrower one has no room for the name of a class."""

MOST_COLUMNS = 8
LINES = 4
TYPE = 7
GAP, LINE = 0.1, TYPE * 1.35 / 72
"""Inches between images, and from one line of type to the next."""

STROKE, SPACE = 0.07, 0.03
"""Inches of the stroke before a number, and from it to the number."""


@dataclass(frozen=True)
class HardImage:
    """One image, bytes [height, width] or [height, width, 3], with the words and numbers below it."""

    picture: np.ndarray
    label: str
    main: str
    bias: float
    variance: float


@dataclass(repr=False)
class Hardest(StudyFigure):
    """A sheet of images, the hardest first; below each its label, the main prediction, its bias and variance."""

    stem: str
    title: str
    images: tuple[HardImage, ...]
    caption: str
    alt: str

    @classmethod
    def from_results(cls, results: Results, loss: str) -> Sequence["Hardest"]:
        """Compute the sheet, one a study, if the evaluation points are images."""
        rows = results.hardest
        names = None if rows is None or loss != loss_of_hardest(results) else parts_of(rows)
        return [] if rows is None or names is None else [figure_of_images(cls, results, loss, rows, *names)]

    def new_figure(self, width: float) -> tuple[Figure, list[Axes]]:
        """Return an empty figure with square axes for each image, and room for the lines below each."""
        columns = min(MOST_COLUMNS, max(1, int(width / NARROWEST)))
        while len(self.images) % columns and columns > 2:  # rows that are full, if there are any such
            columns -= 1
        rows, column = -(-len(self.images) // columns), width / columns
        row = column + LINES * LINE
        figure = Figure(figsize=(width, rows * row))
        FigureCanvasAgg(figure)
        side = column - GAP
        places = [(place % columns, place // columns) for place in range(len(self.images))]
        boxes = [(x * column + GAP / 2, (rows - 1 - y) * row + LINES * LINE + GAP / 2, side, side) for x, y in places]
        size = (width, rows * row, width, rows * row)
        return figure, [figure.add_axes(tuple(np.divide(box, size))) for box in boxes]

    def draw(self, *axes: Axes) -> Self:
        """Draw one image on each of ``axes``, in order, and return the figure."""
        with style.context():
            for ax, image in zip(axes, self.images, strict=True):
                # Not resampled: files of vectors hold the very bytes of the image.
                ax.imshow(image.picture, cmap="gray", vmin=0, vmax=255, interpolation="none")
                ax.set_axis_off()
                write_below(ax, 1, image.label)
                write_below(ax, 2, f"→ {image.main}")
                write_below(ax, 3, number(image.bias, 2), BLUE)
                write_below(ax, 4, number(image.variance, 2), VERMILLION)
        return self


def write_below(ax: Axes, line: int, text: str, colour: str | None = None) -> None:
    """Write a text in a line below an image, behind a stroke if one has a colour."""
    below = inches_from(ax, 0, 0)
    foot = -LINE * (line - 1) - 2 / 72
    if colour is not None:
        middle = foot - LINE / 2
        ax.plot([0, STROKE], [middle, middle], color=colour, lw=1.6, transform=below, clip_on=False)
    start = STROKE + SPACE if colour is not None else 0.0
    room = ax.get_window_extent().width / style.figure_of(ax).dpi - start
    words: dict[str, Any] = {"size": TYPE, "va": "top", "parse_math": False, "transform": below, "clip_on": False}
    ax.text(start, foot, cut(text, max(room, LINE), TYPE), **words)


def figure_of_images(
    cls: type[Hardest], results: Results, loss: str, rows: pd.DataFrame, bias: str, variance: str
) -> Hardest:
    """Return the sheet of these images."""
    parts = ("picture", "label", "main", bias, variance)
    images = tuple(HardImage(*values) for values in zip(*(rows[name] for name in parts), strict=True))
    cell = results.of_loss(loss).set_index("cell").loc[rows["cell"].iloc[0]]
    where = ", ".join(f"{name_of(key, results)} = {shortened(plain(cell[key]))}" for key in swept_keys(results))
    title = f"The {len(images)} images of largest risk, {captions.loss_words(loss)}"
    names = words(bias), words(variance)
    own = cell.to_frame().T
    caption = captions.join(
        f"{title}, hardest first{f', in the cell of least risk ({where})' if where else ''}.",
        f"Below each: its label; → the class that most of {counted(own)} see in it; its {names[0]} "
        f"({COLOUR_NAMES[BLUE]}) and {names[1]} ({COLOUR_NAMES[VERMILLION]}).",
        captions.reference(own),
        captions.fixed(own),
    )
    alt = "; ".join(
        f"{image.label} seen as {image.main}, {names[0]} {number(image.bias, 2)}, "
        f"{names[1]} {number(image.variance, 2)}"
        for image in images
    )
    return cls(stem_of("hardest", loss), title, images, caption, f"{title}: {alt}.")
