"""The report of a study: figures and a page, from its results. Nothing is estimated here."""

from pathlib import Path

import biasvar.report.backend  # noqa: F401  before anything that loads matplotlib
from biasvar.report.figures import draw_figures
from biasvar.report.page.html import write_page
from biasvar.report.words.comparability import comparability
from biasvar.results.results import Results
from biasvar.study.plan import Plan


def write_report(results: Results, folder: Path, study_plan: Plan) -> Path:
    """Write a study's figures and page into its folder; return the page's path."""
    notes = [*results.warnings, *comparability(folder, study_plan)]
    return write_page(results, draw_figures(results, folder), folder, notes)
