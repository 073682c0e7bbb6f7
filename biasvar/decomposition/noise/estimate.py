"""An estimate with its standard error, of a mean of terms that may share points."""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.special import ndtri


class Estimate(NamedTuple):
    """A number and its standard error, in the same units."""

    value: float
    standard_error: float

    def interval(self, level: float) -> tuple[float, float]:
        """Return the normal interval, value +- z standard errors."""
        half = float(-ndtri((1 - level) / 2)) * self.standard_error
        return self.value - half, self.value + half


def mean_of(terms_T: np.ndarray) -> Estimate:
    """Return the mean of independent terms with its standard error, sd / sqrt(T)."""
    return Estimate(float(np.mean(terms_T)), float(np.std(terms_T, ddof=1)) / len(terms_T) ** 0.5)


def mean_of_sharing(terms_T: np.ndarray, points_TP: np.ndarray, points: int) -> Estimate:
    """Return the mean of terms of which each is made of P points [T, P]; terms that share a point are dependent.

    variance = T^-2 sum over pairs of terms that share a point of (t_i - mean)(t_j - mean), which no dependence between
    other terms adds to (the local dependence of Chen and Shao 2004); where chance makes it smaller than that of
    independent terms, theirs is taken.
    """
    terms, width = points_TP.shape
    rows = np.repeat(np.arange(terms), width)
    made_of_TN = csr_array((np.ones(rows.size), (rows, points_TP.ravel())), shape=(terms, points))
    shares_TT = (made_of_TN @ made_of_TN.T) > 0
    centred_T = terms_T - terms_T.mean()
    alone = mean_of(terms_T)
    dependent = max(float(centred_T @ (shares_TT @ centred_T)), 0.0)
    return Estimate(alone.value, max(alone.standard_error, dependent**0.5 / terms))
