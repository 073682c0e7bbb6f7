"""Label noise on training labels, at an exact flip rate."""

import numpy as np

from biasvar import seeds
from biasvar.settings import key

LABEL_NOISE = key(
    0.0,
    "exact share of distinct training rows whose label is changed to another class, drawn anew for each replicate; "
    "evaluation labels stay clean",
    at_least=0,
    at_most=1,
    neutral=0.0,
)


def flip(y_n: np.ndarray, rate: float, classes: int, rows_n: np.ndarray, stream_key: np.uint64) -> np.ndarray:
    """Return labels of which exactly round(rate n) are changed, each to a uniformly drawn other class.

    ``rows_n`` names each row: its place in the pool, or in a fresh draw. Row i has u_i, uniform on [0, 1), and a shift
    of its own from the counters 2i and 2i + 1 of the stream, whichever rows are beside it; the rows with the smallest
    u_i are changed. So nearly all rows that two training sets share have the same label in both, and a set's exact rate
    is kept. Redrawing a label over all K classes would change only (K - 1) / K of those drawn.
    """
    counter_n = 2 * rows_n.astype(np.uint64)
    u_n, v_n = (seeds.draw_uniform(stream_key, counter_n + np.uint64(offset)) for offset in (0, 1))
    flipped = np.argsort(u_n, kind="stable")[: round(rate * len(y_n))]
    shift_n = 1 + (v_n * (classes - 1)).astype(y_n.dtype)
    noisy_n = y_n.copy()
    noisy_n[flipped] = (y_n + shift_n)[flipped] % classes
    return noisy_n
