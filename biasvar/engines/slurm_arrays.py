"""Follow the tasks of job arrays: results are files, and what the queue says only explains why one does not come."""

import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from biasvar.engines.engine import Begun, Ended, Running, Work, WorkerLost
from biasvar.engines.slurm_commands import ENDED, WAITING, Watch, cancel
from biasvar.engines.slurm_earlier import end_earlier, name_of
from biasvar.engines.slurm_submission import Task, submit
from biasvar.engines.slurm_task import STOP, failure_file, read_failure

LOOK = 0.5  # seconds between two looks for files
SETTLE = 5.0  # seconds in which files of a task that has ended may still turn up, on a network's file system
AFTERWORD = {
    "TIMEOUT": " (engine.minutes is too short for a job?)",
    "OUT_OF_MEMORY": " (engine.memory_gb is too small for a job?)",
    "COMPLETED": " and has not done its job",
}


class Arrays(Running):
    """Submits tasks, each for a few jobs, and looks for the files that they leave.

    What a task needs, and what it says, is in a folder that this run makes for itself and for nobody else: submitit's
    pickles are read from there by the tasks, and none is ever read here. Tasks are known to the queue by a name that is
    their folder's: a driver that was killed leaves tasks that go on, and that the next one can find and cancel.
    """

    shutdown_timeout: ClassVar[float] = 2.0  # closing takes time too

    def __init__(self, work: Work, parameters: dict[str, Any]):
        self.work = work
        self.name = name_of(work.folder)
        self.parameters = parameters | {"job_name": self.name}
        end_earlier(work.folder)
        work.folder.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix="slurm-", dir=work.folder))  # exclusive, and for this user only
        self.watch = Watch(self.name)
        self.tasks: list[Task] = []
        self.submitted, self.workers = 0, 1
        self.looked = float("-inf")
        self.cancelled = self.failed = False

    def submit(self, jobs: Sequence[Any], workers: int) -> None:
        """Submit jobs as tasks of a job array."""
        numbered = list(enumerate(jobs, self.submitted))
        self.submitted += len(numbered)
        self.workers = workers
        self.tasks += submit(self.parameters, self.work, numbered, workers, self.folder)

    def poll(self, seconds: float) -> list[Begun | Ended]:
        """Look for files, and into the queue, until there is something to say."""
        end = time.monotonic() + seconds
        while True:
            events = self.look() if time.monotonic() - self.looked >= LOOK else []
            left = end - time.monotonic()
            if events or left <= 0:
                return events
            time.sleep(min(left, LOOK))

    def look(self) -> list[Begun | Ended]:
        """Return what has happened to all tasks; submit again what those hand back that run out of time."""
        self.watch.look()
        self.looked = time.monotonic()
        files = set(os.listdir(self.folder))  # a listing is fresh where one file's absence may be cached
        events: list[Begun | Ended] = []
        handed_back = []
        for task in self.tasks:
            events += self.news_of(task, files)
            if task.jobs and self.is_gone(task):
                left = [job for _, job in task.jobs]
                if self.watch.states.get(task.name) == "COMPLETED" and task.handed_in:
                    handed_back += left
                else:
                    events += self.loss_of(task, left)
                task.jobs.clear()
        self.tasks = [task for task in self.tasks if task.jobs]
        if handed_back and not self.cancelled:
            self.submit(handed_back, self.workers)
        return events

    def news_of(self, task: Task, files: set[str]) -> list[Begun | Ended]:
        """Return which of a task's jobs have ended, and which it is at."""
        state = self.watch.states.get(task.name)
        events: list[Begun | Ended] = []
        if state not in WAITING:
            while task.jobs and (end := self.end_of(*task.jobs[0], files)):
                events += [*task.begin(), end]
                task.jobs.pop(0)
                task.handed_in += 1
        if state == "RUNNING" and not self.cancelled:
            events += task.begin()
        return events

    def end_of(self, number: int, job: Any, files: set[str]) -> Ended | None:
        """Return how a job ended, if its file is there, or one that says why it is not."""
        if self.work.done(job):
            return Ended((job,))
        if (failure := failure_file(self.folder, number)).name not in files:
            return None
        self.failed = True
        return Ended((job,), *read_failure(failure))

    def is_gone(self, task: Task) -> bool:
        """Say whether a task has ended, long enough ago for its files to be seen."""
        state = self.watch.states.get(task.name)
        if state not in ENDED and (state is not None or self.watch.answered <= task.submitted):
            task.gone_since = None
            return False
        task.gone_since = task.gone_since or time.monotonic()
        return time.monotonic() - task.gone_since > SETTLE

    def loss_of(self, task: Task, left: list[Any]) -> list[Ended]:
        """Return the end of a task that did not do its jobs: those that a cancelled one had not begun are not in it."""
        if self.cancelled:
            left = left[:1] if task.at_work else []
        if not left:
            return []
        self.failed = True
        state = self.watch.states.get(task.name)
        how = f"ended as {state}{AFTERWORD.get(state, '')}" if state else "is in the queue no more"
        return [Ended(tuple(left), WorkerLost(f"SLURM task {task.name} {how}"), task.log_end())]

    def cancel(self) -> None:
        """Cancel the tasks that wait, and tell the others to begin no further job."""
        self.cancelled = True
        with suppress(OSError):  # a cluster that does not answer, or a full disk: close comes next
            (self.folder / STOP).touch()
            cancel(self.name, "--state=PENDING")
            self.watch.look(at_once=True)

    @property
    def running(self) -> int:
        """How many tasks are at a job."""
        running = {name for name, state in self.watch.states.items() if state == "RUNNING"}
        return sum(task.at_work or (task.begun is None and task.name in running) for task in self.tasks)

    def close(self) -> None:
        """Cancel every task; keep logs only where something failed."""
        with suppress(OSError):  # a cluster that does not answer now is told by the next run
            cancel(self.name)
        if self.failed:
            for pickle in self.folder.glob("*.pkl"):
                pickle.unlink(missing_ok=True)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
        if self.work.folder.is_dir() and not any(self.work.folder.iterdir()):
            self.work.folder.rmdir()
