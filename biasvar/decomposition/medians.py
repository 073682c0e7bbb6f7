"""Medians with intervals that assume nothing about the tails: order statistics, and averages of pairs."""

import numpy as np
import scipy


def median_interval(values_R: np.ndarray, level: float) -> tuple[float, float]:
    """Return the interval of the median between two order statistics, NaN where R is too small for the level.

    It runs from the k-th smallest to the k-th largest value, for the largest k with P(Bin(R, 1/2) < k) <= (1 - level) /
    2 (Thompson 1936; David, Nagaraja 2003, "Order statistics", section 7.1).
    """
    n = len(values_R)
    k = int((scipy.special.bdtr(np.arange(n), n, 0.5) <= (1 - level) / 2).sum())
    if k == 0:
        return np.nan, np.nan
    ordered_R = np.sort(values_R)
    return float(ordered_R[k - 1]), float(ordered_R[n - k])


def pair_averages(values_R: np.ndarray) -> np.ndarray:
    """Return the averages of all pairs, including each value with itself: [R (R + 1) / 2], sorted.

    Their median is the Hodges-Lehmann estimate (1963), which equals the median of the values if they are symmetric.
    """
    one, other = np.triu_indices(len(values_R))
    return np.sort(values_R[one] / 2 + values_R[other] / 2)


def signed_ranks(values_DR: np.ndarray) -> np.ndarray:
    """Return the signed ranks of the values of each row (Wilcoxon 1945): [D, R]."""
    order_DR = np.abs(values_DR).argsort(axis=1, kind="stable")
    ranks_DR = order_DR.argsort(axis=1, kind="stable") + 1.0
    return np.where(values_DR < 0, -ranks_DR, ranks_DR)
