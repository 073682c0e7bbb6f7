"""The report of a study: table, figures and page, made from what is stored."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from biasvar.report.export import write_tables
from biasvar.report.figures import draw_figures
from biasvar.report.page import write_page
from biasvar.report.table import build_results
from biasvar.study.manifest import read_manifest
from biasvar.study.store import Store


@dataclass(frozen=True)
class Written:
    """The page's path, and whether estimates rest on fewer replicates than were planned."""

    page: Path
    partial: bool


def write_report(folder: Path, warn: Callable[[str], None]) -> Written:
    """Write a study's table, figures and page into its folder.

    Raises
    ------
    SettingsError
        Where the folder holds no study.
    """
    notes: list[str] = []
    with threadpool_limits(1):  # the same bits on any number of cores
        results = build_results(read_manifest(folder), Store(folder), notes.append)
    for note in notes:
        warn(note)
    write_tables(results, folder)
    page = write_page(results, draw_figures(results, folder), folder, notes)
    return Written(page, bool((results.table["n_ok"] < results.table["n_planned"]).any()))
