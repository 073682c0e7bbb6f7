"""What every engine is given and what it answers. Knows nothing of studies: a job is anything that can be pickled."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar


def nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Work:
    """What to do with a job, and how to see that it is done.

    ``do(job)`` leaves a file, ``done(job)`` looks for it: that file alone is the result, whatever an engine believes.
    ``begin()`` prepares a process that the engine starts, once. All three can be pickled. ``modules`` are imported
    before a process is forked. ``folder`` is for logs and whatever else an engine writes; it is made when needed.
    """

    do: Callable[[Any], None]
    done: Callable[[Any], bool]
    folder: Path
    begin: Callable[[], None] = nothing
    modules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Begun:
    """A job runs now."""

    job: Any


@dataclass(frozen=True)
class Ended:
    """Jobs of one process run no more. ``error`` is the exception that ended the first of them that is not done.

    ``traceback`` is what there is to read about it: a traceback, the stack of a hung process, the end of a log.
    """

    jobs: tuple[Any, ...]
    error: BaseException | None = None
    traceback: str = ""


class WorkerLost(RuntimeError):
    """A process or node ended before its jobs did: killed, crashed, hung, cancelled."""


class Running(ABC):
    """An engine at work. One thread calls it; none of its methods but ``poll`` waits."""

    shutdown_timeout: ClassVar[float] = (
        3.5  # seconds that running jobs have to end once a stop is asked for, before ``close``
    )

    @abstractmethod
    def submit(self, jobs: Sequence[Any], workers: int) -> None:
        """Queue jobs, of which up to ``workers`` run at a time, in the order given."""

    @abstractmethod
    def poll(self, seconds: float) -> list[Begun | Ended]:
        """Return what happened since the last call; wait up to ``seconds`` for something.

        Each submitted job is in one ``Ended`` in the end, unless it was cancelled before it ran.
        """

    @abstractmethod
    def cancel(self) -> None:
        """Start no further job; running ones go on, and ``running`` says how many jobs they are."""

    @property
    @abstractmethod
    def running(self) -> int:
        """How many jobs have begun and not ended."""

    @abstractmethod
    def close(self) -> None:
        """End what still runs, as far as that can be done, and leave nothing behind."""


@dataclass(frozen=True)
class Engine(ABC):
    """The settings of an engine, which change no number."""

    kind: ClassVar[str]
    local: ClassVar[bool] = True  # whether jobs run on this machine, whose cores then bound the workers
    shares_data: ClassVar[bool] = False  # whether they run in the driver's process, where the data is read already

    def choose(self, uses_torch: bool) -> "Engine":
        """Return the engine that is meant, where that depends on what is trained."""
        return self

    def require(self) -> None:  # noqa: B027  most engines need nothing
        """Refuse to run where what the engine needs is not installed: asked before anything is written.

        Raises
        ------
        OSError
            With what is missing and how to get it.
        """

    def most_at_once(self) -> int:
        """Return how many jobs run at a time where nobody says, on an engine that is not local."""
        return 100

    @abstractmethod
    def start(self, work: Work) -> Running:
        """Return the engine, ready for jobs.

        Raises
        ------
        OSError
            Where what it needs is not here: a package, a command, a cluster that answers. Says how to get it.
        """


@dataclass
class Queue:
    """Jobs in order, and how many may run at a time: what engines that hand out jobs themselves have in common."""

    jobs: list[Any] = field(default_factory=list)
    workers: int = 1

    def put(self, jobs: Sequence[Any], workers: int) -> None:
        """Queue more jobs behind those that are there."""
        self.jobs += jobs
        self.workers = workers

    def take(self, running: int) -> list[Any]:
        """Return the jobs that may begin now, beside so many that run."""
        free = max(self.workers - running, 0)
        taken, self.jobs = self.jobs[:free], self.jobs[free:]
        return taken
