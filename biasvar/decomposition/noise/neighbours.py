"""Each point's nearest other points."""

from collections.abc import Iterator

import numpy as np

from biasvar import seeds
from biasvar.decomposition.reading.plain_arrays import plain_numbers

DISTANCES_IN_MEMORY = 500_000  # 4 MB of float64, which fit into a processor's cache


def nearest_neighbours(x_ND: np.ndarray, k: int = 1, seed: int = 0) -> np.ndarray:
    """Return the k nearest other points of each point in Euclidean distance, nearest first: places [N, k].

    Equal distances, common among whole-number inputs, are broken in a seeded order of the points. Inputs may have any
    number of axes after the first.

    Raises
    ------
    ValueError
        For fewer than k + 1 points, no inputs, or values that are not finite.
    """
    x_ND = plain_numbers("inputs", x_ND).astype(float).reshape(len(x_ND), -1)
    check_inputs(x_ND, k)
    order = seeds.generator(seed, "estimation", 3).permutation(len(x_ND))
    found_Nk = np.empty((len(x_ND), k), dtype=np.int64)
    for start, squares_bN in squared_distances(x_ND[order]):
        rows = np.arange(len(squares_bN))
        squares_bN[rows, start + rows] = np.inf
        for rank in range(k):
            nearest_b = squares_bN.argmin(axis=1)
            found_Nk[order[start + rows], rank] = order[nearest_b]
            squares_bN[rows, nearest_b] = np.inf
    return found_Nk


def squared_distances(x_ND: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Yield squared distances from a few points at a time to all points: the index of the first one, and [b, N]."""
    lengths_N = np.einsum("nd,nd->n", x_ND, x_ND)
    step = max(DISTANCES_IN_MEMORY // len(x_ND), 1)
    for start in range(0, len(x_ND), step):
        some_bD = x_ND[start : start + step]
        squares_bN = lengths_N[start : start + step, None] + lengths_N
        squares_bN -= 2 * (some_bD @ x_ND.T)
        yield start, squares_bN


def check_inputs(x_ND: np.ndarray, k: int) -> None:
    """Raise for inputs that have no k neighbours."""
    points, inputs = x_ND.shape
    if k < 1 or points < k + 1 or inputs == 0:
        raise ValueError(
            f"inputs have shape {x_ND.shape} and k = {k}; expected k of at least 1 and k + 1 points [N, D]"
        )
    bad = np.argwhere(~np.isfinite(x_ND))
    if len(bad):
        raise ValueError(f"inputs: {len(bad)} values are not finite, the first at {tuple(map(int, bad[0]))}")
