"""Intervals and standard errors of squared-error terms, for nearly Gaussian random effects; see ``moments``."""

from collections.abc import Mapping
from math import sqrt

import numpy as np
import scipy

from biasvar.decomposition import components as parts
from biasvar.decomposition.gram import power_of_two
from biasvar.decomposition.moments import Moments

Interval = tuple[float, float]
FARTHEST = 6.0  # standard deviations
LARGE = 1000.0  # directions or noncentrality beyond which a noncentral chi-square is practically normal


def component_interval(
    moments: Moments, weights: Mapping[parts.Sources, float], level: float, excess: float = 0.0
) -> Interval:
    """Return the interval of a weighted sum of variance components: the modified large-sample one (Ting et al. 1990).

    The sum is linear in independent mean squares with coefficients of both signs. Its bounds are exact if there is only
    one mean square, and have the right limits where one is negligible. ``excess`` is added to the variance of the sum.
    """
    alpha = (1 - level) / 2
    terms = parts.coefficients(weights, moments.sizes)
    plus = [(c, moments.mean_squares[s]) for s, c in terms.items() if c > 0]
    minus = [(-c, moments.mean_squares[s]) for s, c in terms.items() if c < 0]
    estimate = sum(c * m.value for c, m in plus) - sum(c * m.value for c, m in minus)
    below = above = 0.0
    for c, m in plus:
        below += (shrink(m.freedom, alpha) * c * m.value) ** 2
        above += (grow(m.freedom, alpha) * c * m.value) ** 2
    for c, m in minus:
        below += (grow(m.freedom, alpha) * c * m.value) ** 2
        above += (shrink(m.freedom, alpha) * c * m.value) ** 2
    for c, m in plus:
        for d, other in minus:
            weight = c * m.value * d * other.value
            below += lower_cross(m.freedom, other.freedom, alpha) * weight
            above += upper_cross(m.freedom, other.freedom, alpha) * weight
    more = float(scipy.special.ndtri(alpha)) ** 2 * excess
    return estimate - sqrt(max(below, 0.0) + more), estimate + sqrt(max(above, 0.0) + more)


def shrink(freedom: float, alpha: float) -> float:
    """Return 1 - nu / chi2_upper: the relative distance of a mean square's lower bound below it."""
    return float(1 - freedom / scipy.special.chdtri(freedom, alpha))


def grow(freedom: float, alpha: float) -> float:
    """Return nu / chi2_lower - 1: the relative distance of a mean square's upper bound above it."""
    return float(freedom / scipy.special.chdtri(freedom, 1 - alpha) - 1)


def lower_cross(plus: float, minus: float, alpha: float) -> float:
    """Return the coefficient that makes the lower bound exact where both mean squares are equal in expectation."""
    f = float(scipy.special.fdtri(plus, minus, 1 - alpha))
    return ((f - 1) ** 2 - shrink(plus, alpha) ** 2 * f**2 - grow(minus, alpha) ** 2) / f


def upper_cross(plus: float, minus: float, alpha: float) -> float:
    """Return the coefficient of the upper bound; see ``lower_cross``."""
    f = float(scipy.special.fdtri(plus, minus, alpha))
    return ((1 - f) ** 2 - grow(plus, alpha) ** 2 * f**2 - shrink(minus, alpha) ** 2) / f


def term_variance(moments: Moments, weights: Mapping[parts.Sources, float]) -> float:
    """Return the variance of a weighted sum of components, and of bias squared under (): sum_S c_S^2 2 MS_S^2 / nu_S.

    The square of the mean, which bias squared has too, is independent of the mean squares.
    """
    terms = parts.coefficients(weights, moments.sizes)
    of_mean = weights[()] ** 2 * moments.variance_of_squared_mean if () in weights else 0.0
    return of_mean + sum(c**2 * moments.mean_squares[s].variance for s, c in terms.items())


def bias_interval(moments: Moments, level: float) -> Interval:
    """Return the interval of bias squared, treating |m|^2 as a multiple of a noncentral chi-square.

    Part of the bias may be orthogonal to the directions in which m varies; few replicates say little about how much.
    The lower bound assumes the estimated share. The upper bound is the larger of that one and of the bound that takes
    the orthogonal part as found: |m|^2 minus m' Sigma m / c, which sampling does not change. The tails are a little
    smaller than (1 - level) / 2, by the ratio of Student's quantile to the normal one, since c is estimated: for one
    direction this is Student's interval of the mean, squared. The estimate may be negative although bias squared
    cannot: the lower bound is then the estimate.
    """
    spread, estimate = moments.spread, moments.squared_mean - moments.of_mean
    if spread <= 0:
        return estimate, estimate
    scale, share = scale_and_share(moments, spread, max(estimate, 0.0))
    z = -float(scipy.special.stdtrit(moments.freedom_of_squared_mean, (1 - level) / 2))
    low, high = noncentral_interval(moments, moments.squared_mean, scale, share, z)
    if share < 1:
        along = min(moments.found_along / scale, moments.squared_mean)
        high = max(high, moments.squared_mean - along + noncentral_interval(moments, along, scale, 1.0, z)[1])
    return min(low, estimate), max(high, estimate)


