"""Run a study: the six steps from a plan to committed members."""

import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import scipy.linalg  # noqa: F401  compiled kernels call its BLAS, which must be loaded before threads are limited
from threadpoolctl import threadpool_limits

from biasvar.data.reference import with_votes
from biasvar.data.rows import Evaluation
from biasvar.data.training_set import evaluation_of, pool_of
from biasvar.engines import ENGINES
from biasvar.study.folder import refuse_other_study, remarks_on_folder
from biasvar.study.manifest import write_manifest
from biasvar.study.memory import require_memory
from biasvar.study.plan import Job, Plan, pack
from biasvar.study.store import Store, missing
from biasvar.training.device import require_device
from biasvar.training.member import Member
from biasvar.training.train import train


class Progress(Protocol):
    """What the driver tells of its progress."""

    def start(self, total: int, done: int) -> None:
        """Begin, with members already done."""

    def advance(self, members: int) -> None:
        """Count members that are done now."""

    def warn(self, message: str) -> None:
        """Say something that people should know."""


@dataclass
class Outcome:
    """What a run came to: how many members it trained, and why how many of the study's could not be.

    ``failures`` are whole jobs that failed, of which nothing is kept.
    """

    trained: int = 0
    failures: list[tuple[Job, BaseException]] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)


def run(folder: Path, study_plan: Plan, workers: int, progress: Progress) -> Outcome:
    """Train every member of the plan that the folder does not hold yet.

    Raises
    ------
    SettingsError
        Where the folder holds another study.
    biasvar.study.errors.Busy
        Where another sweep is at work in it.
    OSError
        Where data is missing, memory is too small, or the disk refuses.
    """
    require_devices(study_plan)
    require_memory(study_plan)
    refuse_other_study(folder, study_plan)
    store = Store(folder)
    # One BLAS thread a job: the fastest with a job a core, and the same bits on any number of cores.
    with threadpool_limits(1):
        evaluations = read_data(study_plan)  # before anything is written
        with store.lock():
            store.create()
            held = store.repair(progress.warn)
            for remark in remarks_on_folder(folder, study_plan, held):
                progress.warn(remark)
            write_manifest(folder, study_plan)
            store.keep_evaluations(evaluations)
            to_do = missing(study_plan.members.values(), held)
            progress.start(len(study_plan.members), len(study_plan.members) - len(to_do))
            engine = ENGINES[study_plan.cells[0].study.engine]
            return drive(engine(pack(to_do), work(store), workers), store, progress)


def drive(finished: Generator, store: Store, progress: Progress) -> Outcome:
    """Follow jobs as they finish: what fails is counted and the rest goes on; a disk that refuses ends the run."""
    outcome = Outcome()
    store.record("started")
    with closing(finished):
        for job, error in finished:
            if isinstance(error, OSError):
                raise error
            if error is None:
                reasons = Counter(store.errors_of(job))
            else:
                reasons = Counter({f"{type(error).__name__}: {error}": len(job.members)})
                outcome.failures.append((job, error))
            for reason, members in reasons.items():
                store.record("failed", job=job.id, members=members, error=reason)
            outcome.reasons += reasons
            outcome.trained += len(job.members) - reasons.total()
            progress.advance(len(job.members))
    store.record("finished", trained=outcome.trained, failed=outcome.reasons.total())
    return outcome


def require_devices(study_plan: Plan) -> None:
    """Refuse a device that this machine does not have.

    Raises
    ------
    OSError
        With the devices that there are.
    """
    for device in {cell.study.device for cell in study_plan.cells} - {"cpu"}:
        require_device(device)


def read_data(study_plan: Plan) -> dict[Member, Evaluation]:
    """Return the evaluation points of cells of one kind of data by one member, having read all that the study needs."""
    known = {}
    alike = {(one.study.data, one.study.seed, one.study.resampling, one.study.noise): one for one in study_plan.cells}
    for cell in alike.values():
        member = cell.members[0]
        known[member] = evaluation_of(member.data, member.seed)
        if cell.study.noise.reference == "cifar10h":
            known[member] = with_votes(known[member], member.data, member.seed)
        if member.resampling.kind != "fresh":
            pool_of(member.data, member.seed)
    return known


def work(store: Store) -> Callable[[Job], None]:
    """Return what a worker does with a job."""

    def train_and_commit(job: Job) -> None:
        started = time.perf_counter()
        store.commit(job, train(job.members), time.perf_counter() - started)

    return train_and_commit
