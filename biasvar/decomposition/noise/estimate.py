"""An estimate with its standard error, for a mean of terms that may share points."""

from math import inf
from typing import NamedTuple

import numpy as np
import scipy

from biasvar.decomposition.gaussian import error_of_mean

MOST_TERMS = 1e12  # beyond it an interval is rounding, and the inverse of the incomplete beta function fails


class Estimate(NamedTuple):
    """A number and its standard error, in the same units.

    ``most`` is the upper bound of a term, if terms lie between 0 and a bound; at least ``independent`` of them are
    independent.
    """

    value: float
    standard_error: float
    most: float = inf
    independent: float = 1.0

    def interval(self, level: float) -> tuple[float, float]:
        """Return the normal interval, value +- z standard errors, or the binomial interval if terms are bounded."""
        tail = (1 - level) / 2
        if self.most == inf:
            half = float(-scipy.special.ndtri(tail)) * self.standard_error
            return self.value - half, self.value + half
        share = min(max(self.value / self.most, 0.0), 1.0)
        low, high = share_interval(share, self.standard_error / self.most, self.independent, tail)
        return self.most * low, self.most * high


def share_interval(share: float, standard_error: float, independent: float, tail: float) -> tuple[float, float]:
    """Return the exact binomial interval of a share, with n = share (1 - share) / standard_error^2 terms.

    Clopper and Pearson 1934 with the effective n of Korn and Graubard 1998, "Confidence intervals for proportions with
    small expected number of positive counts estimated from survey data". Terms without spread have no effective n;
    there n is the number of independent terms, so that no errors among few points do not prove that there are none.
    """
    spread = share * (1 - share)
    n = min(spread / standard_error**2, MOST_TERMS) if spread > 0 and standard_error > 0 else independent
    errors = n * share
    low = float(scipy.special.betaincinv(errors, n - errors + 1, tail)) if share > 0 else 0.0
    high = float(scipy.special.betaincinv(errors + 1, n - errors, 1 - tail)) if share < 1 else 1.0
    return low, high


def mean_of(terms_T: np.ndarray, most: float = inf, weights_T: np.ndarray | None = None) -> Estimate:
    """Return the mean of independent terms with its standard error, sd / sqrt(T); see ``gaussian.error_of_mean``.

    Terms of different weights count like (sum w)^2 / sum w^2 equal ones.
    """
    terms = len(terms_T)
    if weights_T is not None and weights_T.size:
        share_T = weights_T / weights_T.sum()
        error = error_of_mean(terms_T, weights_T)
        return Estimate(float(share_T @ terms_T), error, most, float(1 / np.square(share_T).sum()))
    return Estimate(float(np.mean(terms_T)), float(np.std(terms_T, ddof=1)) / terms**0.5, most, terms)


def mean_of_sharing(terms_T: np.ndarray, points_TP: np.ndarray, points: int, most: float = inf) -> Estimate:
    """Return the mean of terms made of P points each [T, P]; terms that share a point are dependent.

    variance = T^-2 sum over pairs of terms that share a point of (t_i - mean)(t_j - mean). No other dependence between
    terms adds to it (the local dependence of Chen and Shao 2004). If by chance it is smaller than the variance of
    independent terms, that one is used. At most ``points`` / P terms share no point.
    """
    terms, width = points_TP.shape
    rows = np.repeat(np.arange(terms), width)
    made_of_TN = scipy.sparse.csr_array((np.ones(rows.size), (rows, points_TP.ravel())), shape=(terms, points))
    shares_TT = (made_of_TN @ made_of_TN.T) > 0
    centred_T = terms_T - terms_T.mean()
    alone = mean_of(terms_T)
    dependent = max(float(centred_T @ (shares_TT @ centred_T)), 0.0)
    return Estimate(alone.value, max(alone.standard_error, dependent**0.5 / terms), most, points / width)


def largest_noise(loss: str, classes: int) -> float:
    """Return the largest possible noise of a point under a classification loss."""
    return float(np.log(classes)) if loss == "cross_entropy" else 1.0
