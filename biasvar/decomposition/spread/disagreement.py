"""How often two models choose differently, and how far they err at the same points."""

from math import nan
from typing import NamedTuple

import numpy as np

from biasvar.decomposition.components import Sources
from biasvar.decomposition.ensemble import Ensemble
from biasvar.decomposition.losses.zero_one import losses_of_votes
from biasvar.decomposition.result import Decomposition
from biasvar.decomposition.spread.pairs import jackknife_interval, kinds_of_pairs, partner_means

Interval = tuple[float, float]


class Disagreement(NamedTuple):
    """Means over all pairs of models that differ in some sources, with intervals over models at these points.

    ``disagreement`` is the share of points at which the two choose different classes; over pairs that share nothing it
    is twice ``kw_variance``. ``correlation`` is that of their zero-one losses over points: their mean covariance over
    pairs, over the mean variance of one model's. It is NaN if no model's loss varies from point to point.
    """

    disagreement: float
    disagreement_interval: Interval
    correlation: float
    correlation_interval: Interval


def disagreement_of_pairs(parts: Decomposition, level: float = 0.95) -> dict[str, Disagreement]:
    """Return disagreement and correlation by kind of pairs, from a decomposition under zero-one loss."""
    ensemble = parts.ensemble
    kinds, risk_M1 = kinds_of_pairs(ensemble.sources), parts.risk_of_models[:, None]
    means = ensemble.mean(lambda tile: means_over_partners(tile, kinds, risk_M1))
    variance_M, one_M = means["variance"], np.ones(ensemble.models)
    found = {}
    for name, apart in kinds.items():
        apart_M, covariance_M = means[f"disagreement {name}"], means[f"covariance {name}"]
        design = (ensemble.sizes, ensemble.sources, apart, level)
        correlation, interval = nan, (nan, nan)
        if variance_M.any():
            correlation = float(covariance_M.mean() / variance_M.mean())
            interval = within(jackknife_interval((covariance_M, variance_M), *design), -1.0)
        of_share = within(jackknife_interval((apart_M, one_M), *design), 0.0)
        found[name] = Disagreement(float(apart_M.mean()), of_share, correlation, interval)
    return found


def within(interval: Interval, least: float) -> Interval:
    """Return an interval without what no share or correlation can be: below ``least``, or above 1."""
    low, high = interval
    return max(low, least), min(high, 1.0)


def means_over_partners(tile: Ensemble, kinds: dict[str, Sources], risk_M1: np.ndarray) -> dict[str, np.ndarray]:
    """Return each model's mean over its partners and the points of a tile, [M]: name -> disagreement, covariance.

    ``risk_M1`` is each model's mean loss over all points; ``variance`` is that of its own losses.
    """
    average = tile.reference.average
    apart_MN = losses_of_votes(tile) - risk_M1
    votes_KMN = np.arange(tile.reference.target_NK.shape[1])[:, None, None] == tile.votes_MN
    found = {"variance": average(apart_MN**2)}
    for name, apart in kinds.items():
        agreement_MN = sum(
            votes_MN * partner_means(votes_MN.astype(float), tile.sizes, apart) for votes_MN in votes_KMN
        )
        found[f"disagreement {name}"] = average(1 - agreement_MN)
        found[f"covariance {name}"] = average(apart_MN * partner_means(apart_MN, tile.sizes, apart))
    return found
