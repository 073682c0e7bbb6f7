"""The work on one job, in whatever process it runs."""

import time
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import scipy.linalg  # noqa: F401  compiled kernels call its BLAS, which must be loaded before threads are limited
from threadpoolctl import threadpool_limits

from biasvar.engines import Engine, Work
from biasvar.study.environment import environment_with
from biasvar.study.memory import memory_for
from biasvar.study.plan import Cell, Job
from biasvar.study.store.checkpoint_files import CheckpointFiles
from biasvar.study.store.store import Store
from biasvar.training.checkpoints import Checkpoints
from biasvar.training.train import train
from biasvar.training.trainers import trainer_of


def worker_task_of(store: Store, libraries: Sequence[str]) -> Work:
    """Return the function with which an engine processes a job of a study."""
    folder = store.folder.resolve()  # workers may start in another folder than the driver
    modules = (__name__, *libraries)
    return Work(partial(train_and_commit, folder), partial(is_committed, folder), folder / "log", one_thread, modules)


def train_and_commit(folder: Path, job: Job) -> None:
    """Train a job's members and write its shard, unless it exists."""
    store = Store(folder)
    if not store.has(job):
        started = time.perf_counter()
        with memory_for(job.members):
            trained = {one.member.id: one for one in train(job.members, checkpoints_of(store, job))}
            seconds = time.perf_counter() - started
            store.commit(job, [trained[member.id] for member in job.members], seconds)


def checkpoints_of(store: Store, job: Job) -> Checkpoints:
    """Return the checkpoints of a job's members: they hold in the environment in which they were made only."""
    parts = [part for member in job.members for part in (member.data, member.model)]
    return Checkpoints(CheckpointFiles(store.checkpoints, partial(environment_with, parts)))


def is_committed(folder: Path, job: Job) -> bool:
    """Return whether a job's shard exists."""
    return Store(folder).has(job)


def one_thread() -> None:
    """Limit linear algebra to one thread: fastest with one job per core, and the same bits on any number of cores."""
    threadpool_limits(1)


def engine_of(cells: Iterable[Cell]) -> tuple[Engine, list[str]]:
    """Return the engine that a study asks for, and the libraries that hold the GIL while they train its members."""
    cells = list(cells)
    libraries = {trainer_of(cell.members[0]).library for cell in cells} - {""}
    return cells[0].study.engine.choose(bool(libraries)), sorted(libraries)
