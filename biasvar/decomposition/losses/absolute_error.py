"""Absolute error: the central prediction is the median, and only the effects of James add up.

No constants c1 and c2 make noise, bias and variance add up under the absolute loss, as they do under the zero-one loss
(James 2003), so there is no ``bias`` and no ``variance`` here.
"""

import numpy as np

from biasvar.decomposition.bootstrap import model_counts
from biasvar.decomposition.components import total
from biasvar.decomposition.ensemble import Ensemble
from biasvar.decomposition.losses.james import effects
from biasvar.decomposition.reference import Reference

TASKS = ("regression",)
TAKES = ("values",)
IN_ALL = False
TILE = 20  # resamples at once: bounds the memory of [b, M, N]


def point_loss(outputs_NK: np.ndarray, target_NK: np.ndarray) -> np.ndarray:
    """Return the absolute error of each point's one output, a mean over draws of its label [N, S]: [N]."""
    return np.mean(np.abs(outputs_NK - target_NK), axis=-1)


def risk_of_models(ensemble: Ensemble) -> np.ndarray:
    """Return the mean risk of each model over the points, [M]."""
    return np.array([point_loss(one_N1, ensemble.reference.target_NK).mean() for one_N1 in ensemble.outputs_MNK])


def noise_of(reference: Reference) -> np.ndarray:
    """Return the mean absolute deviation of the label from its median at each point, [N]."""
    draws_NS = reference.target_NK
    return np.abs(draws_NS - np.median(draws_NS, axis=-1, keepdims=True)).mean(axis=-1)


def estimate(ensemble: Ensemble) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the terms per point, name -> [N]; none is corrected, so there are no plug-in terms.

    variance_effect = E |Y - f| - E |Y - median f|; systematic_effect = E |Y - median f| - noise.
    """
    reference, predictions_MN = ensemble.reference, ensemble.outputs_MNK[..., 0]
    risk_N = np.mean([point_loss(one_N[:, None], reference.target_NK) for one_N in predictions_MN], axis=0)
    central_N = point_loss(np.median(predictions_MN, axis=0)[:, None], reference.target_NK)
    noise_N = noise_of(reference) if reference.knows_noise else None
    points = {"risk": risk_N} | effects(risk_N, central_N, noise_N)
    if noise_N is not None:
        points["noise"] = noise_N
    parts = ("noise", "systematic_effect", "systematic_effect_plus_noise", "variance_effect")
    points["residual"] = risk_N - total(points[name] for name in parts if name in points)
    return points, {}


def resampled(ensemble: Ensemble, counts: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Return the mean of each term over points under each resample of the seeds of each source: name -> [B]."""
    reference, predictions_MN = ensemble.reference, ensemble.outputs_MNK[..., 0]
    counts_BM = model_counts(counts)
    losses_M = np.array([point_loss(one_N[:, None], reference.target_NK).mean() for one_N in predictions_MN])
    risk_B = counts_BM @ losses_M / ensemble.models
    order_MN = np.argsort(predictions_MN, axis=0, kind="stable")
    sorted_MN = np.take_along_axis(predictions_MN, order_MN, axis=0)
    central: list[float] = []
    for start in range(0, len(counts_BM), TILE):
        medians_bN = weighted_medians(sorted_MN, counts_BM[start : start + TILE, order_MN])
        central.extend(float(point_loss(median_N[:, None], reference.target_NK).mean()) for median_N in medians_bN)
    noise = float(noise_of(reference).mean()) if reference.knows_noise else 0.0
    systematic = "systematic_effect" if reference.knows_noise else "systematic_effect_plus_noise"
    central_B = np.array(central)
    return {"risk": risk_B, systematic: central_B - noise, "variance_effect": risk_B - central_B}


def weighted_medians(sorted_MN: np.ndarray, counts_bMN: np.ndarray) -> np.ndarray:
    """Return the medians of sorted values [M, N] that occur as often as their counts [b, M, N] say: [b, N]."""
    reached_bMN = np.cumsum(counts_bMN, axis=1)
    half = reached_bMN[:, -1:, :] / 2
    lower_bN, upper_bN = np.argmax(reached_bMN >= half, axis=1), np.argmax(reached_bMN > half, axis=1)
    points = np.arange(sorted_MN.shape[1])
    return (sorted_MN[lower_bN, points] + sorted_MN[upper_bN, points]) / 2