def noncentral_interval(moments: Moments, square: float, scale: float, share: float, z: float) -> Interval:
    """Return the two theta that put a square in either tail of Phi(-z).

    A share of theta lies along the directions in which the square varies: square - (1 - share) theta is treated as c
    times a noncentral chi-square with h degrees of freedom and noncentrality share theta / c, where c is the scale.
    """
    spread = moments.spread
    at_zero = 2 * moments.around + moments.variance_of_spread
    score = score_interval(square - moments.of_mean, scale * share, at_zero, z)
    directions, found = spread / scale, square / scale
    if directions + found > LARGE:
        return score
    # For large z the tails underflow; there the wider of both intervals is taken.
    tail = float(scipy.special.ndtr(-min(z, FARTHEST)))
    low, high = (scale * noncentrality(found, directions, share, p) for p in (1 - tail, tail))
    return (min(low, score[0]), max(high, score[1])) if z > FARTHEST else (low, high)


def scale_and_share(moments: Moments, spread: float, estimate: float) -> tuple[float, float]:
    """Return c, and the share of bias squared along the directions in which the grand mean varies.

    Without bias the first two moments of |m|^2 give c = tr Sigma^2 / tr Sigma. If beta' Sigma beta is less than c
    |beta|^2, part of the bias is orthogonal to those directions; the share along them is estimated with few degrees of
    freedom, and is doubled to be on the safe side. If it is more, c is raised until both moments fit.
    """
    scale = moments.around / spread
    if moments.along < scale * estimate:
        return scale, min(2 * moments.along / (scale * estimate), 1.0)
    return moments.variance_of_squared_mean / (2 * spread + 4 * estimate), 1.0


def noncentrality(found: float, directions: float, share: float, probability: float) -> float:
    """Return the theta with P(chi'^2_h(share theta) <= found - (1 - share) theta) = probability, 0 if there is none."""
    if scipy.special.chndtr(found, directions, 0.0) <= probability:
        return 0.0
    if share == 1:
        return float(scipy.special.chndtrinc(found, directions, probability))

    def excess(theta: float) -> float:
        return (
            float(scipy.special.chndtr(max(found - (1 - share) * theta, 0.0), directions, share * theta)) - probability
        )

    most = found / (1 - share)  # rounding may push it slightly above what was found
    return float(scipy.optimize.brentq(excess, 0.0, most, xtol=1e-9 * found)) if excess(most) < 0 else most


def score_interval(estimate: float, scale: float, at_zero: float, z: float) -> Interval:
    """Return all theta with (estimate - theta)^2 <= z^2 (4 scale theta + at_zero), the variance that theta implies."""
    centre = estimate + 2 * scale * z**2
    half = z * sqrt(max(4 * scale * estimate + 4 * scale**2 * z**2 + at_zero, 0.0))
    return centre - half, centre + half


def error_of_mean(term_N: np.ndarray, weights_N: np.ndarray | None = None) -> float:
    """Return the standard error of a mean over points, in the units of the values.

    Weighted points are a sample whose weights say how much of the population each stands for, not how often it was
    seen: se^2 = n / (n - 1) sum_i w_i^2 (t_i - mean)^2 / (sum_i w_i)^2 over n points of positive weight (Hajek 1971, by
    linearisation). Weights that differ make it larger, and none makes the sample larger than n.
    """
    if weights_N is not None and weights_N.size:
        term_N, weights_N = term_N[weights_N > 0], weights_N[weights_N > 0]
    if len(term_N) < 2:
        raise ValueError("one point says nothing about others: over='replicates_and_points' needs at least 2")
    unit, n = power_of_two(float(np.max(np.abs(term_N)))), len(term_N)
    if weights_N is None or not weights_N.size:
        return float(np.std(term_N / unit, ddof=1)) / sqrt(n) * unit
    share_N = weights_N / weights_N.sum()
    apart_N = term_N / unit - share_N @ (term_N / unit)
    return sqrt(n / (n - 1)) * float(np.linalg.norm(share_N * apart_N)) * unit
