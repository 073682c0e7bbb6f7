"""Noise from the ensemble's own confidence: what a calibrated central prediction says of the law of the label."""

import numpy as np
from scipy.optimize import minimize_scalar

from biasvar import seeds
from biasvar.decomposition.checks import check_finite
from biasvar.decomposition.ensemble import log_softmax, softmax
from biasvar.decomposition.noise.estimate import Estimate, mean_of
from biasvar.decomposition.noise.of_classes import check_one_a_point

LOG_TEMPERATURES = (-10.0, 10.0)

# What the noise is if the label law at a point is p, axis [N] from [N, K].
KNOWN_NOISE = {
    "zero_one": lambda distribution_NK: 1 - distribution_NK.max(axis=1),
    "squared_error": lambda distribution_NK: np.sum(distribution_NK * (1 - distribution_NK), axis=1),
    "cross_entropy": lambda distribution_NK: (
        -np.sum(distribution_NK * np.log(np.where(distribution_NK > 0, distribution_NK, 1)), axis=1)
    ),
}


def calibrated_noise(scores_NK: np.ndarray, labels_N: np.ndarray, loss: str = "zero_one", seed: int = 0) -> Estimate:
    """Return the mean noise under a loss if the calibrated central prediction were the label law.

    An estimate, upper in as far as the calibration holds: where p is calibrated, the mean of 1 - max p (of
    sum_k p_k (1 - p_k), of the entropy) is its own risk, which is never below the noise. Too confident models that one
    temperature cannot mend make it low. The standard error is over points, with the temperatures held.

    Raises
    ------
    ValueError
        For scores and labels that do not fit each other, or an unknown loss.
    """
    if loss not in KNOWN_NOISE:
        raise ValueError(f"loss = {loss!r} is not known; choose one of {', '.join(KNOWN_NOISE)}")
    return mean_of(KNOWN_NOISE[loss](calibrated(scores_NK, labels_N, seed)))


def calibrated(scores_NK: np.ndarray, labels_N: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return probabilities softmax(scores / T) [N, K], with the T of each half of the points fitted on the other half.

    ``scores_NK`` are log-probabilities of the central prediction, or the outputs of models that have none. Temperature
    scaling is from Guo et al. 2017; halves are drawn with a seed.

    Raises
    ------
    ValueError
        For scores and labels that do not fit each other, fewer than four points, or values that are not finite.
    """
    scores_NK, labels_N = np.asarray(scores_NK, dtype=float), np.asarray(labels_N)
    check_scores(scores_NK, labels_N)
    order = seeds.generator(seed, "estimation", 2).permutation(len(labels_N))
    halves = (order[: len(order) // 2], order[len(order) // 2 :])
    probabilities_NK = np.empty_like(scores_NK)
    for here, other in (halves, halves[::-1]):
        probabilities_NK[here] = softmax(scores_NK[here] / temperature(scores_NK[other], labels_N[other]))
    return probabilities_NK


def temperature(scores_nK: np.ndarray, labels_n: np.ndarray) -> float:
    """Return the T of least mean -log softmax(scores / T) at the labels, which has one minimum in 1 / T."""

    def loss(log_temperature: float) -> float:
        logs_nK = log_softmax(scores_nK * np.exp(-log_temperature))
        return -float(np.mean(logs_nK[np.arange(len(labels_n)), labels_n]))

    return float(np.exp(minimize_scalar(loss, bounds=LOG_TEMPERATURES, method="bounded").x))


def check_scores(scores_NK: np.ndarray, labels_N: np.ndarray) -> None:
    """Refuse anything but finite scores [N, K] and class numbers [N] of at least four points."""
    if scores_NK.ndim != 2 or scores_NK.shape[1] < 2 or len(scores_NK) < 4:
        raise ValueError(f"scores have shape {scores_NK.shape}; expected [N, K] of two classes and four points or more")
    check_finite("scores", scores_NK)
    check_one_a_point("labels", labels_N, len(scores_NK))
    classes = scores_NK.shape[1]
    if not np.issubdtype(labels_N.dtype, np.integer) or labels_N.min() < 0 or labels_N.max() >= classes:
        raise ValueError(f"labels must be class numbers from 0 to {classes - 1}, one for each column of the scores")
