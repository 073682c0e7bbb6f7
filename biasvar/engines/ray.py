"""Ray tasks: on a Ray started on this machine, or on a cluster whose nodes see the study's folder."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from biasvar.engines.engine import Begun, Ended, Engine, Queue, Running, Work, WorkerLost
from biasvar.engines.ray_session import join, leave, plain
from biasvar.engines.serial import outcome
from biasvar.engines.worker import answer
from biasvar.settings import key

PATIENCE = 10.0  # seconds after which a file that another node wrote must be visible here
LOOK = 0.1  # seconds between two checks for it
UNSEEN = "its file is not seen here, though it ended well: do all nodes share the study's folder?"
LOST = {
    "WorkerCrashedError": "killed, or crashed (out of memory?)",
    "OutOfMemoryError": "killed by Ray, as its node had no memory left",
    "NodeDiedError": "its node was lost",
    "LocalRayletDiedError": "its node was lost",
    "TaskCancelledError": "cancelled",
}


@dataclass(frozen=True)
class Ray(Engine):
    """Tasks of a Ray, on this machine or on a cluster, where biasvar is installed and the study's folder is shared."""

    kind: ClassVar[str] = "ray"
    address: str | None = key(
        None,
        "the Ray to use: null starts one on this machine, auto is the one that this machine is a node of, "
        "or host:port of a head",
        identity=False,
    )
    cpus: int = key(1, "cores that a job reserves", at_least=1, identity=False)
    gpus: float = key(0.0, "GPUs that a job reserves: a fraction of one, or whole ones", at_least=0, identity=False)

    @property
    def local(self) -> bool:  # type: ignore[override]  # for this engine it depends on its keys
        """Whether jobs run on this machine."""
        return self.address is None

    def most_at_once(self) -> int:
        """Return how many jobs the current nodes can run at a time."""
        folder = join(self.address)
        try:
            return max(1, sum(self.room(node) for node in nodes()))
        finally:
            leave(folder)

    def require(self) -> None:
        """Raise if Ray is not installed."""
        if find_spec("ray") is None:
            raise OSError("engine=ray needs ray: pip install 'biasvar[ray]'")

    def start(self, work: Work) -> Running:
        """Return the engine, ready for jobs.

        Raises
        ------
        OSError
            If Ray is not installed, does not answer, or has no room for a job on this machine.
        """
        if self.gpus > 1 and not self.gpus.is_integer():
            raise OSError(f"engine.gpus = {self.gpus:g} is not allowed: needs a fraction of one, or a whole number")
        folder = join(self.address)
        if self.local and not any(self.room(node) for node in nodes()):
            leave(folder)
            raise OSError(
                f"engine=ray: this machine has no room for a job of engine.cpus = {self.cpus} and "
                f"engine.gpus = {self.gpus:g}"
            )
        return Tasks(work, self, folder)

    def room(self, node: dict[str, float]) -> int:
        """Return how many jobs fit a node at a time."""
        wanted = {"CPU": self.cpus, "GPU": self.gpus}
        return int(min(node.get(name, 0) // many for name, many in wanted.items() if many))


def nodes() -> list[dict[str, float]]:
    """Return the resources of each living node: cores as ``CPU``, GPUs as ``GPU``."""
    import ray

    return [node["Resources"] for node in ray.nodes() if node["Alive"]]


@dataclass
class Task:
    """A submitted job, and whether it has started."""

    job: Any
    begun: bool = False


class Tasks(Running):
    """Each job is a task that reports its start and its end; Ray itself retries none."""

    shutdown_timeout: ClassVar[float] = 1.5  # closing takes time too

    def __init__(self, work: Work, settings: Ray, folder: Path | None):
        import ray

        self.work, self.folder, self.queue = work, folder, Queue()
        self.remote = ray.remote(do_job).options(
            num_returns="streaming", max_retries=0, num_cpus=settings.cpus, num_gpus=settings.gpus
        )
        self.tasks: dict[Any, Task] = {}  # by the stream of the task's reports
        self.awaited: list[tuple[Any, float]] = []  # jobs whose file is not visible yet, with their deadlines
        self.heard: list[Begun | Ended] = []

    def submit(self, jobs: Sequence[Any], workers: int) -> None:
        """Queue jobs."""
        self.queue.put(jobs, workers)

    def poll(self, seconds: float) -> list[Begun | Ended]:
        """Send out jobs, wait for a report of a task, and send out again."""
        self.hand_out()
        self.listen(LOOK if self.awaited and seconds > LOOK else seconds)
        self.look()
        self.hand_out()
        heard, self.heard = self.heard, []
        return heard

    def hand_out(self) -> None:
        """Submit as many jobs to Ray as may run."""
        for job in self.queue.take(len(self.tasks) + len(self.awaited)):
            self.tasks[self.remote.remote(self.work, job)] = Task(job)

    def listen(self, seconds: float) -> None:
        """Wait for a report, and process all that have arrived."""
        import ray

        if not self.tasks:
            time.sleep(seconds if self.awaited else 0)
        elif ray.wait(list(self.tasks), timeout=seconds)[0]:
            for stream in ray.wait(list(self.tasks), num_returns=len(self.tasks), timeout=0)[0]:
                self.hear(stream)

    def hear(self, stream: Any) -> None:
        """Process a report: a task has started, or has ended."""
        import ray

        task = self.tasks[stream]
        try:
            details = ray.get(next(stream))
        except ray.exceptions.RayTaskError as error:
            details = error.cause, plain(str(error))
        except (ray.exceptions.RayError, StopIteration) as error:
            details = self.lost(type(error).__name__, plain(str(error)))
        if not task.begun:
            task.begun = True
            self.heard.append(Begun(task.job))
        if details is not None:
            del self.tasks[stream]
            self.end(task.job, *details)

    def lost(self, name: str, text: str) -> tuple[Exception, str]:
        """Return the error of a task that did not end by itself; if a local Ray has ended, no job can run any more."""
        if name == "LocalRayletDiedError" and self.folder is not None:
            return OSError(f"engine=ray: the Ray on this machine has ended: {text}"), text
        return WorkerLost(LOST.get(name, text.partition("\n")[0])), text

    def end(self, job: Any, error: BaseException | None, traceback: str) -> None:
        """Trust the file, otherwise the error; without either, wait for the file."""
        if self.work.done(job):
            self.heard.append(Ended((job,)))
        elif error is not None:
            self.heard.append(Ended((job,), error, traceback))
        else:
            self.awaited.append((job, time.monotonic() + PATIENCE))

    def look(self) -> None:
        """Check for the awaited files."""
        awaited, self.awaited = self.awaited, []
        for job, until in awaited:
            if self.work.done(job) or time.monotonic() > until:
                self.end(job, RuntimeError(UNSEEN), "")
            else:
                self.awaited.append((job, until))

    def cancel(self) -> None:
        """Clear the queue, and cancel the tasks that have not started."""
        import ray

        self.queue.jobs.clear()
        self.listen(0)
        for stream in [stream for stream, task in self.tasks.items() if not task.begun]:
            ray.cancel(stream)
            del self.tasks[stream]

    @property
    def running(self) -> int:
        """How many tasks have started and not ended."""
        return sum(task.begun for task in self.tasks.values()) + len(self.awaited)

    def close(self) -> None:
        """End every task, and disconnect from Ray."""
        import ray

        for stream in self.tasks:
            ray.cancel(stream, force=True)
        self.tasks.clear()
        leave(self.folder)


prepared = False  # whether ``begin`` has run in this process


def do_job(work: Work, job: Any) -> Iterator[tuple[BaseException | None, str] | None]:
    """Report the start of a job, do it, and report its end: its error, or None, and its traceback."""
    global prepared
    yield None
    if not prepared:
        work.begin()
        prepared = True
    yield answer(outcome(work, job))
