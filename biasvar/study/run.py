"""Run a study: the six steps from a plan to committed members."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from biasvar.data.references import REFERENCES
from biasvar.data.rows import Evaluation
from biasvar.data.training_set import evaluation_of, pool_of
from biasvar.engines.slurm_earlier import end_earlier
from biasvar.study.folder import refuse_other_study, warnings_on_folder
from biasvar.study.kept_data import reading_from
from biasvar.study.memory import require_memory
from biasvar.study.plan import Job, Plan, pack
from biasvar.study.scheduler import Outcome, Progress, Scheduler
from biasvar.study.store.events import Events
from biasvar.study.store.journal import Journal
from biasvar.study.store.lock import locked
from biasvar.study.store.manifest import write_manifest
from biasvar.study.store.shard import Entry
from biasvar.study.store.store import Store, missing
from biasvar.study.worker_task import engine_of, worker_task_of
from biasvar.training.device import require_device
from biasvar.training.member import Member
from biasvar.training.trainers import trainer_of


def run(
    folder: Path,
    study_plan: Plan,
    workers: int,
    progress: Progress,
    stop: Callable[[], bool] = lambda: False,
    finish: Callable[[Outcome], Any] = lambda outcome: outcome,
    compiling: Callable[[], None] = lambda: None,
    fail_fast: bool = False,
) -> Any:
    """Train every member of the plan that the folder does not hold yet, until ``stop`` returns true.

    With ``fail_fast`` the first member that fails or diverges stops it too. Returns ``finish(outcome)``, called while
    the folder is still locked; by default the outcome itself. ``compiling`` is called if training has to be compiled
    first.

    Raises
    ------
    SettingsError
        If the folder holds another study.
    biasvar.study.errors.Busy
        If another sweep is running in it.
    OSError
        If data is missing, memory is too small, or the disk refuses.
    """
    engine, _ = engine_of(study_plan.cells)
    engine.require()
    require_machine(study_plan)
    refuse_other_study(folder, study_plan)  # before anything is written
    with threadpool_limits(1):  # as in every worker
        evaluations = read_data(study_plan)  # which may raise too
    with locked(folder, progress.warn) as require_same_folder:
        refuse_other_study(folder, study_plan)  # another sweep may have started and finished meanwhile
        store = Store(folder)
        store.create()
        end_earlier(store.log)  # before files are looked through
        study_plan = reading_from(folder, study_plan)
        there, to_do = prepare(store, study_plan, evaluations, progress)
        with threadpool_limits(1), closing(Events(folder, progress.warn)) as events:
            journal = Journal(events, study_plan)
            jobs = pack(to_do)
            journal.started(engine.kind, workers, jobs, there)
            scheduler = Scheduler(store, journal, progress, require_same_folder, stop, fail_fast)
            outcome = train(study_plan, jobs, workers, scheduler, compiling)
        return finish(outcome)


def train(
    study_plan: Plan, jobs: Sequence[Job], workers: int, scheduler: Scheduler, compiling: Callable[[], None]
) -> Outcome:
    """Run jobs on the engine that the study asks for."""
    engine, libraries = engine_of(study_plan.cells)
    if jobs:
        if engine.local:
            load_trainers(jobs, compiling)
        with closing(engine.start(worker_task_of(scheduler.store, libraries))) as running:
            # On one machine, fewer workers leave more memory for each; on a cluster each has its own.
            scheduler.run(running, jobs, workers, least=1 if engine.local else workers)
    outcome = scheduler.outcome
    scheduler.journal.ended("stopped" if outcome.stopped else "finished", outcome.trained, outcome.reasons.total())
    return outcome


def load_trainers(jobs: Iterable[Job], compiling: Callable[[], None]) -> None:
    """Load the trainers of some jobs, once for all workers; call ``compiling`` if one must be compiled first."""
    first = [job.members[0] for job in jobs]
    kinds = {(trainer_of(member).name, trainer_of(member).output_dtype(member)): member for member in first}
    for member in kinds.values():
        trainer_of(member).prepare(member, compiling)


def prepare(
    store: Store, study_plan: Plan, evaluations: Mapping[Member, Evaluation], progress: Progress
) -> tuple[dict[str, Entry], list[Member]]:
    """Repair a locked folder, and write what a report needs beside the shards.

    Returns the stored members by identity, and the members still to train.
    """
    there = store.repair(progress.warn)
    for warning in warnings_on_folder(store.folder, study_plan, there):
        progress.warn(warning)
    write_manifest(store.folder, study_plan, len(there))
    store.keep_evaluations(evaluations)
    to_do = missing(study_plan.members.values(), there)
    store.remove_checkpoints(there.keys() - {member.id for member in to_do})
    progress.start(len(study_plan.members), len(study_plan.members) - len(to_do))
    return there, to_do


def require_machine(study_plan: Plan) -> None:
    """Raise if this machine lacks a device or the memory for jobs that run on it.

    Raises
    ------
    OSError
        With the available devices or memory.
    """
    if engine_of(study_plan.cells)[0].local:
        for device in {cell.study.device for cell in study_plan.cells} - {"cpu"}:
            require_device(device)
        require_memory(study_plan)


def read_data(study_plan: Plan) -> dict[Member, Evaluation]:
    """Read all data of the study; return the evaluation points, by one member of the cells with the same data."""
    known = {}
    alike = {(one.study.data, one.study.seed, one.study.resampling, one.study.noise): one for one in study_plan.cells}
    for cell in alike.values():
        member = cell.members[0]
        points = evaluation_of(member.data, member.seed)
        reference = REFERENCES[cell.study.noise.reference]().read(points, member.data, member.seed)
        known[member] = member.data.complete(reference)
        if member.resampling.has_pool:
            pool_of(member.data, member.seed)
    return known
