"""Draw figures into files at a width and in a style, with a LaTeX file that includes them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib

from biasvar.report import style
from biasvar.report.figures.study_figure import StudyFigure, render
from biasvar.report.latex import escaped
from biasvar.report.page.replace import MARK, replace_file
from biasvar.report.venues import VENUES
from biasvar.settings import Problem, SettingsError, did_you_mean

LATEX = "figures.tex"
NARROWEST, WIDEST = 1.5, 20.0
"""Inches across that a figure may have."""

PREAMBLE = (
    r"\documentclass{article}",
    r"\usepackage[margin=1in]{geometry}",
    r"\usepackage{graphicx}",
    r"\begin{document}",
)
CURRENT = "current"


def checked(width: float) -> float:
    """Return a width in inches.

    Raises
    ------
    SettingsError
        For one that no figure can have.
    """
    if not NARROWEST <= width <= WIDEST:
        raise SettingsError([Problem("width", f"width = {width} is not allowed", f"{NARROWEST} to {WIDEST} inches")])
    return width


@contextmanager
def styled(name: str | None) -> Iterator[float | None]:
    """Draw within the block in a venue's sizes, a style file's, or the parameters in force (``current``).

    Gives the width of the venue's column in inches, None for other styles.

    Raises
    ------
    SettingsError
        For a name that is neither a venue nor a file that matplotlib reads.
    """
    width: float | None = None
    settings: Mapping[str, Any] = {}
    if name in VENUES:
        width, settings = VENUES[name].width, VENUES[name].settings
    elif name == CURRENT:
        settings = without_kept(matplotlib.rcParams)
    elif name is not None:
        settings = of_file(name)
    with style.using(settings):
        yield width


def of_file(name: str) -> Mapping[str, Any]:
    """Return the parameters in a style file of matplotlib."""
    if not Path(name).is_file():
        hint = did_you_mean(name, VENUES) or f"venues: {', '.join(VENUES)}"
        raise SettingsError([Problem("style", f"{name} is neither a venue nor a file", hint=hint)])
    try:
        lines = [line.split("#")[0].strip() for line in Path(name).read_text(encoding="utf-8").splitlines()]
        if unknown := [line for line in lines if line and line.split(":")[0].strip() not in matplotlib.rcParamsDefault]:
            raise ValueError(f"{unknown[0][:80]!r} is no parameter of matplotlib")
        found = matplotlib.rc_params_from_file(name, fail_on_error=True, use_default_template=False)
    except (OSError, ValueError, KeyError) as error:
        raise SettingsError([Problem("style", f"{name} cannot be read as a style: {error}")]) from error
    return without_kept(found)


def without_kept(parameters: Mapping[Any, Any]) -> dict[str, Any]:
    """Return parameters without those that the style keeps."""
    return {str(name): value for name, value in parameters.items() if name not in style.KEPT}


def write_figures(figures: Sequence[StudyFigure], folder: Path, kinds: Sequence[str], width: float) -> list[Path]:
    """Write figures into a folder, one file a format; return the paths in order."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for figure in figures:
        with style.context():
            pictures = style.pictures_of(render(figure, width), kinds)
        style.save(pictures, folder, figure.stem)
        paths += [folder / f"{figure.stem}.{kind}" for kind in pictures]
    return paths


def write_latex(figures: Sequence[StudyFigure], folder: Path) -> Path:
    """Write ``figures.tex``, a document that has every figure at its natural size with its caption."""
    lines = [f"% {MARK}", *PREAMBLE]
    for figure in figures:
        lines += [
            r"\begin{figure}[htbp]",
            r"\centering",
            rf"\includegraphics{{{figure.stem}.pdf}}",
            rf"\caption{{{escaped(figure.caption)}}}",
            rf"\label{{fig:{figure.stem}}}",
            r"\end{figure}",
            r"\clearpage",
        ]
    path = folder / LATEX
    replace_file(path, "\n".join([*lines, r"\end{document}", ""]).encode())
    return path
