"""Noise from the ensemble's own confidence: a calibrated central prediction as the label's distribution."""

import numpy as np
import scipy

from biasvar import seeds
from biasvar.decomposition.entropy import entropy_of, softmax
from biasvar.decomposition.noise.estimate import Estimate, largest_noise, mean_of
from biasvar.decomposition.noise.of_classes import check_one_a_point
from biasvar.decomposition.reading.checks import check_finite
from biasvar.decomposition.reading.plain_arrays import plain_array, plain_numbers

LOG_TEMPERATURES = (-20.0, 20.0)
"""Range of the temperature, relative to the largest score difference at one point: from certainty to no information."""

# The noise if p is the label distribution at a point, axis [N] from [N, K].
KNOWN_NOISE = {
    "zero_one": lambda distribution_NK: 1 - distribution_NK.max(axis=1),
    "squared_error": lambda distribution_NK: np.sum(distribution_NK * (1 - distribution_NK), axis=1),
    "cross_entropy": entropy_of,
}


def calibrated_noise(
    scores_NK: np.ndarray,
    labels_N: np.ndarray,
    loss: str = "zero_one",
    seed: int = 0,
    weights_N: np.ndarray | None = None,
) -> Estimate:
    """Return the mean noise under a loss, taking the calibrated central prediction as the label distribution.

    It is an upper estimate insofar as the calibration is good: where p is calibrated, the mean of 1 - max p (of sum_k
    p_k (1 - p_k), of the entropy) is its own risk, which is never below the noise. Overconfident models that a single
    temperature cannot correct make it too low. The standard error is over points, with the temperatures
    fixed. Weights of points weigh the mean, and not the fit of the temperatures.

    Raises
    ------
    ValueError
        For scores and labels that do not fit each other, or an unknown loss.
    """
    if loss not in KNOWN_NOISE:
        raise ValueError(f"loss = {loss!r} is not known; choose one of {', '.join(KNOWN_NOISE)}")
    distribution_NK = calibrated(scores_NK, labels_N, seed)
    return mean_of(KNOWN_NOISE[loss](distribution_NK), largest_noise(loss, distribution_NK.shape[1]), weights_N)


def calibrated(scores_NK: np.ndarray, labels_N: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return probabilities softmax(scores / T) [N, K]; T is fitted on the other half of the points.

    ``scores_NK`` are log-probabilities of the central prediction, or the raw outputs of models without probabilities,
    in any unit. Temperature scaling is from Guo et al. 2017; halves are drawn with a seed.

    Raises
    ------
    ValueError
        For scores and labels that do not fit each other, fewer than four points, or values that are not finite.
    """
    scores_NK, labels_N = plain_numbers("scores", scores_NK).astype(float), plain_array("labels", labels_N)
    check_scores(scores_NK, labels_N)
    scores_NK = scores_NK - scores_NK.max(axis=1, keepdims=True)
    order = seeds.generator(seed, "estimation", 2).permutation(len(labels_N))
    halves = (order[: len(order) // 2], order[len(order) // 2 :])
    probabilities_NK = np.empty_like(scores_NK)
    for here, other in (halves, halves[::-1]):
        probabilities_NK[here] = softmax(scores_NK[here] / temperature(scores_NK[other], labels_N[other]))
    return probabilities_NK


def temperature(scores_nK: np.ndarray, labels_n: np.ndarray) -> float:
    """Return the T that minimises the mean of -log softmax(scores / T) at the labels, in the unit of the scores.

    The mean is convex in 1 / T, with the slope mean_i (sum_k p_ik s_ik - s_i,label); T is its root. Without a root, T
    is the end of its range that the slope points to: the lower end if the label always has the largest score, the upper
    end if the scores are uninformative.
    """
    scale = float(np.ptp(scores_nK, axis=1).max())
    if scale == 0:
        return 1.0
    relative_nK = scores_nK / scale
    of_labels = float(relative_nK[np.arange(len(labels_n)), labels_n].mean())

    def slope(log_temperature: float) -> float:
        probabilities_nK = softmax(relative_nK * np.exp(-log_temperature))
        return float(np.sum(probabilities_nK * relative_nK, axis=1).mean()) - of_labels

    lowest, highest = LOG_TEMPERATURES
    if slope(lowest) <= 0:
        return scale * float(np.exp(lowest))
    if slope(highest) >= 0:
        return scale * float(np.exp(highest))
    return scale * float(np.exp(scipy.optimize.brentq(slope, lowest, highest)))


def check_scores(scores_NK: np.ndarray, labels_N: np.ndarray) -> None:
    """Raise for anything but finite scores [N, K] and class numbers [N] of at least four points."""
    if scores_NK.ndim != 2 or scores_NK.shape[1] < 2 or len(scores_NK) < 4:
        raise ValueError(f"scores have shape {scores_NK.shape}; expected [N, K] of two classes and four points or more")
    check_finite("scores", scores_NK)
    check_one_a_point("labels", labels_N, len(scores_NK))
    classes = scores_NK.shape[1]
    if not np.issubdtype(labels_N.dtype, np.integer) or labels_N.min() < 0 or labels_N.max() >= classes:
        raise ValueError(f"labels must be class numbers from 0 to {classes - 1}, one for each column of the scores")
