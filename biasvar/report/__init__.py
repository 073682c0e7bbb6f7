"""The report of a study: tables, figures and page, made from what is stored."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from biasvar.report.figures import draw_figures
from biasvar.report.page.html import write_page
from biasvar.report.words.comparability import comparability
from biasvar.results.committees import CommitteeCollector, write_committees
from biasvar.results.noise.noise_table import NoiseCollector, write_noise
from biasvar.results.points.points import points_file
from biasvar.results.points.single_points import with_points
from biasvar.results.results import Results
from biasvar.results.sensitivities import SensitivityCollector, write_sensitivity
from biasvar.results.shapes.evidence_table import write_curves
from biasvar.results.table import build_results
from biasvar.results.tables import write_tables
from biasvar.study.store.manifest import read_manifest
from biasvar.study.store.store import Store


@dataclass(frozen=True)
class Written:
    """The page's path, whether estimates rest on fewer replicates than were planned, and what does not add up."""

    page: Path
    partial: bool
    not_closed: tuple[str, ...] = ()


def write_report(folder: Path, warn: Callable[[str], None]) -> Written:
    """Write a study's tables, figures and page into its folder.

    Raises
    ------
    SettingsError
        Where the folder holds no study.
    """
    notes: list[str] = []
    with threadpool_limits(1):  # the same bits on any number of cores
        results = read_results(folder, notes.append)
    for note in notes:
        warn(note)
    write_tables(results, folder)
    write_curves(results, folder)
    notes += comparability(folder, read_manifest(folder))
    page = write_page(results, draw_figures(results, folder), folder, notes)
    used, planned = results.table.drop_duplicates("cell")[["n_ok", "n_planned"]].sum()
    if used < planned:
        warn(f"partial: {used:,}/{planned:,} models are in the report")
    return Written(page, bool(used < planned), results.not_closed)


def read_results(folder: Path, warn: Callable[[str], None]) -> Results:
    """Return the results of a study, looking at each cell once, and write the tables that go beside the main one."""
    study_plan, store = read_manifest(folder), Store(folder)
    noise, cells = NoiseCollector(), len(study_plan.cells)
    committees, sensitivity = CommitteeCollector(cells), SensitivityCollector(cells)
    with points_file(folder) as points:
        results = build_results(study_plan, store, warn, [points, noise, committees, sensitivity])
    results = dataclasses.replace(
        results,
        noise=write_noise(noise, store, results.level, folder, warn),
        committees=write_committees(committees, folder, warn),
        sensitivity=write_sensitivity(sensitivity, folder, warn),
    )
    return with_points(results, folder, study_plan, store, warn)
