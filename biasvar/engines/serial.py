"""One job after another in this thread: the reference for the other engines."""

from collections.abc import Sequence
from dataclasses import dataclass
from traceback import format_exception
from typing import Any, ClassVar

from biasvar.engines.engine import Begun, Ended, Engine, Queue, Running, Work


@dataclass(frozen=True)
class Serial(Engine):
    """One job after another, in the driver's own process; `workers` is not used."""

    kind: ClassVar[str] = "serial"
    shares_data: ClassVar[bool] = True

    def start(self, work: Work) -> Running:
        """Return the engine, ready for jobs."""
        return InThisThread(work)


class InThisThread(Running):
    """Runs one job per poll."""

    def __init__(self, work: Work):
        self.work, self.queue = work, Queue()

    def submit(self, jobs: Sequence[Any], workers: int) -> None:
        """Queue jobs."""
        self.queue.put(jobs, 1)

    def poll(self, seconds: float) -> list[Begun | Ended]:
        """Run the next job to its end."""
        return [event for job in self.queue.take(0) for event in (Begun(job), outcome(self.work, job))]

    def cancel(self) -> None:
        """Clear the queue."""
        self.queue.jobs.clear()

    @property
    def running(self) -> int:
        """Return 0: no job runs between two polls."""
        return 0

    def close(self) -> None:
        """Do nothing: there is nothing to end."""


def outcome(work: Work, job: Any) -> Ended:
    """Run a job here and return how it ended."""
    try:
        work.do(job)
    except Exception as error:
        return Ended((job,), error, "".join(format_exception(error)))
    return Ended((job,))
