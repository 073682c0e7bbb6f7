"""Estimate the time of a study by training a few of its members for a few seconds. Nothing is kept."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import log

from threadpoolctl import threadpool_limits

from biasvar.study.memory import memory_for
from biasvar.study.plan import Job, flops
from biasvar.training.member import Member
from biasvar.training.train import train
from biasvar.training.trainers import trainer_of

ENOUGH = 0.4  # seconds of training that are enough to measure a pace
BUDGET = 8.0  # seconds after which no further job is measured
SPREAD = 1.5  # factor of the range, in both directions


@dataclass(frozen=True)
class Pilot:
    """The estimated range of the training time in seconds, and how many members it was measured on.

    ``compiling`` is the time spent on compiling first, 0 if that was done before. It is not part of the range.
    """

    shortest: float
    longest: float
    members: int
    compiling: float = 0.0


def pilot(jobs: Sequence[Job], workers: int) -> Pilot:
    """Time parts of the largest, the smallest and the middle job here; other jobs get the pace of the nearest size.

    The range allows for workers that slow each other down, for paces that vary between jobs, and for other machines.
    """
    by_size = sorted(jobs, key=lambda job: job.flops)
    tried = {job.id: job for job in (by_size[-1], by_size[0], by_size[len(by_size) // 2])}.values()
    members = 0
    paces: dict[float, float] = {}  # by the flops per member
    with threadpool_limits(1):  # as in every worker
        compiling = sum(seconds_of_compiling(job.members[0]) for job in tried)
        end = time.monotonic() + BUDGET
        for job in tried:
            if not paces or time.monotonic() < end:
                paces[job.flops / len(job.members)], trained = pace_of(job, end)
                members += trained
    seconds = sum(job.flops / nearest(paces, job.flops / len(job.members)) for job in jobs) / min(workers, len(jobs))
    return Pilot(seconds / SPREAD, SPREAD * seconds, members, compiling)


def seconds_of_compiling(member: Member) -> float:
    """Load the trainer of a member, and return how long compiling took: 0 if it was cached."""
    begun: list[float] = []
    trainer_of(member).prepare(member, lambda: begun.append(time.monotonic()))
    return time.monotonic() - begun[0] if begun else 0.0


def nearest(paces: Mapping[float, float], size: float) -> float:
    """Return the pace measured for members of about this size."""
    return paces[min(paces, key=lambda measured: abs(log(measured / size)))]


def pace_of(job: Job, end: float) -> tuple[float, int]:
    """Return a job's counted floating-point operations per second, and how many members were trained.

    More and more members are trained, for more and more epochs, until the time can be measured. The first ones also
    load libraries.
    """
    first = job.members[0]
    count, epochs, trained = trainer_of(first).most_at_once(first) or 1, 1, 0
    while True:
        members = [shortened(member, epochs) for member in job.members[:count]]
        started = time.monotonic()
        with memory_for(members):
            train(members)
        seconds = max(time.monotonic() - started, 1e-6)
        trained += len(members)
        whole = count >= len(job.members) and members[0] == first
        if whole or time.monotonic() > end or (seconds > ENOUGH and trained > len(members)):
            return sum(map(flops, members)) / seconds, trained
        if members[0] == first:
            count *= 2
        epochs *= 4


def shortened(member: Member, epochs: int) -> Member:
    """Return a member that is trained for at most ``epochs`` epochs, if its training has epochs."""
    training = member.training.shortened(epochs)
    return member if training == member.training else replace(member, training=training)
