"""Threads of this process: for work that holds no interpreter lock, as linear algebra and compiled kernels do."""

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import islice
from typing import Any

from biasvar.engines.serial import run_serial


def run_threads(
    jobs: Iterable[Any], work: Callable[[Any], None], workers: int
) -> Generator[tuple[Any, BaseException | None], None, None]:
    """Run up to ``workers`` jobs at a time; jobs are handed out only when a thread is free, and one needs no thread."""
    jobs = list(jobs)
    if len(jobs) == 1:
        yield from run_serial(jobs, work, workers)
        return
    queue = iter(jobs)
    with ThreadPoolExecutor(workers) as pool:
        running = {pool.submit(work, job): job for job in islice(queue, workers)}
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                job, error = running.pop(future), future.exception()
                running |= {pool.submit(work, following): following for following in islice(queue, 1)}
                yield job, error
