"""Follow jobs on an engine until each is committed, or is given up after repeated failures."""

import errno
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from biasvar.engines import Begun, Ended, Running
from biasvar.study.memory_limit import in_words
from biasvar.study.plan import Job, output_bytes
from biasvar.study.store.journal import Journal
from biasvar.study.store.shard import errors_in, read_shard
from biasvar.study.store.store import Store
from biasvar.training.train import failed

ATTEMPTS = 2  # that committed nothing, before a job is given up
PAUSE = 0.2  # seconds to wait for an engine between checks for signals
ROUNDS = 2  # that trained nothing, before the remaining jobs are given up untried
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Progress(Protocol):
    """Receives the progress of a run."""

    def start(self, total: int, done: int) -> None:
        """Begin, with members already done."""

    def advance(self, members: int) -> None:
        """Add newly finished members."""

    def warn(self, message: str) -> None:
        """Report a warning."""


@dataclass
class Outcome:
    """The outcome of a run: how many members it trained, and why how many others could not be trained.

    ``stopped`` is true if it was asked to stop before everything was done, ``lacked_memory`` if memory was too small
    for some members.
    """

    trained: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    stopped: bool = False
    lacked_memory: bool = False


class Scheduler:
    """Submits jobs to an engine, trusts only committed files, and counts attempts.

    The only requirement on a job is that it is committed. A job that ends otherwise is charged with an attempt, if it
    was the first in its process and nothing in that process was committed. Its members are then tried one by one on
    half as many workers, so that a member that needs too much memory, or crashes, affects no other.
    """

    def __init__(
        self,
        store: Store,
        journal: Journal,
        progress: Progress,
        require_same_folder: Callable[[], None],
        stop: Callable[[], bool],
        fail_fast: bool = False,
    ):
        self.store, self.journal, self.progress = store, journal, progress
        self.require_same_folder, self.stop, self.fail_fast = require_same_folder, stop, fail_fast
        self.has_failed = False  # whether some member failed or diverged; known with fail_fast only
        self.outcome = Outcome()
        self.open: dict[str, Job] = {}
        self.again: list[Job] = []
        self.attempts: Counter[str] = Counter()  # of each member
        self.last_error = ""

    def run(self, engine: Running, jobs: Sequence[Job], workers: int, least: int = 1) -> None:
        """Follow jobs on an engine to their end; retries run on fewer workers, but at least ``least``.

        Raises
        ------
        OSError
            If the machine fails: a full disk, a missing folder, data that cannot be read.
        """
        try:
            self.follow(engine, jobs, workers, least)
        except OSError:
            self.wind_down(engine, OSError)  # further refusals meanwhile add nothing new
            raise

    def follow(self, engine: Running, jobs: Sequence[Job], workers: int, least: int) -> None:
        """Submit jobs, then retries, until none is left or a stop is requested."""
        fruitless = 0
        while jobs and not self.outcome.stopped:
            trained = self.outcome.trained
            self.open = {job.id: job for job in jobs}
            engine.submit(jobs, workers)
            while self.open and not self.outcome.stopped:
                self.handle(engine.poll(PAUSE))
                if (self.has_failed and (self.open or self.again)) or self.stop():
                    self.outcome.stopped = True
                    self.wind_down(engine)
            jobs, self.again, workers = self.again, [], max(least, workers // 2)
            fruitless = 0 if self.outcome.trained > trained else fruitless + 1
            if jobs and fruitless == ROUNDS:
                raise OSError(f"no worker lives long enough to finish a job; the last one: {self.last_error}")

    def wind_down(self, engine: Running, *ignored: type[Exception]) -> None:
        """Submit nothing more, and wait for running jobs, which may be about to commit, as long as the user waits."""
        engine.cancel()
        end = time.monotonic() + engine.shutdown_timeout
        while engine.running and time.monotonic() < end:
            with suppress(*ignored):
                self.handle(engine.poll(PAUSE))

    def handle(self, happened: Iterable[Begun | Ended]) -> None:
        """Record an event of an engine."""
        for event in happened:
            if isinstance(event, Begun):
                self.journal.begun(event.job)
            else:
                self.require_same_folder()
                self.end(event)

    def end(self, event: Ended) -> None:
        """Count the committed jobs, and handle the others."""
        if isinstance(event.error, OSError):
            raise self.refusal(event.error)
        done = [job for job in event.jobs if self.store.has(job)]
        left = [job for job in event.jobs if job not in done]
        for job in done:
            self.count(job)
        if left and not done:
            self.charge(left.pop(0), event)
        self.again += left
        for job in event.jobs:
            self.open.pop(job.id, None)

    def count(self, job: Job) -> None:
        """Count a committed job; its members that could not be trained are in its shard with their errors."""
        errors = errors_in(self.store.shard(job))
        self.journal.committed(job, errors)
        self.outcome.reasons.update(text for _, text, _ in errors)
        self.outcome.trained += len(job.members) - len(errors)
        if self.fail_fast:
            self.has_failed |= not all(entry.outcome.ok for entry in read_shard(self.store.shard(job)).values())
        self.progress.advance(len(job.members))

    def charge(self, job: Job, event: Ended) -> None:
        """Retry a job's members one by one, or give them up: their failure is then committed."""
        text = f"{type(event.error).__name__}: {event.error}" if event.error else "its outputs were not written"
        self.last_error = "\n".join(filter(None, (text, event.traceback)))
        self.attempts.update(member.id for member in job.members)
        if self.attempts[job.members[0].id] < ATTEMPTS:
            alone = [Job((member,)) for member in job.members]
            self.journal.retried(job, alone, text, event.traceback)
            self.again += alone
            return
        self.outcome.lacked_memory |= isinstance(event.error, MemoryError)
        os.listdir(self.store.shard(job).parent.parent)  # makes a network file system refresh its listing
        if not self.store.has(job):
            self.store.commit(job, [failed(member, text, event.traceback) for member in job.members], 0.0)
        self.count(job)

    def refusal(self, error: OSError) -> OSError:
        """Return an error of the machine; for a full disk, with the needed and the free space."""
        if error.errno not in NO_SPACE:
            return error
        needed = sum(output_bytes(member) for job in self.open.values() for member in job.members)
        free = shutil.disk_usage(self.store.folder).free
        return OSError(
            f"{self.store.folder}: {error.strerror}: needs about {in_words(needed)} more, free {in_words(free)}; "
            "what is finished is kept, and the same command resumes once there is space"
        )
