"""Label noise on training labels: the number of flipped labels is exact up to rounding, and exact on average."""

from fractions import Fraction

import numpy as np

from biasvar import seeds
from biasvar.settings import key

LABEL_NOISE = key(
    0.0,
    "share of distinct training rows whose label is changed to another class, drawn anew for each replicate; part of a "
    "row is one with that probability, so that the mean share is exact; evaluation labels stay clean",
    at_least=0,
    at_most=1,
    neutral=0.0,
)
PART_OF_A_ROW = np.array([2**63], dtype=np.uint64)  # the counter of the draw for rounding, far beyond those of rows


def flip(y_n: np.ndarray, rate: float, classes: int, rows_n: np.ndarray, stream_key: np.uint64) -> np.ndarray:
    """Return labels with ``flips(rate, n, stream_key)`` of them changed, each to a uniformly drawn other class.

    ``rows_n`` identifies each row: its index in the pool, or in a fresh draw. Row i has u_i, uniform on [0, 1), and a
    shift, drawn from the counters 2i and 2i + 1 of the stream, independently of the other rows; the rows with the
    smallest u_i are changed. So nearly all rows that two training sets share have the same label in both: the number of
    changed labels is fixed in each set, which affects the few rows at the margin. Redrawing a label over all K classes
    would change only (K - 1) / K of those drawn.
    """
    counter_n = 2 * rows_n.astype(np.uint64)
    u_n, v_n = (seeds.draw_uniform(stream_key, counter_n + np.uint64(offset)) for offset in (0, 1))
    flipped = np.argsort(u_n, kind="stable")[: flips(rate, len(y_n), stream_key)]
    shift_n = 1 + (v_n * (classes - 1)).astype(y_n.dtype)
    noisy_n = y_n.copy()
    noisy_n[flipped] = (y_n + shift_n)[flipped] % classes
    return noisy_n


def flips(rate: float, n: int, stream_key: np.uint64) -> int:
    """Return how many of n labels are changed: rate n if that is whole, else a neighbouring integer, with mean rate n.

    The product uses the decimal number as written: 0.07 of 100 rows are 7, not 7.000000000000001.
    """
    whole, part = divmod(Fraction(repr(float(rate))) * n, 1)
    (u,) = seeds.draw_uniform(stream_key, PART_OF_A_ROW)
    return int(whole) + int(u < float(part))
