"""Training as a sweep does it, without its disk."""

import os
from collections.abc import Sequence

import scipy.linalg  # noqa: F401  compiled kernels call its BLAS, which must be loaded before threads are limited
from threadpoolctl import threadpool_limits

from biasvar.engines import ENGINES
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

    def work(job: Job) -> None:
        trained.extend(train(job.members))

    with threadpool_limits(1):
        for _, error in ENGINES[engine](jobs, work, CORES):
            if error is not None:
                raise error
    failed = [one for one in trained if one.error or one.diverged_epoch]
    if failed:
        raise ArithmeticError(f"{len(failed)} of {len(trained)} members failed: {failed[0].error or 'diverged'}")
    return trained
