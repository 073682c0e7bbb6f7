"""One job after the other in this thread: the twin that the other engines are compared with."""

from collections.abc import Callable, Generator, Iterable
from typing import Any


def run_serial(
    jobs: Iterable[Any], work: Callable[[Any], None], workers: int
) -> Generator[tuple[Any, BaseException | None], None, None]:
    """Run jobs in order; ``workers`` is not used."""
    for job in jobs:
        try:
            work(job)
        except Exception as error:
            yield job, error
        else:
            yield job, None
