"""Follow the tasks of job arrays: results are files, and the queue only explains why one is missing."""

import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from biasvar.engines.engine import Begun, Ended, Running, Work, WorkerLost
from biasvar.engines.log_end import log_end
from biasvar.engines.slurm_commands import ENDED, WAITING, Watch, cancel
from biasvar.engines.slurm_earlier import end_earlier, name_of
from biasvar.engines.slurm_submission import Task, submit
from biasvar.engines.slurm_task import STOP, failure_file, read_failure

LOOK = 0.5  # seconds between two checks for files
SETTLE = 5.0  # seconds in which files of an ended task may still appear, on a network file system
AFTERWORD = {
    "TIMEOUT": " (engine.minutes is too short for a job?)",
    "OUT_OF_MEMORY": " (engine.memory_gb is too small for a job?)",
    "COMPLETED": " and has not done its job",
}


class Arrays(Running):
    """Submits tasks, each for a few jobs, and checks for their files.

    The input and the reports of tasks are in a folder that belongs to this run alone: tasks read submitit's pickles
    from there, and none is ever read here. Tasks are in the queue under a name derived from their folder, so that after
    a killed driver the next one can find and cancel tasks that still run.
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
        """Check files and the queue until there is an event."""
        end = time.monotonic() + seconds
        while True:
            events = self.look() if time.monotonic() - self.looked >= LOOK else []
            left = end - time.monotonic()
            if events or left <= 0:
                return events
            time.sleep(min(left, LOOK))

    def look(self) -> list[Begun | Ended]:
        """Return the events of all tasks; resubmit the jobs of tasks that ran out of time."""
        self.watch.look()
        self.looked = time.monotonic()
        files = set(os.listdir(self.folder))  # a listing is fresh, while a single file's absence may be cached
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
        """Return which of a task's jobs have ended, and which one it is doing."""
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
        """Return how a job ended: its file exists, or a file with its error."""
        if self.work.done(job):
            return Ended((job,))
        if (failure := failure_file(self.folder, number)).name not in files:
            return None
        self.failed = True
        return Ended((job,), *read_failure(failure))

    def is_gone(self, task: Task) -> bool:
        """Return whether a task ended long enough ago for its files to be visible."""
        state = self.watch.states.get(task.name)
        if state not in ENDED and (state is not None or self.watch.answered <= task.submitted):
            task.gone_since = None
            return False
        task.gone_since = task.gone_since or time.monotonic()
        return time.monotonic() - task.gone_since > SETTLE

    def loss_of(self, task: Task, left: list[Any]) -> list[Ended]:
        """Return the end of a task that did not do its jobs, without those that a cancelled task had not started."""
        if self.cancelled:
            left = left[:1] if task.at_work else []
        if not left:
            return []
        self.failed = True
        state = self.watch.states.get(task.name)
        how = f"ended as {state}{AFTERWORD.get(state, '')}" if state else "is no longer in the queue"
        return [Ended(tuple(left), WorkerLost(f"SLURM task {task.name} {how}"), log_end(task.log))]

    def cancel(self) -> None:
        """Cancel waiting tasks, and tell the others to start no further job."""
        self.cancelled = True
        with suppress(OSError):  # a cluster that does not answer, or a full disk: close comes next
            (self.folder / STOP).touch()
            cancel(self.name, "--state=PENDING")
            self.watch.look(at_once=True)

    @property
    def running(self) -> int:
        """How many tasks are processing a job."""
        running = {name for name, state in self.watch.states.items() if state == "RUNNING"}
        return sum(task.at_work or (task.begun is None and task.name in running) for task in self.tasks)

    def close(self) -> None:
        """Cancel every task; keep logs only if something failed."""
        with suppress(OSError):  # if the cluster does not answer now, the next run cancels them
            cancel(self.name)
        if self.failed:
            for pickle in self.folder.glob("*.pkl"):
                pickle.unlink(missing_ok=True)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
        if self.work.folder.is_dir() and not any(self.work.folder.iterdir()):
            self.work.folder.rmdir()
