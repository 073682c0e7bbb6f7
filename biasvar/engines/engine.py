"""The interface of engines. Knows nothing of studies: a job is anything that can be pickled."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar


def nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Work:
    """How to process a job, and how to check that it is done.

    ``do(job)`` writes a file, ``done(job)`` looks for it: that file alone is the result, whatever an engine reports.
    ``begin()`` prepares each process that the engine starts. All three can be pickled. ``modules`` are imported before
    a process is forked. ``folder`` is for logs and other files of the engine; it is created when needed.
    """

    do: Callable[[Any], None]
    done: Callable[[Any], bool]
    folder: Path
    begin: Callable[[], None] = nothing
    modules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Begun:
    """A job has started."""

    job: Any


@dataclass(frozen=True)
class Ended:
    """Jobs of one process have ended. ``error`` is the exception that ended the first of them that is not done.

    ``traceback`` has the details: a traceback, the stack of a hung process, or the end of a log.
    """

    jobs: tuple[Any, ...]
    error: BaseException | None = None
    traceback: str = ""


class WorkerLost(RuntimeError):
    """A process or node ended before its jobs did: killed, crashed, hung, cancelled."""


class Running(ABC):
    """A running engine. It is called from one thread; only ``poll`` waits."""

    shutdown_timeout: ClassVar[float] = 3.5  # seconds for running jobs to end between a requested stop and ``close``

    @abstractmethod
    def submit(self, jobs: Sequence[Any], workers: int) -> None:
        """Queue jobs, to run in the given order, up to ``workers`` at a time."""

    @abstractmethod
    def poll(self, seconds: float) -> list[Begun | Ended]:
        """Return the events since the last call; wait up to ``seconds`` for one.

        Each submitted job is eventually in one ``Ended``, unless it was cancelled before it ran.
        """

    @abstractmethod
    def cancel(self) -> None:
        """Start no further job; running ones continue, and ``running`` counts them."""

    @property
    @abstractmethod
    def running(self) -> int:
        """How many jobs have started and not ended."""

    @abstractmethod
    def close(self) -> None:
        """End running jobs, as far as possible, and clean up."""


@dataclass(frozen=True)
class Engine(ABC):
    """The settings of an engine, which do not change any number."""

    kind: ClassVar[str]
    local: ClassVar[bool] = True  # whether jobs run on this machine, so that its cores limit the workers
    shares_data: ClassVar[bool] = False  # whether they run in the driver's process, which has read the data already

    def choose(self, holds_gil: bool) -> "Engine":
        """Return the engine to use, if it depends on what is trained."""
        return self

    def require(self) -> None:  # noqa: B027  most engines need nothing
        """Raise if the engine's requirements are not installed; called before anything is written.

        Raises
        ------
        OSError
            With what is missing and how to get it.
        """

    def most_at_once(self) -> int:
        """Return the default number of jobs that run at a time, on an engine that is not local."""
        return 100

    @abstractmethod
    def start(self, work: Work) -> Running:
        """Return the engine, ready for jobs.

        Raises
        ------
        OSError
            If a requirement is missing: a package, a command, a cluster that answers. Says how to get it.
        """


@dataclass
class Queue:
    """Jobs in order, and how many may run at a time, for engines that distribute jobs themselves."""

    jobs: list[Any] = field(default_factory=list)
    workers: int = 1

    def put(self, jobs: Sequence[Any], workers: int) -> None:
        """Append jobs to the queue."""
        self.jobs += jobs
        self.workers = workers

    def take(self, running: int) -> list[Any]:
        """Return the jobs that may start now, given how many are running."""
        free = max(self.workers - running, 0)
        taken, self.jobs = self.jobs[:free], self.jobs[free:]
        return taken
