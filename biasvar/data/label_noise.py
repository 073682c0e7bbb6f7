"""Label noise on training labels, at an exact flip rate."""

import numpy as np

from biasvar.settings import key

LABEL_NOISE = key(
    0.0,
    "exact share of distinct training rows whose label is changed to another class, drawn anew for each replicate; "
    "evaluation labels stay clean",
    at_least=0,
    at_most=1,
)


def flip(y_n: np.ndarray, rate: float, classes: int, generator: np.random.Generator) -> np.ndarray:
    """Return labels of which exactly round(rate n) are changed, each to a uniformly drawn other class.

    Redrawing a label over all K classes would change only (K - 1) / K of those drawn.
    """
    flipped = generator.permutation(len(y_n))[: round(rate * len(y_n))]
    shift_n = generator.integers(1, classes, len(y_n))
    noisy_n = y_n.copy()
    noisy_n[flipped] = (y_n + shift_n)[flipped] % classes
    return noisy_n
