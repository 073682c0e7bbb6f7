"""Follow jobs on an engine until each is committed, or has failed often enough to be given up."""

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
from biasvar.study.store.shard import errors_in
from biasvar.study.store.store import Store
from biasvar.training.train import failed

ATTEMPTS = 2  # in which nothing was committed, before a job is given up
PAUSE = 0.2  # seconds that an engine is waited for before signals are looked at
ROUNDS = 2  # in which nothing was trained, before the rest is not even tried
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


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

    ``stopped`` says that it was asked to stop before all was done, ``lacked_memory`` that memory was too small for
    some.
    """

    trained: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    stopped: bool = False
    lacked_memory: bool = False


class Scheduler:
    """Hands jobs to an engine, believes the files that it finds, and counts attempts.

    What is asked of each job is only that it is committed. A job that ends otherwise is charged with an attempt if none
    of those in its process was committed, and it was the first of them; its members are then tried one by one on half
    as many workers, so that one that needs too much memory, or crashes, costs no other.
    """

    def __init__(
        self,
        store: Store,
        journal: Journal,
        progress: Progress,
        require_same_folder: Callable[[], None],
        stop: Callable[[], bool],
    ):
        self.store, self.journal, self.progress = store, journal, progress
        self.require_same_folder, self.stop = require_same_folder, stop
        self.outcome = Outcome()
        self.open: dict[str, Job] = {}
        self.again: list[Job] = []
        self.attempts: Counter[str] = Counter()  # of each member
        self.last_error = ""

    def run(self, engine: Running, jobs: Sequence[Job], workers: int, least: int = 1) -> None:
        """Follow jobs on an engine to their end; what is tried again runs on fewer workers, but for the ``least``.

        Raises
        ------
        OSError
            Where the machine refuses: a full disk, a folder that is gone, data that cannot be read.
        """
        try:
            self.follow(engine, jobs, workers, least)
        except OSError:
            self.wind_down(engine, OSError)  # what else is refused meanwhile says nothing new
            raise

    def follow(self, engine: Running, jobs: Sequence[Job], workers: int, least: int) -> None:
        """Submit jobs, then those that are tried again, until none is left or a stop is asked for."""
        fruitless = 0
        while jobs and not self.outcome.stopped:
            trained = self.outcome.trained
            self.open = {job.id: job for job in jobs}
            engine.submit(jobs, workers)
            while self.open and not self.outcome.stopped:
                self.handle(engine.poll(PAUSE))
                if self.stop():
                    self.outcome.stopped = True
                    self.wind_down(engine)
            jobs, self.again, workers = self.again, [], max(least, workers // 2)
            fruitless = 0 if self.outcome.trained > trained else fruitless + 1
            if jobs and fruitless == ROUNDS:
                raise OSError(f"no worker lives long enough to finish a job; the last one: {self.last_error}")

    def wind_down(self, engine: Running, *ignored: type[Exception]) -> None:
        """Take no more work, and wait for what runs as long as people wait: it may be about to commit."""
        engine.cancel()
        end = time.monotonic() + engine.shutdown_timeout
        while engine.running and time.monotonic() < end:
            with suppress(*ignored):
                self.handle(engine.poll(PAUSE))

    def handle(self, happened: Iterable[Begun | Ended]) -> None:
        """Take note of what an engine says."""
        for event in happened:
            if isinstance(event, Begun):
                self.journal.begun(event.job)
            else:
                self.require_same_folder()
                self.end(event)

    def end(self, event: Ended) -> None:
        """Count the jobs that are committed, and judge the others."""
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
        """Count a committed job: its members that could not be trained stand in its shard with their errors."""
        errors = errors_in(self.store.shard(job))
        self.journal.committed(job, errors)
        self.outcome.reasons.update(text for _, text, _ in errors)
        self.outcome.trained += len(job.members) - len(errors)
        self.progress.advance(len(job.members))

    def charge(self, job: Job, event: Ended) -> None:
        """Try a job's members again one by one, or give them up: that they failed is then what is committed of them."""
        text = f"{type(event.error).__name__}: {event.error}" if event.error else "its outputs were not written"
        self.last_error = "\n".join(filter(None, (text, event.traceback)))
        self.attempts.update(member.id for member in job.members)
        if self.attempts[job.members[0].id] < ATTEMPTS:
            alone = [Job((member,)) for member in job.members]
            self.journal.retried(job, alone, text, event.traceback)
            self.again += alone
            return
        self.outcome.lacked_memory |= isinstance(event.error, MemoryError)
        os.listdir(self.store.shard(job).parent.parent)  # so that a network file system looks again
        if not self.store.has(job):
            self.store.commit(job, [failed(member, text, event.traceback) for member in job.members], 0.0)
        self.count(job)

    def refusal(self, error: OSError) -> OSError:
        """Return an error of the machine, for a full disk with how much is needed and how much is there."""
        if error.errno not in NO_SPACE:
            return error
        needed = sum(output_bytes(member) for job in self.open.values() for member in job.members)
        free = shutil.disk_usage(self.store.folder).free
        return OSError(
            f"{self.store.folder}: {error.strerror}: needs about {in_words(needed)} more, free {in_words(free)}; "
            "what is finished is kept, and the same command goes on once there is space"
        )
