"""What figures show of single evaluation points: those of the cells of least risk, and the hardest images."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from biasvar.results.conditions import chosen
from biasvar.results.least_risk import cells_of_least_risk
from biasvar.results.points.hardest import best_cell, hardest_images, loss_of_hardest
from biasvar.results.points.points import keep_least, read_points
from biasvar.results.results import Results
from biasvar.study.plan import Plan
from biasvar.study.store.store import Store


def with_points(results: Results, folder: Path, study_plan: Plan, store: Store, warn: Callable[[str], None]) -> Results:
    """Return the results with the single points that figures draw, read from ``points.parquet``."""
    keep_least(folder, results, warn)
    shown = [(cell, loss) for loss in results.losses for _, cell in chosen(cells_of_least_risk(results, loss))]
    if not shown:
        return results
    loss = loss_of_hardest(results)
    best = best_cell(results, loss)
    hardest = None
    if best is not None:
        hardest = hardest_images(read_points(folder, [(best, loss)]), best, study_plan, store)
    return replace(results, points=read_points(folder, shown), hardest=hardest)
