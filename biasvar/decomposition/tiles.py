"""Points in tiles: how many are processed at once, and on how many threads.

Every estimate concerns a single point, or is a mean over points, so memory and time grow with points, while at most one
tile of all members is in use. Tiles are combined in order: no bit depends on the number of threads.
"""

import os
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from math import ceil
from typing import TypeVar

import numpy as np
from threadpoolctl import ThreadpoolController

TILE_BYTES = 2**21  # of a tile's outputs in float64: a few such arrays fit into a processor's shared cache
FEWEST_POINTS = 64  # of a tile, whatever the number of members: shorter rows cost more than they save
LARGE_BYTES = 2**25 - 2**16

Found = TypeVar("Found")
Name = TypeVar("Name", bound=Hashable)


def tiles_of(points: int, numbers_a_point: int) -> list[slice]:
    """Return the slices of points that are processed one after another, nearly equal in size."""
    largest = max(TILE_BYTES // (8 * numbers_a_point), FEWEST_POINTS)
    edges = np.linspace(0, points, ceil(points / largest) + 1).astype(int).tolist()
    return [slice(start, stop) for start, stop in pairwise(edges)]


def in_order(work: Callable[[slice], Found], tiles: list[slice]) -> Iterator[Found]:
    """Yield ``work`` of each tile in order, computed on as many threads as there are cores.

    Each thread has one core for linear algebra: nested threads would wait for each other.
    """
    keep_blocks()
    workers = min(cores(), len(tiles))
    with linear_algebra().limit(limits=1, user_api="blas"):
        if workers == 1:
            yield from map(work, tiles)
            return
        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(work, tiles)


@cache
def keep_blocks() -> None:
    """Make the C library keep the memory blocks that tiles allocate and free.

    It returns blocks to the system one by one, which costs more than the arithmetic on them, until it has seen a larger
    one freed; this one is never touched.
    """
    np.empty(LARGE_BYTES, dtype=np.uint8)


@cache
def linear_algebra() -> ThreadpoolController:
    """Return the controller of linear algebra's number of threads."""
    return ThreadpoolController()


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def joined(found: Iterable[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Return terms per point of all points, name -> [N], from those of each tile."""
    tiles = list(found)
    return {name: np.concatenate([tile[name] for tile in tiles]) for name in tiles[0]}


def mean_of(found: Iterable[tuple[float, Mapping[Name, np.ndarray]]]) -> dict[Name, np.ndarray]:
    """Return means over all points from (share of the points, means over them) of each tile."""
    totals: dict[Name, np.ndarray] = {}
    for share, means in found:
        totals = {name: totals.get(name, 0.0) + share * mean for name, mean in means.items()}
    return totals
