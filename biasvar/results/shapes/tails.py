"""Where the mean of a risk is unreliable, judging by the settings of a cell and by its replicates."""

import numpy as np
import pandas as pd
import scipy

from biasvar.results.thresholds import RATES

NEAREST = 3
"""For |n - p| up to this, an unregularised risk has no variance: its tail index is (|n - p| + 1) / 2."""
DISTINCT_STD = np.sqrt(np.exp(-1) - 2 * np.exp(-2))
"""Standard deviation of the number of distinct rows of a bootstrap of n, over sqrt(n)."""
LARGEST_SHARE = 1 / 3
"""Share of the sum of squares: with a finite variance, that of one replicate vanishes as replicates increase."""
RAREST = 1e-3
"""The probability of such a share among as many normal replicates."""


def unsettled(rows: pd.DataFrame) -> np.ndarray:
    """Return whether the settings of each row imply that its risk has no variance: [P].

    This concerns least squares without a penalty near its interpolation threshold: E tr (X'X)^-1 = p / (n - p - 1) for
    Gaussian rows and n > p. The number of distinct rows varies among bootstrapped training sets, and some sets are
    nearer to the threshold than the average one. Error rates are bounded, and always have a variance.
    """
    if "degrees_of_freedom" not in rows or "training" not in rows:
        return np.zeros(len(rows), dtype=bool)
    columns = rows["parameters"] / rows["outputs"]
    rank = np.minimum(columns, rows["n_distinct"])
    free = rows["degrees_of_freedom"] > rank - 0.5
    spread = DISTINCT_STD * np.sqrt(rows["n_train"]).where(rows["resampling"] == "bootstrap", 0.0)
    near = (columns - rows["n_distinct"]).abs() <= NEAREST + 3 * spread
    return (near & free & (rows["training"] == "exact") & ~rows["loss"].isin(RATES)).to_numpy(dtype=bool)


def dominated(gap_DR: np.ndarray) -> np.ndarray:
    """Return whether one replicate dominates a difference's sum of squares, so that its tails are heavy: [D].

    It has more than a third of the sum, and more than the largest share in one of 1,000 normal samples of that size
    (Grubbs 1950).
    """
    n = gap_DR.shape[1]
    centred_DR = gap_DR - gap_DR.mean(axis=1, keepdims=True)
    largest_D1 = np.abs(centred_DR).max(axis=1, keepdims=True)
    squares_DR = (centred_DR / np.where(largest_D1 > 0, largest_D1, 1.0)) ** 2
    t = scipy.special.stdtrit(n - 2, 1 - RAREST / (2 * n))
    most = max(LARGEST_SHARE, (n - 1) / n * t**2 / (n - 2 + t**2))
    return squares_DR.max(axis=1) > most * squares_DR.sum(axis=1)
