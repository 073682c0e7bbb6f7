"""The page that walks through a collection: a section a study, with its picture and the verdicts on its claims."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

import biasvar.report.backend  # noqa: F401  before anything that loads matplotlib
from biasvar.report.figures import FOLDER, displays
from biasvar.report.figures.study_figure import StudyFigure
from biasvar.report.page.columns import claim_columns
from biasvar.report.page.html import paragraphs, render
from biasvar.report.page.replace import replace_file
from biasvar.report.walkthrough.collection import Collection, Topic
from biasvar.report.words.claims import tally
from biasvar.results.claims import claims_table, contributions
from biasvar.results.results import Results
from biasvar.results.shapes.evidence_table import CURVES
from biasvar.study.folder import PAGE

TABLES = ("results.csv", CURVES, claims_table.FILE, contributions.FILE)
"""The tables of a study that the page refers to, and that are kept beside it."""


@dataclass(frozen=True)
class Section:
    """A study of a collection: its topic, its results, and its folder below that of the page, with figures and files.

    ``seconds`` is how long its sweep took, None if that is not known.
    """

    topic: Topic
    results: Results
    folder: Path
    command: str
    seconds: float | None = None

    @property
    def verdicts(self) -> pd.DataFrame:
        """The claims of the study with their verdicts."""
        return self.results.claims if self.results.claims is not None else pd.DataFrame()


def write_page(collection: Collection, sections: Sequence[Section], folder: Path, pages: bool = True) -> Path:
    """Write ``report.html`` into a folder with all sections, in order; return its path.

    With ``pages`` each section leads to the page of its own study, which has all figures and tables.
    """
    verdicts = [section.verdicts for section in sections if len(section.verdicts)]
    text = render(
        "walkthrough.html.jinja",
        collection=collection,
        tally=tally(pd.concat(verdicts)) if verdicts else "No claim was made.",
        sections=[shown(section, [PAGE, *TABLES] if pages else TABLES) for section in sections],
    )
    path = folder / PAGE
    replace_file(path, text.encode("utf-8", errors="replace"))
    return path


def shown(section: Section, files: Sequence[str]) -> dict:
    """Return what the page shows of one study."""
    results = section.results
    used, planned = results.models
    figure = picture_of(results, section.topic.picture)
    return {
        "topic": section.topic,
        "about": paragraphs(results.about),
        "tally": tally(results.claims),
        "claims": claim_columns(results.claims),
        "figure": figure,
        "picture": data_uri(section.folder / FOLDER / f"{figure.stem}.png") if figure else "",
        "files": [(name, f"{section.folder.name}/{name}") for name in files],
        "command": section.command,
        "models": f"{used:,} models" if used == planned else f"{used:,} of {planned:,} models",
        "time": "" if section.seconds is None else f"{section.seconds:,.0f} s",
    }


def picture_of(results: Results, wanted: str) -> StudyFigure | None:
    """Return the first figure whose stem is, or begins like, what is wanted; else the first of all."""
    found = displays(results)
    named = [one for one in found if one.stem == wanted] or [one for one in found if one.stem.startswith(wanted)]
    return next(iter([*named, *found]), None)


def data_uri(path: Path) -> str:
    """Return a picture as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"
