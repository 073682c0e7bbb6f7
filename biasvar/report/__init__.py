"""The report of a study: figures and a page, from its results. Nothing is estimated here."""

from collections.abc import Callable
from pathlib import Path

import biasvar.report.backend  # noqa: F401  before anything that loads matplotlib
from biasvar.report.figures import draw_figures
from biasvar.report.page.html import write_page
from biasvar.report.words.comparability import comparability
from biasvar.results.cells import Cells
from biasvar.results.results import Results


def write_report(results: Results, folder: Path, cells: Cells, each: Callable = map) -> Path:
    """Write figures and page of the results of cells into a folder; return the page's path.

    ``each`` is ``map``, or another one that may work in parallel.
    """
    notes = [*cells.warnings_on_training, *results.warnings, *comparability(cells.environments, cells.devices)]
    return write_page(results, draw_figures(results, folder, each), folder, notes)
