"""The figures of a study, one a file; each reads the table only."""

from collections.abc import Callable, Sequence
from copy import copy
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from biasvar.report import style
from biasvar.report.figures.committee import Committee
from biasvar.report.figures.components import Components
from biasvar.report.figures.double_descent import DoubleDescent
from biasvar.report.figures.fits import Fits
from biasvar.report.figures.hardest import Hardest
from biasvar.report.figures.maps import Maps
from biasvar.report.figures.parts import Parts
from biasvar.report.figures.penalty import Penalty
from biasvar.report.figures.scatter import Scatter
from biasvar.report.figures.sensitivity import Sensitivity
from biasvar.report.figures.study_figure import StudyFigure, render
from biasvar.report.figures.u_curve import UCurve
from biasvar.report.spots import Spot
from biasvar.results.results import Results
from biasvar.study.store.disk import refuse_link

FIGURES: dict[str, type[StudyFigure]] = {
    "u_curve": UCurve,
    "parts": Parts,
    "components": Components,
    "double_descent": DoubleDescent,
    "maps": Maps,
    "penalty": Penalty,
    "scatter": Scatter,
    "committee": Committee,
    "sensitivity": Sensitivity,
    "hardest": Hardest,
    "fits": Fits,
}
FOLDER = "figures"


def displays(results: Results) -> list[StudyFigure]:
    """Compute every figure that the table gives rise to, loss by loss."""
    return [display for figure, loss in kinds(results) for display in figure.from_results(results, loss)]


def kinds(results: Results) -> list[tuple[type[StudyFigure], str]]:
    """Return every kind of figure with every loss, in the order of the page."""
    return [(figure, loss) for loss in results.shown_losses for figure in FIGURES.values()]


class Drawn(NamedTuple):
    """A figure, the text of its SVG, and the places in it that have numbers to show."""

    figure: StudyFigure
    svg: str
    spots: Sequence[Spot] = ()


def draw_figures(results: Results, out_dir: Path, each: Callable = map) -> list[Drawn]:
    """Draw every figure of a study into ``out_dir/figures`` as PDF, SVG and PNG.

    ``each`` is ``map``, or another one that may work in parallel.
    """

    def drawings(kind: tuple[type[StudyFigure], str]) -> list[tuple[StudyFigure, dict[str, bytes], list[Spot]]]:
        figure, loss = kind
        # What is drawn cannot be sent to another process, so a copy is.
        return [(display, *pictures_of(copy(display))) for display in figure.from_results(results, loss)]

    def pictures_of(display: StudyFigure) -> tuple[dict[str, bytes], list[Spot]]:
        with style.context():
            pictures = style.pictures_of(render(display, results.figure_width))
            return pictures, display.spots()

    folder = Path(out_dir) / FOLDER
    refuse_link(folder)
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for display, pictures, spots in chain.from_iterable(each(drawings, kinds(results))):
        style.save(pictures, folder, display.stem)
        drawn.append(Drawn(display, pictures["svg"].decode(), spots))
    return drawn
