"""Build results from a folder's store: each cell is decomposed, and every collector sees it once."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from threadpoolctl import threadpool_limits

from biasvar.results.committees import CommitteeCollector
from biasvar.results.noise.noise_table import NoiseCollector, noise_table
from biasvar.results.points.points import keep_least, points_file
from biasvar.results.results import Results
from biasvar.results.sensitivities import SensitivityCollector
from biasvar.results.shapes.evidence_table import curves_table
from biasvar.results.table import build_results
from biasvar.study.plan import Plan
from biasvar.study.store.shard import Entry
from biasvar.study.store.store import Store


def build(folder: Path, study_plan: Plan, store: Store, index: Mapping[str, Entry]) -> Results:
    """Return the tables of a study, built from its store; the points are written to ``points.parquet`` cell by cell."""
    warnings: list[str] = []
    cells, noise = len(study_plan.cells), NoiseCollector()
    committees, sensitivity = CommitteeCollector(cells), SensitivityCollector(cells)
    with threadpool_limits(1):  # the same bits on any number of cores
        with points_file(folder) as points:
            results = build_results(study_plan, store, index, [points, noise, committees, sensitivity])
        results = replace(
            results,
            noise=noise_table(noise, store, results.level, warnings.append),
            committees=committees.table(warnings.append),
            sensitivity=sensitivity.table(warnings.append),
        )
    keep_least(folder, results, warnings.append)
    return replace(results, curves=curves_table(results), warnings=tuple(warnings))
