"""Run a study: the six steps from a plan to committed members."""

import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import scipy.linalg  # noqa: F401  compiled kernels call its BLAS, which must be loaded before threads are limited
from threadpoolctl import threadpool_limits

from biasvar.data.rows import Evaluation
from biasvar.data.training_set import evaluation_of, pool_of
from biasvar.engines import ENGINES
from biasvar.settings import Problem, SettingsError
from biasvar.study.manifest import read_manifest, write_manifest
from biasvar.study.plan import Job, Plan, pack
from biasvar.study.store import Store, missing
from biasvar.training.device import require_device
from biasvar.training.member import Member
from biasvar.training.train import train

DERIVED = ("results.csv", "results.parquet", "report.html", "figures")  # what a report writes


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
    """What a run came to."""

    trained: int = 0
    failures: list[tuple[Job, BaseException]] = field(default_factory=list)


def run(folder: Path, study_plan: Plan, workers: int, progress: Progress) -> Outcome:
    """Train every member of the plan that the folder does not hold yet.

    Raises
    ------
    SettingsError
        Where the folder holds another study.
    Busy
        Where another sweep is at work in it.
    OSError
        Where data is missing or the disk refuses.
    """
    require_devices(study_plan)
    refuse_other_study(folder, study_plan)
    store = Store(folder)
    # One BLAS thread a job: the fastest with a job a core, and the same bits on any number of cores.
    with threadpool_limits(1):
        evaluations = read_data(study_plan)  # before anything is written
        store.create()
        with store.lock():
            write_manifest(folder, study_plan)
            store.keep_evaluations(evaluations)
            to_do = missing(study_plan.members.values(), store.repair(progress.warn))
            progress.start(len(study_plan.members), len(study_plan.members) - len(to_do))
            engine = ENGINES[study_plan.cells[0].study.engine]
            return drive(engine(pack(to_do), work(store), workers), store, progress)


def drive(finished: Generator, store: Store, progress: Progress) -> Outcome:
    """Follow jobs as they finish: one that fails is counted and the rest goes on; a disk that refuses ends the run."""
    outcome = Outcome()
    store.record("started")
    with closing(finished):
        for job, error in finished:
            if isinstance(error, OSError):
                raise error
            if error is None:
                outcome.trained += len(job.members)
            else:
                outcome.failures.append((job, error))
                store.record("failed", job=job.id, error=repr(error))
            progress.advance(len(job.members))
    store.record("finished", trained=outcome.trained, failed=len(outcome.failures))
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
    """Return the evaluation points of each cell by one of its members, having read all data that the study needs."""
    known = {}
    for member in (cell.members[0] for cell in study_plan.cells):
        known[member] = evaluation_of(member.data, member.seed)
        if member.resampling.kind != "fresh":
            pool_of(member.data, member.seed)
    return known


def work(store: Store) -> Callable[[Job], None]:
    """Return what a worker does with a job."""

    def train_and_commit(job: Job) -> None:
        started = time.perf_counter()
        store.commit(job, train(job.members), time.perf_counter() - started)

    return train_and_commit


def refuse_other_study(folder: Path, study_plan: Plan) -> None:
    """Refuse a folder whose study shares no member with this one, or whose files are somebody else's."""
    if not (folder / "study.json").exists():
        taken = [name for name in DERIVED if (folder / name).exists()]
        if taken:
            what = f"{folder} holds no study, and would lose its own {', '.join(taken)}"
            raise SettingsError([Problem("--out", what, "a folder of its own", "add --out DIR")])
        return
    if not any((folder / "shards").glob("*.json")):
        return
    there = read_manifest(folder)
    if there.members.keys().isdisjoint(study_plan.members):
        changed = sorted(changes(there, study_plan))
        what = f"{folder} holds another study: {', '.join(changed) or 'the code that makes its numbers'} changed"
        raise SettingsError([Problem("--out", what, "its own folder", "add --out DIR or name=NAME")])


def changes(there: Plan, here: Plan) -> set[str]:
    """Return the dotted keys in which two studies' first cells differ, apart from the swept ones."""
    old, new = flat(there.cells[0].settings), flat(here.cells[0].settings)
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)} - set(there.axes) - set(here.axes)


def flat(settings, path: str = "") -> dict:
    """Return nested settings as a mapping from dotted key to value."""
    if not isinstance(settings, dict):
        return {path: settings}
    return {
        key: value for name, part in settings.items() for key, value in flat(part, f"{path}.{name}".strip(".")).items()
    }
