"""How much memory a study takes, before any of it is taken. Rough: arrays are counted, not what a library adds."""

import os
from collections.abc import Sequence
from math import prod

from biasvar.settings import show
from biasvar.study.plan import Cell, Job, Plan, output_bytes
from biasvar.training.member import Member
from biasvar.training.trainers import trainer_of

COPIES_OF_OUTPUTS = 3  # as they come from training, stacked, and as the bytes of a file
NUMBER = 8  # bytes: data is drawn and kept in float64


def require_memory(study_plan: Plan) -> None:
    """Refuse a study of which one worker needs more memory than this machine has.

    Raises
    ------
    OSError
        With the cell that needs most, and what makes it large.
    """
    there = machine_bytes()
    cell = max(study_plan.cells, key=needed_bytes)
    needed = needed_bytes(cell)
    if there is None or needed <= there:
        return
    where = ", ".join(f"{key}={show(value)}" for key, value in cell.axes.items())
    study = cell.study
    raise OSError(
        f"one model {f'at {where} ' if where else ''}needs about {in_words(needed)} of memory, and this machine has "
        f"{in_words(there)}: data.n_train = {study.data.n_train:,} and data.n_eval = {study.data.n_eval:,} points with "
        f"{prod(study.data.shape):,} inputs and {study.model.parameters(study.data):,} parameters; take fewer of them"
    )


def needed_bytes(cell: Cell) -> float:
    """Return what a process needs that trains one member of a cell at a time."""
    return worker_bytes(cell.members[:1]) + shared_bytes(cell)


def study_bytes(study_plan: Plan, jobs: Sequence[Job], workers: int, shares_data: bool) -> tuple[float, float]:
    """Return what a worker needs for the largest of some jobs, and what all workers need together."""
    worker = max((worker_bytes(job.members) for job in jobs), default=0.0)
    data = max(map(shared_bytes, study_plan.cells))
    if shares_data:
        return worker, worker * min(workers, len(jobs)) + data
    return worker + data, (worker + data) * min(workers, len(jobs)) + data


def workers_that_fit(study_plan: Plan, shares_data: bool) -> int | None:
    """Return how many workers this machine's memory is enough for, at least one; None where it does not say."""
    there = machine_bytes()
    if there is None:
        return None
    data = max(map(shared_bytes, study_plan.cells))
    each = max(worker_bytes(cell.members[:1]) for cell in study_plan.cells) + (0 if shares_data else data)
    return max(1, int((there - data) / each))


def worker_bytes(members: Sequence[Member]) -> float:
    """Return what a worker holds of a job: a training set as drawn and as seen, one training, and all outputs."""
    data = members[0].data
    rows = NUMBER * prod(data.shape) * (2 * data.n_train + members[0].points)
    training = max(trainer_of(member).bytes(member) for member in members)
    return rows + training + COPIES_OF_OUTPUTS * output_bytes(members[0]) * len(members)


def shared_bytes(cell: Cell) -> float:
    """Return what all workers share: the evaluation points, and the pool if there is one."""
    data = cell.study.data
    pool = data.available() if cell.study.resampling.has_pool else 0
    return NUMBER * prod(data.shape) * (data.n_eval + pool)


def machine_bytes() -> int | None:
    """Return this machine's memory, or None where the system does not say."""
    if not hasattr(os, "sysconf"):
        return None
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def in_words(size: float) -> str:
    """Return a size in MB or GB."""
    if size >= 1e9:
        return f"{size / 1e9:,.1f} GB"
    return f"{size / 1e6:,.0f} MB" if size >= 1e6 else f"{size / 1e6:.1g} MB"
