"""A distribution of one's own, for biasvar sweep --plugin truth.py data=function: see truths.md."""

import numpy as np


def inputs(generator, n):
    """Return n independent inputs, [n] or [n, D], by this generator alone."""
    return generator.beta(2, 5, n)


def f(x):
    """Return the expectation of y at each input, [n]."""
    return np.sin(6 * x)


def noise_std(x):
    """Return the standard deviation of y at each input, or one number."""
    return 0.1 + 0.2 * x
