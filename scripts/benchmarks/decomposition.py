"""Decomposing the predictions of classifiers under three losses: streamed, and as formulas written down in numpy."""

from collections.abc import Callable

import numpy as np

from benchmarks.contenders import Contender, Work
from benchmarks.workload import Workload
from biasvar.decomposition import decompose

LOSSES = ("squared_error", "zero_one", "cross_entropy")


def workloads() -> list[Workload]:
    """Return the row of the table."""
    return [workload(100, 10_000, 10)]


def workload(models: int, points: int, classes: int) -> Workload:
    """Return one row of the table."""
    sizes = (models, points, classes)
    contenders = (Contender("a", repeated, (plain, *sizes)), Contender("ours", repeated, (ours, *sizes)))
    return Workload(f"decomposition of [{models}, {points}, {classes}], three losses", "cube", 0.0, contenders)


def repeated(estimate: Callable, models: int, points: int, classes: int) -> Work:
    """Return the work of one decomposition of random logits, after one for warming up."""
    logits_MNK, distribution_NK = cube(models, points, classes)
    estimate(logits_MNK, distribution_NK)

    def work() -> float:
        estimate(logits_MNK, distribution_NK)
        return 1.0

    return work


def cube(models: int, points: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return logits [M, N, K] in single precision, as networks give them, and a label distribution [N, K]."""
    generator = np.random.default_rng(0)
    shared_NK = generator.standard_normal((points, classes))
    logits_MNK = shared_NK + generator.standard_normal((models, points, classes))
    distribution_NK = np.exp(2 * shared_NK)
    return logits_MNK.astype(np.float32), distribution_NK / distribution_NK.sum(axis=1, keepdims=True)


def ours(logits_MNK: np.ndarray, distribution_NK: np.ndarray) -> dict[str, tuple]:
    """Return noise, bias and variance under each loss."""
    found = decompose(logits_MNK, distribution_NK, loss=LOSSES, outputs_are="logits")
    squared, zero_one, entropy = (found[loss] for loss in LOSSES)
    return {
        "squared_error": (squared.noise, squared.bias_squared, squared.variance),
        "zero_one": (zero_one.noise, zero_one.bias, zero_one.variance),
        "cross_entropy": (entropy.noise, entropy.bias, entropy.variance),
    }


def plain(logits_MNK: np.ndarray, distribution_NK: np.ndarray) -> dict[str, tuple[float, float, float]]:
    """Return the same from the whole cube in double precision, with the same corrections."""
    logits_MNK = logits_MNK.astype(np.float64)
    shifted_MNK = logits_MNK - logits_MNK.max(axis=-1, keepdims=True)
    logs_MNK = shifted_MNK - np.log(np.exp(shifted_MNK).sum(axis=-1, keepdims=True))
    return {
        "squared_error": plain_squared_error(np.exp(logs_MNK), distribution_NK),
        "zero_one": plain_zero_one(logits_MNK, distribution_NK),
        "cross_entropy": plain_cross_entropy(logs_MNK, distribution_NK),
    }


def plain_squared_error(probabilities_MNK: np.ndarray, distribution_NK: np.ndarray) -> tuple[float, float, float]:
    """Return noise, unbiased bias squared and variance, summed over classes."""
    variance_N = probabilities_MNK.var(axis=0, ddof=1).sum(axis=-1)
    distance_N = np.square(probabilities_MNK.mean(axis=0) - distribution_NK).sum(axis=-1)
    bias_squared_N = distance_N - variance_N / len(probabilities_MNK)
    noise_N = (distribution_NK * (1 - distribution_NK)).sum(axis=-1)
    return float(noise_N.mean()), float(bias_squared_N.mean()), float(variance_N.mean())


def plain_zero_one(logits_MNK: np.ndarray, distribution_NK: np.ndarray) -> tuple[float, float, float]:
    """Return Bayes error, bias of the majority vote, and share of votes beside it (Domingos 2000)."""
    share_NK = np.eye(distribution_NK.shape[1])[logits_MNK.argmax(axis=-1)].mean(axis=0)
    main_NK = share_NK == share_NK.max(axis=-1, keepdims=True)  # classes that tie count with equal weight
    optimal_NK = distribution_NK == distribution_NK.max(axis=-1, keepdims=True)
    bias_N = 1 - (main_NK & optimal_NK).sum(axis=-1) / main_NK.sum(axis=-1)
    variance_N = 1 - share_NK.max(axis=-1)
    return float(np.mean(1 - distribution_NK.max(axis=-1))), float(bias_N.mean()), float(variance_N.mean())


def plain_cross_entropy(logs_MNK: np.ndarray, distribution_NK: np.ndarray) -> tuple[float, float, float]:
    """Return entropy, and bias and variance about the normalised geometric mean with the delete-one jackknife."""
    models, mean_NK = len(logs_MNK), logs_MNK.mean(axis=0)
    left_out_MNK = (models * mean_NK - logs_MNK) / (models - 1)
    variance_N = -np.log(np.exp(mean_NK).sum(axis=-1))
    left_out_MN = -np.log(np.exp(left_out_MNK).sum(axis=-1))
    variance_N = models * variance_N - (models - 1) * left_out_MN.mean(axis=0)
    noise_N = -(distribution_NK * np.log(distribution_NK)).sum(axis=-1)
    bias_N = -(distribution_NK * mean_NK).sum(axis=-1) - variance_N - noise_N
    return float(noise_N.mean()), float(bias_N.mean()), float(variance_N.mean())
