"""Absolute error: the central prediction is the median, and only James's effects add up.

No constants c1 and c2 make noise, bias and variance add up under the absolute loss, as they do under the zero-one loss
(James 2003), so there is no ``bias`` and no ``variance`` here.
"""

import math

import numpy as np

from biasvar.decomposition.bootstrap import model_counts
from biasvar.decomposition.components import total
from biasvar.decomposition.ensemble import Ensemble
from biasvar.decomposition.losses import constants
from biasvar.decomposition.losses.james import effects
from biasvar.decomposition.noise.distributions import mean_distance
from biasvar.decomposition.reference import Reference
from biasvar.decomposition.tiles import TILE_BYTES

TASKS = ("regression",)
TAKES = ("values",)
IN_ALL = False
READS_DRAWS = True
COMMITTEES: tuple[str, ...] = ()
UNCORRECTED: tuple[str, ...] = ()
WORKS_ON = "outputs_MNK"
RANGES = {"variance_effect": (-math.inf, math.inf)}
LARGEST = math.inf
MAY_BE_NEGATIVE = ()
SPREADS: tuple[str, ...] = ()
SHIFTS = ("systematic_effect", "systematic_effect_plus_noise", "variance_effect")
DRIFTS: tuple[str, ...] = ()
DECIDED: dict[str, tuple[str, ...]] = {}
best_constant = constants.median


def point_loss(outputs_NK: np.ndarray, target_NK: np.ndarray) -> np.ndarray:
    """Return the absolute error of each point's single output, averaged over draws of its label [N, S]: [N]."""
    return np.mean(np.abs(outputs_NK - target_NK), axis=-1)


def risk_of_models(ensemble: Ensemble) -> np.ndarray:
    """Return the mean risk of each model over the points, [M]."""
    return ensemble.mean(lambda tile: {"risk": tile.reference.average(losses_of_models(tile))})["risk"]


def losses_of_models(ensemble: Ensemble) -> np.ndarray:
    """Return the loss of each model at each point, [M, N]."""
    return np.stack([expected_loss(one_N, ensemble.reference) for one_N in ensemble.outputs_MNK[..., 0]])


def expected_loss(
    outputs_n: np.ndarray, reference: Reference, points_n: np.ndarray | slice = slice(None)
) -> np.ndarray:
    """Return the expected absolute error of one number at each of some points, by default all: [n].

    Exact where the distribution of the noise is known, else a mean over draws of the label.
    """
    target_nS = reference.target_NK[points_n]
    if not reference.noise_distribution:
        return point_loss(outputs_n[:, None], target_nS)
    deviation_n = np.sqrt(reference.noise_N[points_n])
    return mean_distance(outputs_n - target_nS[:, 0], deviation_n, reference.noise_distribution)


def noise_of(reference: Reference) -> np.ndarray:
    """Return the mean absolute deviation of the label from its median at each point, [N]."""
    if reference.noise_distribution:
        return expected_loss(reference.target_NK[:, 0], reference)  # every distribution is symmetric about f*
    draws_NS = reference.target_NK
    return np.abs(draws_NS - np.median(draws_NS, axis=-1, keepdims=True)).mean(axis=-1)


def estimate(ensemble: Ensemble) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the terms per point, name -> [N]; none is corrected, so there are no plug-in terms.

    variance_effect = E |Y - f| - E |Y - median f|; systematic_effect = E |Y - median f| - noise.
    """
    reference, predictions_MN = ensemble.reference, ensemble.outputs_MNK[..., 0]
    risk_N = losses_of_models(ensemble).mean(axis=0)
    central_N = expected_loss(np.median(predictions_MN, axis=0), reference)
    noise_N = noise_of(reference) if reference.knows_noise else None
    points = {"risk": risk_N} | effects(risk_N, central_N, noise_N)
    if noise_N is not None:
        points["noise"] = noise_N
    parts = ("noise", "systematic_effect", "systematic_effect_plus_noise", "variance_effect")
    points["residual"] = risk_N - total(points[name] for name in parts if name in points)
    return points, {}


def resampled(ensemble: Ensemble, counts: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Return the mean of each term over points under each resample of the seeds of each source: name -> [B]."""
    reference, counts_BM = ensemble.reference, model_counts(counts)

    def of_tile(tile: Ensemble) -> dict[str, np.ndarray]:
        return {"central": resampled_centre(tile, counts_BM), "risk": tile.reference.average(losses_of_models(tile))}

    means = ensemble.mean(of_tile)
    central_B, risk_B = means["central"], counts_BM @ means["risk"] / ensemble.models
    noise = float(reference.average(noise_of(reference))) if reference.knows_noise else 0.0
    systematic = "systematic_effect" if reference.knows_noise else "systematic_effect_plus_noise"
    return {"risk": risk_B, systematic: central_B - noise, "variance_effect": risk_B - central_B}


def resampled_centre(tile: Ensemble, counts_BM: np.ndarray) -> np.ndarray:
    """Return the mean loss of the median over the points of a tile under each resample, [B]."""
    predictions_MN = tile.outputs_MNK[..., 0]
    order_MN = np.argsort(predictions_MN, axis=0, kind="stable")
    sorted_NM = np.take_along_axis(predictions_MN, order_MN, axis=0).T
    losses_NM = np.take_along_axis(losses_of_models(tile), order_MN, axis=0).T
    counts_MB = np.ascontiguousarray(counts_BM.T, dtype=np.min_scalar_type(tile.models))
    step, sums_B = max(TILE_BYTES // (8 * len(counts_BM)), 1), np.zeros(len(counts_BM))
    for start in range(0, tile.points, step):
        points = slice(start, start + step)
        lower_NB, upper_NB = median_places(order_MN[:, points], counts_MB)
        losses_NB = np.take_along_axis(losses_NM[points], lower_NB, axis=1)
        between = np.nonzero(lower_NB != upper_NB)
        point = start + between[0]
        medians = (sorted_NM[point, lower_NB[between]] + sorted_NM[point, upper_NB[between]]) / 2
        losses_NB[between] = expected_loss(medians, tile.reference, point)
        sums_B += tile.reference.at(points).weighed(losses_NB.T).T.sum(axis=0)
    return sums_B / tile.points


def median_places(order_MN: np.ndarray, counts_MB: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the sorted positions of the two middle values of M numbers under each resample, [N, B] each.

    ``order_MN`` sorts the numbers at each point, ``counts_MB`` says how often each occurs. Both positions are the same
    where M is odd; the median is the mean of the two values.
    """
    models, kind = len(order_MN), counts_MB.dtype
    reached = np.zeros((order_MN.shape[1], counts_MB.shape[1]), dtype=kind)
    lower, upper = np.zeros_like(reached), np.zeros_like(reached)
    for place_N in order_MN:
        reached += counts_MB[place_N]
        lower += reached <= kind.type((models - 1) // 2)
        upper += reached <= kind.type(models // 2)
    return lower.astype(np.intp), upper.astype(np.intp)
