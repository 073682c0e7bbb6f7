"""The spread of accuracy over models, with the part taken out that is only the finite set of evaluation points.

With L_n a model's zero-one loss at point n and w_n the share of the point (1/N, or unequal with sum 1), accuracy is
1 - sum_n w_n L_n, and its variance over models is

    variance = of_points + between_points,
    of_points = sum_n w_n^2 var(L_n),  between_points = sum_{n != m} w_n w_m cov(L_n, L_m).

Independent points have the first part only: with R replicates and a share p_n of them right at point n it is
mean_n p_n (1 - p_n) R / ((R - 1) N). Whatever the weights, between_points / (1 - sum_n w_n^2) is the weighted mean
covariance of two different points, and so estimates that of two fresh ones: the variance of the accuracy over the
distribution of points. With equal weights it is between_points N / (N - 1) (Jordan 2023, arXiv 2304.01910). The
estimates are unbiased, and negative half of the time where points are independent.
"""

from math import hypot, nan, sqrt
from typing import NamedTuple

import numpy as np
import scipy

from biasvar.decomposition.components import Sources, sets_of
from biasvar.decomposition.ensemble import Ensemble
from biasvar.decomposition.gaussian import component_interval, error_of_mean
from biasvar.decomposition.gram import gram_of
from biasvar.decomposition.losses.zero_one import losses_of_votes
from biasvar.decomposition.result import Decomposition
from biasvar.decomposition.sampling import sampling_of
from biasvar.decomposition.spread.pairs import kinds_of_pairs, partner_means
from biasvar.decomposition.tiles import joined

Interval = tuple[float, float]


class Spread(NamedTuple):
    """Variances of the accuracy over models that differ in some sources; see the module.

    The interval of ``between_points`` is over models at these points, that of ``over_distribution`` over models and
    points.
    """

    variance: float
    of_points: float
    between_points: float
    between_points_interval: Interval
    over_distribution: float
    over_distribution_interval: Interval


def spread_of_accuracy(parts: Decomposition, level: float = 0.95) -> dict[str, Spread]:
    """Return the spread of accuracy over models that differ in some sources, by kind of pairs; see ``kinds_of_pairs``.

    ``parts`` is a decomposition under zero-one loss. Against a distribution of labels, loss and accuracy are
    expectations over labels.
    """
    kinds = kinds_of_pairs(parts.ensemble.sources)
    risk_M = parts.risk_of_models - parts.risk_of_models.mean()
    across = {name: risk_M - partner_means(risk_M, parts.sizes, apart) for name, apart in kinds.items()}
    variances = joined(parts.ensemble.in_tiles(lambda tile: point_variances(tile, kinds)))
    covariances = joined(parts.ensemble.in_tiles(lambda tile: point_covariances(tile, across)))
    return {
        name: spread_of(
            variance_with_interval(risk_M, parts.ensemble, apart, level),
            variances[name],
            covariances[name],
            parts.ensemble.reference.weights_N,
            level,
        )
        for name, apart in kinds.items()
    }


def point_variances(tile: Ensemble, kinds: dict[str, Sources]) -> dict[str, np.ndarray]:
    """Return the variance of each point's loss over models that differ in some sources: name -> [N]."""
    loss_MN = losses_of_votes(tile)
    loss_MN -= loss_MN.mean(axis=0)
    return {
        name: np.mean(loss_MN * (loss_MN - partner_means(loss_MN, tile.sizes, apart)), axis=0)
        for name, apart in kinds.items()
    }


def point_covariances(tile: Ensemble, across: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the covariance of each point's loss with the mean over all points, name -> [N]; see ``pairs``."""
    loss_MN = losses_of_votes(tile)
    return {name: across_M @ loss_MN / tile.models for name, across_M in across.items()}


def variance_with_interval(
    risk_M: np.ndarray, ensemble: Ensemble, apart: Sources, level: float
) -> tuple[float, Interval]:
    """Return the variance of the mean loss over models that differ in some sources, with its interval.

    It is the sum of all components in which one of these sources takes part. See ``gaussian`` and ``sampling``.
    """
    sizes = ensemble.sizes
    sampling = sampling_of(gram_of(risk_M[:, None, None]), sizes, ensemble.sources)
    wanted = {one: 1.0 for one in sets_of(len(sizes)) if set(one) & set(apart)}
    low, high = component_interval(sampling.moments, wanted, level, sampling.excess_at(level, wanted))
    variance = float(np.mean(risk_M * (risk_M - partner_means(risk_M, sizes, apart))))
    return variance, (low * sampling.unit, high * sampling.unit)


def spread_of(
    over_models: tuple[float, Interval],
    variance_N: np.ndarray,
    covariance_N: np.ndarray,
    weights_N: np.ndarray,
    level: float,
) -> Spread:
    """Return the spread of accuracy from its variance, and each point's variance and covariance with the accuracy.

    What points add to the variance is known much better than the variance, of which it is a mean over many points: the
    interval of the rest is that of the variance, shifted.
    """
    variance, (low, high) = over_models
    share_N = weights_N / weights_N.sum() if weights_N.size else np.full(len(variance_N), 1 / len(variance_N))
    of_points = float(share_N**2 @ variance_N)
    between = variance - of_points
    around = between, (low - of_points, high - of_points)
    distinct = 1 - float(share_N @ share_N)
    if not distinct > 0:  # one point has no other
        return Spread(variance, of_points, *around, nan, (nan, nan))
    fresh, (low, high) = between / distinct, ((low - of_points) / distinct, (high - of_points) / distinct)
    # A mean over pairs of points varies with each point by twice that point's mean over its partners.
    others_N = (covariance_N - share_N * variance_N) / (1 - share_N)
    sampling = 2 * float(scipy.special.ndtri((1 + level) / 2)) * error_of_mean(others_N, weights_N)
    of_both = fresh - hypot(fresh - low, sampling), fresh + hypot(high - fresh, sampling)
    return Spread(variance, of_points, *around, fresh, of_both)


def calibrated_spread(parts: Decomposition) -> float:
    """Return the standard deviation of the accuracy of two classes, calibrated vote shares and independent points.

    At a point where a share q of models votes for a class, and its label is of that class with probability q, the
    expected risk is 2 q (1 - q): twice the variance of the loss. So sd^2 = sum_n w_n^2 risk_n / 2, which with equal
    weights is err / (2 N) (Jordan 2023), on average over sets of points. NaN for more classes than two, and where
    labels are not certain, which makes losses expectations.
    """
    reference = parts.ensemble.reference
    if reference.target_NK.shape[1] != 2 or not np.isin(reference.target_NK, (0, 1)).all():
        return nan
    weighed_N = reference.weighed(reference.weighed(parts.points["risk"]))
    return sqrt(float(weighed_N.mean()) / (2 * len(weighed_N)))
