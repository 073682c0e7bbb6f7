"""Training as a sweep does it, without its disk."""

import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import scipy.linalg  # noqa: F401  compiled kernels call its BLAS, which must be loaded before threads are limited
from threadpoolctl import threadpool_limits

from biasvar.engines import ENGINES, Ended, Work
from biasvar.study.plan import Job
from biasvar.training.train import TrainedMember, train

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def train_all(jobs: Sequence[Job], engine: str = "thread") -> list[TrainedMember]:
    """Train the members of jobs, as many jobs at a time as there are cores, one BLAS thread each.

    Raises
    ------
    ArithmeticError
        Where a member failed or diverged: its time would say nothing.
    """
    trained: list[TrainedMember] = []

    def train_job(job: Job) -> None:
        trained.extend(train(job.members))

    work = Work(train_job, lambda job: True, folder=Path())
    with threadpool_limits(1), closing(ENGINES[engine]().start(work)) as running:
        running.submit(jobs, CORES)
        left = len(jobs)
        while left:
            for event in running.poll(1.0):
                if isinstance(event, Ended):
                    left -= 1
                    if event.error is not None:
                        raise event.error
    failed = [one for one in trained if not one.outcome.ok]
    if failed:
        raise ArithmeticError(
            f"{len(failed)} of {len(trained)} members failed: {failed[0].outcome.error or 'diverged'}"
        )
    return trained
