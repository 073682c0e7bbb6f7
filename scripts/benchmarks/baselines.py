"""Where the baselines run: in one process, or in as many as there are cores.

A baseline is a function ``chunk(*arguments, numbers)`` that trains the models with these numbers one after the other,
and returns how many units of work that was.
"""

from collections.abc import Callable
from multiprocessing import get_context

from benchmarks.contenders import Work
from benchmarks.product import CORES

PATIENCE = 120  # seconds in which a process must have come up


def in_one_process(chunk: Callable, arguments: tuple, models: int) -> Work:
    """Return the work of training all models here, after one for warming up."""
    chunk(*arguments, [0])
    return lambda: chunk(*arguments, range(models))


def in_a_process_a_core(chunk: Callable, arguments: tuple, models: int) -> Work:
    """Return the work of training all models in processes that have each trained one for warming up."""
    context = get_context("spawn")
    ready = context.Barrier(CORES + 1)
    pool = context.Pool(CORES, warm_up, (ready, chunk, arguments))
    ready.wait(PATIENCE)
    parts = [(*arguments, range(first, models, CORES)) for first in range(CORES)]
    return lambda: sum(pool.starmap(chunk, parts, chunksize=1))


def warm_up(ready, chunk: Callable, arguments: tuple) -> None:
    """Train one model, and wait until all processes have."""
    chunk(*arguments, [0])
    ready.wait(PATIENCE)
