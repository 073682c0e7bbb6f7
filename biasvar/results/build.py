"""Build results from cells: each cell is decomposed, and every collector sees it once."""

from dataclasses import replace
from pathlib import Path

from threadpoolctl import threadpool_limits

from biasvar.results.cells import Cells
from biasvar.results.claims.claims_table import claims_table
from biasvar.results.claims.contributions import ContributionCollector
from biasvar.results.claims.wanted import wanted_of
from biasvar.results.committees import CommitteeCollector
from biasvar.results.noise.noise_table import NoiseCollector, noise_table
from biasvar.results.points.points import keep_least, points_file
from biasvar.results.results import Results
from biasvar.results.sensitivities import SensitivityCollector
from biasvar.results.shapes.evidence_table import curves_table
from biasvar.results.spread.outlying import OutlierCollector
from biasvar.results.spread.spreads import SpreadCollector
from biasvar.results.table import build_results


def build(folder: Path, cells: Cells) -> Results:
    """Return the tables of cells; the points are written to ``points.parquet`` cell by cell."""
    warnings: list[str] = []
    count, noise = len(cells.values), NoiseCollector()
    committees, sensitivity = CommitteeCollector(count), SensitivityCollector(count)
    spread, outliers = SpreadCollector(count), OutlierCollector(count)
    contributions = ContributionCollector(wanted_of(cells.claims, cells.values))
    with threadpool_limits(1):  # the same bits on any number of cores
        with points_file(folder) as points:
            results = build_results(cells, [points, noise, committees, sensitivity, spread, outliers, contributions])
        results = replace(
            results,
            noise=noise_table(noise, cells, results.level, warnings.append),
            committees=committees.table(warnings.append),
            sensitivity=sensitivity.table(warnings.append),
            spread=spread.table(warnings.append),
            outliers=outliers.table(warnings.append),
            contributions=contributions.table(),
        )
        results = replace(results, claims=claims_table(cells, results, contributions.table()))
    keep_least(folder, results, warnings.append)
    return replace(results, curves=curves_table(results), warnings=tuple(warnings))
