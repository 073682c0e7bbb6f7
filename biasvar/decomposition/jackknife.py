"""The delete-one jackknife over replicates, and over the seeds of each crossed source (Quenouille 1956; Efron 1982).

With one source the estimate is R theta - (R - 1) mean_r theta_(-r), which removes the part of the bias that falls as
1/R. With crossed sources that step is applied for each in turn, which removes a bias a/I + b/J + c/(IJ) entirely.
"""

from functools import reduce

import numpy as np


def deleted_means(values: np.ndarray, sizes: tuple[int, ...]) -> np.ndarray:
    """Return the means of values [M, ...] over all models and after each deletion: [D, ...], D = prod_s (n_s + 1).

    D runs over the sources in C order; each contributes no deletion, then the deletion of each of its seeds. The mean
    without a value follows from the full mean: (n mean - value) / (n - 1).
    """
    grid = values.reshape(*sizes, *values.shape[1:])
    for place, size in enumerate(sizes):
        axis = (slice(None),) * place
        means = np.empty((*grid.shape[:place], size + 1, *grid.shape[place + 1 :]))
        mean = grid.mean(axis=place, keepdims=True, out=means[(*axis, slice(0, 1))])
        without = np.multiply(grid, -1 / (size - 1), out=means[(*axis, slice(1, None))])
        without += mean * (size / (size - 1))
        grid = means
    return grid.reshape(-1, *values.shape[1:])


def coefficients(sizes: tuple[int, ...]) -> np.ndarray:
    """Return the coefficient of each of ``deleted_means`` in the jackknife estimate, [D]."""
    by_source = [np.array([size, *[-(size - 1) / size] * size]) for size in sizes]
    return reduce(np.multiply.outer, by_source).ravel()
