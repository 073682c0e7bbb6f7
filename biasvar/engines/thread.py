"""Threads of this process: for work that releases the GIL, such as linear algebra and compiled kernels."""

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, ClassVar

from biasvar.engines.engine import Begun, Ended, Engine, Queue, Running, Work
from biasvar.engines.serial import outcome


@dataclass(frozen=True)
class Thread(Engine):
    """Threads of the driver's process: no start-up, and data is read once; they cannot be ended from outside."""

    kind: ClassVar[str] = "thread"
    shares_data: ClassVar[bool] = True

    def start(self, work: Work) -> Running:
        """Return the engine, ready for jobs."""
        return Threads(work)


class Threads(Running):
    """Starts a job only when a thread is free."""

    def __init__(self, work: Work):
        self.work, self.queue = work, Queue()
        self.pool: ThreadPoolExecutor | None = None
        self.futures: dict[Future, Any] = {}

    def submit(self, jobs: Sequence[Any], workers: int) -> None:
        """Queue jobs."""
        self.queue.put(jobs, workers)
        self.pool = self.pool or ThreadPoolExecutor(workers)

    def poll(self, seconds: float) -> list[Begun | Ended]:
        """Fill the free threads, wait for one to end, and fill it again: its end is handled while others run."""
        events = self.fill()
        done, _ = wait(self.futures, seconds, FIRST_COMPLETED)
        for future in done:
            del self.futures[future]
        return events + self.fill() + [future.result() for future in done]

    def fill(self) -> list[Begun | Ended]:
        """Start as many jobs as there are free threads."""
        taken = self.queue.take(len(self.futures))
        assert self.pool is not None or not taken
        self.futures |= {self.pool.submit(outcome, self.work, job): job for job in taken}  # type: ignore[union-attr]
        return [Begun(job) for job in taken]

    def cancel(self) -> None:
        """Clear the queue."""
        self.queue.jobs.clear()

    @property
    def running(self) -> int:
        """How many threads are busy."""
        return len(self.futures)

    def close(self) -> None:
        """Clear the queue; running threads end with their job, or with the process."""
        self.cancel()
        if self.pool is not None:
            self.pool.shutdown(wait=False)
