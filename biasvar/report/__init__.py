"""The report of a study: figures and a page, from its results. Nothing is estimated here."""

from collections.abc import Callable
from pathlib import Path

import biasvar.report.backend  # noqa: F401  before anything that loads matplotlib
from biasvar.report.figures import draw_figures
from biasvar.report.page.html import write_page
from biasvar.report.page.provenance import provenance_of
from biasvar.report.words.comparability import comparability
from biasvar.report.words.diagnosis import DiagnosisText, diagnosis_in_words
from biasvar.results.cells import Cells
from biasvar.results.diagnosis.diagnosis import diagnose
from biasvar.results.results import Results
from biasvar.settings import SettingsError


def write_report(results: Results, folder: Path, cells: Cells, each: Callable = map) -> Path:
    """Write figures and page of the results of cells into a folder; return the page's path.

    ``each`` is ``map``, or another one that may work in parallel.
    """
    notes = [*cells.warnings_on_training, *results.warnings, *comparability(cells.environments, cells.devices)]
    figures, diagnosis = draw_figures(results, folder, each), diagnosis_of(results, cells)
    return write_page(results, figures, folder, notes, diagnosis, provenance_of(cells))


def diagnosis_of(results: Results, cells: Cells) -> DiagnosisText | None:
    """Return the diagnosis of the cell of least risk in words; None if no cell has an estimate."""
    try:
        return diagnosis_in_words(diagnose(results, cells), results)
    except SettingsError:
        return None
