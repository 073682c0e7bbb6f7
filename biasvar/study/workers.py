"""How many jobs of a study run at a time."""

import os
from collections.abc import Callable

from biasvar.study.memory import workers_that_fit
from biasvar.study.plan import Plan
from biasvar.study.worker_task import engine_of


def workers_of(study_plan: Plan, warn: Callable[[str], None]) -> int:
    """Return how many jobs run at a time: as many as requested, but on this machine at most as many as fit.

    A GPU of this machine is filled by the members of one job.
    """
    engine, _ = engine_of(study_plan.cells)
    asked = study_plan.cells[0].study.workers
    if not engine.local:
        return asked or engine.most_at_once()
    if any(cell.study.device != "cpu" for cell in study_plan.cells):
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if asked and asked > cores:
        warn(f"workers = {asked} is more than the {cores} cores: {cores} at a time")
    workers = min(asked or cores, cores)
    fit = workers_that_fit(study_plan, engine.shares_data)
    if fit is not None and fit < workers:
        warn(f"memory is enough for {fit} {'worker' if fit == 1 else 'workers'}: {fit} at a time")
        return fit
    return workers
