"""The driver believes files, and counts attempts only where nothing progressed."""

import errno
from collections import deque
from contextlib import closing

import pytest

from biasvar.engines import Begun, Ended, WorkerLost
from biasvar.study.plan import Job
from biasvar.study.scheduler import Scheduler
from biasvar.study.store.events import Events, read_events
from biasvar.study.store.journal import Journal
from biasvar.study.store.shard import errors_in
from biasvar.study.store.store import Store
from biasvar.study.worker_task import train_and_commit


class Scripted:
    """An engine that does what a function says with each batch of jobs of one process."""

    shutdown_timeout = 1.0

    def __init__(self, do, size=1):
        self.do, self.size = do, size
        self.rounds, self.queue, self.running = [], deque(), 0

    def submit(self, jobs, workers):
        self.rounds.append((len(jobs), workers))
        size = self.size if len(self.rounds) == 1 else 1
        self.queue.extend(tuple(jobs[start : start + size]) for start in range(0, len(jobs), size))

    def poll(self, seconds):
        if not self.queue:
            return []
        jobs = self.queue.popleft()
        error = self.do(jobs)
        return [*map(Begun, jobs), Ended(jobs, error, "the stack" if error else "")]

    def cancel(self):
        self.queue.clear()


@pytest.fixture
def drive(tmp_path, small_plan, progress):
    """Return a function that follows jobs of two members each on a scripted engine."""
    study = small_plan()
    store = Store(tmp_path)
    store.create()
    members = list(study.members.values())
    jobs = [Job(tuple(members[start : start + 2])) for start in range(0, len(members), 2)]

    def follow(do, workers=4, size=1, stop=lambda: False, least=1, engine=Scripted, fail_fast=False):
        engine = engine(do, size)
        with closing(Events(tmp_path, progress.warn)) as events:
            driver = Scheduler(store, Journal(events, study), progress, lambda: None, stop, fail_fast)
            driver.run(engine, jobs, workers, least)
        return engine, driver.outcome

    follow.folder, follow.store, follow.jobs = tmp_path, store, jobs
    return follow


def commit(folder, jobs):
    for job in jobs:
        train_and_commit(folder, job)


def test_an_engine_that_says_nothing_of_an_error_is_not_believed_without_the_file(drive):
    _, outcome = drive(lambda jobs: None)
    assert outcome.trained == 0
    assert outcome.reasons == {"its outputs were not written": 12}


def test_the_first_member_that_fails_stops_the_others_if_that_is_asked_for(drive):
    whole = drive(lambda jobs: commit(drive.folder, jobs) if jobs[0] in drive.jobs[:2] else None, fail_fast=True)[1]
    assert whole.stopped and whole.trained == 4, "what is committed stays"
    assert whole.reasons == {"its outputs were not written": 1}
    drive.store.shard(drive.jobs[0]).unlink()
    last = drive(lambda jobs: commit(drive.folder, jobs), fail_fast=True)[1]
    assert not last.stopped and last.trained == 12


def test_an_engine_that_speaks_of_an_error_is_not_believed_where_the_file_is_there(drive):
    def do(jobs):
        commit(drive.folder, jobs)
        return WorkerLost("so it seemed")

    _, outcome = drive(do)
    assert outcome.trained == 12 and not outcome.reasons


def test_members_of_a_job_that_was_lost_are_tried_one_by_one_on_half_as_many_workers(drive):
    lost = []

    def do(jobs):
        if not lost:
            lost.append(jobs)
            return WorkerLost("killed by signal 9 (out of memory?)")
        return commit(drive.folder, jobs)

    engine, outcome = drive(do)
    assert engine.rounds == [(6, 4), (2, 2)]
    assert outcome.trained == 12 and not outcome.reasons


def test_a_member_that_is_lost_twice_is_given_up_with_its_error_and_costs_no_other(drive):
    bad = drive.jobs[1].members[0]

    def do(jobs):
        if any(bad in job.members for job in jobs):
            return WorkerLost("killed by signal 9 (out of memory?)")
        return commit(drive.folder, jobs)

    _, outcome = drive(do)
    assert outcome.trained == 11
    assert outcome.reasons == {"WorkerLost: killed by signal 9 (out of memory?)": 1}
    told = [(one["event"], one.get("traceback")) for one in read_events(drive.folder)]
    assert [one for one in told if one[0] in ("retried", "failed")] == [
        ("retried", "the stack"), ("failed", "the stack")]  # fmt: skip
    ((member, error, traceback),) = errors_in(drive.store.shard(Job((bad,))))
    assert (member, error, traceback) == (bad.id, "WorkerLost: killed by signal 9 (out of memory?)", "the stack")


def test_of_jobs_in_one_process_only_the_first_is_charged_and_none_where_one_was_committed(drive):
    calls = []

    def do(jobs):
        calls.append(jobs)
        if len(calls) == 1:
            commit(drive.folder, jobs[:1])  # progressed, then lost
            return WorkerLost("node lost")
        if len(calls) == 2:
            return WorkerLost("node lost")
        return commit(drive.folder, jobs)

    engine, outcome = drive(do, size=3)
    assert outcome.trained == 12 and not outcome.reasons
    # two jobs of the first process as they were; of the second one job in two members, and two jobs as they were
    assert engine.rounds == [(6, 4), (6, 2)]


def test_a_disk_that_refuses_ends_the_run_with_what_is_needed_and_what_is_there(drive):
    with pytest.raises(OSError, match=r"No space left on device: needs about .* more, free .*the same command resumes"):
        drive(lambda jobs: OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(OSError, match="Input/output error"):
        drive(lambda jobs: OSError(errno.EIO, "Input/output error"))


def test_what_still_runs_when_a_disk_refuses_is_waited_for_and_kept(drive):
    class TwoAtOnce(Scripted):
        """Has two jobs at work, of which the second one ends a call later."""

        def poll(self, seconds):
            events = super().poll(seconds)
            self.running = len(self.queue)
            return events

        def cancel(self):
            """Forget all but what runs."""
            while len(self.queue) > 2:
                self.queue.pop()

    def do(jobs):
        if jobs[0] in drive.jobs[:2]:
            return OSError(errno.ENOSPC, "No space left on device")
        return commit(drive.folder, jobs)

    with pytest.raises(OSError, match="No space left on device"):
        drive(do, engine=TwoAtOnce)
    assert [drive.store.has(job) for job in drive.jobs] == [False, False, True, False, False, False]
    assert [one["event"] for one in read_events(drive.folder)].count("committed") == 1


def test_a_stop_begins_nothing_more_and_keeps_what_is_committed(drive):
    committed = []

    def do(jobs):
        commit(drive.folder, jobs)
        committed.extend(jobs)

    _, outcome = drive(do, stop=lambda: len(committed) == 2)
    assert outcome.stopped and outcome.trained == 4 and len(committed) == 2


def test_where_no_worker_ever_finishes_a_job_the_rest_is_not_even_tried(drive):
    with pytest.raises(OSError, match=r"no worker lives long enough to finish a job; the last one: .*node lost"):
        drive(lambda jobs: WorkerLost("node lost"), size=6)


def test_elsewhere_as_many_workers_try_again(drive):
    lost = []

    def do(jobs):
        if not lost:
            lost.append(jobs)
            return WorkerLost("node lost")
        return commit(drive.folder, jobs)

    engine, _ = drive(do, least=4)
    assert [workers for _, workers in engine.rounds] == [4, 4]
