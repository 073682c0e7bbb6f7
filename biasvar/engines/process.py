"""Worker processes: a killed worker costs only its current job, and a hung worker is ended."""

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_all_start_methods, get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, ClassVar

from biasvar.engines.engine import Begun, Ended, Engine, Queue, Running, Work, WorkerLost
from biasvar.engines.log_end import log_end
from biasvar.engines.signals import signals_held_back
from biasvar.engines.worker import serve
from biasvar.settings import key

LONGEST_PAUSE = 5.0  # seconds between two polls; beyond this, this process and its workers were suspended
LAST_WORDS = 0.5  # seconds for a hung worker to write its stack


@dataclass(frozen=True)
class Process(Engine):
    """Processes of this machine, forked from one that has loaded its libraries; each processes many jobs."""

    kind: ClassVar[str] = "process"
    timeout_s: float = key(3600.0, "seconds after which a job counts as hung and its worker is ended", above=0,
                           identity=False)  # fmt: skip

    def start(self, work: Work) -> Running:
        """Return the engine, ready for jobs."""
        return Processes(work, self.timeout_s)


@dataclass
class Worker:
    """A worker process and its current job."""

    process: Any
    pipe: Connection
    log: Path
    job: Any = None
    deadline: float = 0.0

    def takes(self, job: Any, timeout_s: float) -> bool:
        """Send a job, and return whether the worker was there to take it."""
        self.job, self.deadline = job, time.monotonic() + timeout_s
        with suppress(ConnectionError):  # it has died, which the fork server may not have noticed yet
            if self.process.is_alive():
                self.pipe.send(job)
                return True
        return False


class Processes(Running):
    """Sends jobs to workers by pipes; a lost worker is replaced when the next job starts."""

    def __init__(self, work: Work, timeout_s: float):
        self.work, self.timeout_s, self.queue = work, timeout_s, Queue()
        self.workers: list[Worker] = []
        self.started = 0
        self.polled = time.monotonic()
        self.context: Any = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")  # Windows
        self.context.set_forkserver_preload(["biasvar.engines.worker", *work.modules])

    def submit(self, jobs: Sequence[Any], workers: int) -> None:
        """Queue jobs."""
        self.queue.put(jobs, workers)
        self.polled = time.monotonic()

    def poll(self, seconds: float) -> list[Begun | Ended]:
        """Send out jobs, and wait for a worker that answers, ends, or hangs."""
        self.forgive_pause()
        begun: list[Begun | Ended] = [self.hand_out(job) for job in self.queue.take(self.running)]
        at_work = [one for one in self.workers if one.job is not None]
        # A pipe need not close with its worker: the worker's child processes may hold it open.
        waited = [one.pipe for one in at_work] + [one.process.sentinel for one in at_work]
        ready = set(wait(waited, seconds)) if waited else set()
        ended = [self.answer_of(one) for one in at_work if one.pipe in ready or one.process.sentinel in ready]
        return begun + ended + [self.end_hung(one) for one in self.workers if self.is_hung(one)]

    def hand_out(self, job: Any) -> Begun:
        """Send a job to a free worker, or to a new one."""
        for free in [one for one in self.workers if one.job is None]:
            if free.takes(job, self.timeout_s):
                return Begun(job)
            self.dismiss(free, WorkerLost())  # killed while it was free: this costs no attempt
        self.new_worker().takes(job, self.timeout_s)  # if that one is dead already, its pipe reports it
        return Begun(job)

    def new_worker(self) -> Worker:
        """Start a process."""
        self.work.folder.mkdir(parents=True, exist_ok=True)
        self.started += 1
        log = self.work.folder / f"worker-{os.getpid()}-{self.started}.log"
        log.unlink(missing_ok=True)
        here, there = self.context.Pipe()
        process = self.context.Process(target=serve, args=(there, self.work, str(log)), daemon=True)
        if self.context.get_start_method() == "forkserver":
            resource_tracker.ensure_running()  # starting it later would unblock the signals
        with signals_held_back(), main_hidden():  # also from the process that workers are forked from
            process.start()
        there.close()
        self.workers.append(Worker(process, here, log))
        return self.workers[-1]

    def answer_of(self, worker: Worker) -> Ended:
        """Return how a worker's job ended; the worker is then free, or gone."""
        job = worker.job
        try:
            if not worker.pipe.poll():
                raise EOFError
            error, traceback = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join(LAST_WORDS)
            lost = WorkerLost(how_it_ended(worker.process.exitcode))
            return self.dismiss(worker, lost)
        worker.job = None
        return Ended((job,), error, traceback)

    def dismiss(self, worker: Worker, error: WorkerLost) -> Ended:
        """End a worker that is no longer usable, for the given reason."""
        end(worker)
        self.workers.remove(worker)
        return Ended((worker.job,), error, log_end(worker.log))

    def is_hung(self, worker: Worker) -> bool:
        """Return whether a worker has been at its job for too long."""
        return worker.job is not None and time.monotonic() > worker.deadline

    def end_hung(self, worker: Worker) -> Ended:
        """Let a hung worker write its stack, then end it."""
        with suppress(ProcessLookupError, AttributeError):  # Windows has no SIGUSR1
            os.kill(worker.process.pid, signal.SIGUSR1)
        worker.process.join(LAST_WORDS)
        return self.dismiss(worker, WorkerLost(f"hung: not done after {self.timeout_s:g} seconds (engine.timeout_s)"))

    def forgive_pause(self) -> None:
        """Extend the workers' deadlines by the time for which everything was suspended, as by Ctrl-Z."""
        now = time.monotonic()
        pause = now - self.polled
        self.polled = now
        if pause > LONGEST_PAUSE:
            for worker in self.workers:
                worker.deadline += pause

    def cancel(self) -> None:
        """Clear the queue."""
        self.queue.jobs.clear()

    @property
    def running(self) -> int:
        """How many workers are processing a job."""
        return sum(worker.job is not None for worker in self.workers)

    def close(self) -> None:
        """End every worker, and keep only logs with content."""
        for worker in self.workers:
            end(worker)
        self.workers.clear()
        for log in self.work.folder.glob("worker-*.log"):
            if log.lstat().st_size == 0:
                log.unlink()
        if self.work.folder.is_dir() and not any(self.work.folder.iterdir()):
            self.work.folder.rmdir()


@contextmanager
def main_hidden() -> Iterator[None]:
    """Hide the path of the main module, so that workers, which do not need it, do not run a user's script."""
    main = sys.modules["__main__"]
    known: dict[str, Any] = {name: vars(main)[name] for name in ("__file__", "__spec__") if name in vars(main)}
    vars(main).update(dict.fromkeys(known))
    try:
        yield
    finally:
        vars(main).update(known)


def end(worker: Worker) -> None:
    """Kill a worker, if it is still alive, and close its pipe."""
    worker.process.kill()
    worker.process.join()
    worker.process.close()
    worker.pipe.close()


def how_it_ended(exitcode: int | None) -> str:
    """Return the end of a process in words."""
    if exitcode is None:
        return "closed its pipe"
    if exitcode >= 0:
        return f"ended with exit code {exitcode}"
    name = signal.Signals(-exitcode).name if -exitcode in set(signal.Signals) else "unknown"
    memory = " (out of memory?)" if name == "SIGKILL" else ""
    return f"killed by signal {-exitcode}{memory or f' ({name})'}"
