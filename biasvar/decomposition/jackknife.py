"""The delete-one jackknife over replicates, and over the seeds of each crossed source (Quenouille 1956; Efron 1982)."""

from itertools import product
from math import prod

import numpy as np


def deletions(sizes: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return weights [D, M] of the models after each deletion, and the coefficient [D] of each in the estimate.

    With one source the estimate is R theta - (R - 1) mean_r theta_(-r), which removes the part of the bias that falls
    as 1/R. With crossed sources that step is taken for each in turn, so a bias a/I + b/J + c/(IJ) goes as a whole.
    """
    weights, coefficients = [], []
    for left_out in product(*(range(-1, size) for size in sizes)):
        by_source = [weights_without(place, size) for place, size in zip(left_out, sizes, strict=True)]
        weights.append(outer(by_source))
        coefficients.append(
            prod(size if place < 0 else -(size - 1) / size for place, size in zip(left_out, sizes, strict=True))
        )
    return np.array(weights), np.array(coefficients)


def weights_without(place: int, size: int) -> np.ndarray:
    """Return equal weights over all seeds but the one at ``place``; over all where it is negative."""
    weights = np.full(size, 1 / (size - 1) if place >= 0 else 1 / size)
    if place >= 0:
        weights[place] = 0
    return weights


def outer(by_source: list[np.ndarray]) -> np.ndarray:
    """Return the products of the weights of each source, in C order: [M]."""
    product_M = np.ones(1)
    for weights in by_source:
        product_M = np.outer(product_M, weights).ravel()
    return product_M
