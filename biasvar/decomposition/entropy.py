"""Probabilities and their logarithms, as cross-entropy, entropy and KL need them, without loss of digits.

The largest probability of a distribution may be so near one that only its distance from one has significant digits. So
the others are summed without it: with w_k = p_k / max p, log p_k = log w_k - log1p(sum of the other w).
"""

import numpy as np


def softmax(outputs: np.ndarray) -> np.ndarray:
    """Return the softmax over the last axis, without overflow."""
    _, weights = softmax_parts(outputs)
    return weights / weights.sum(axis=-1, keepdims=True)


def log_softmax(outputs: np.ndarray) -> np.ndarray:
    """Return log softmax over the last axis, without overflow, and to full relative precision near 0."""
    shifted, weights = softmax_parts(outputs)
    return shifted - log_total(weights)


def softmax_parts(outputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the outputs minus their maximum over the last axis, and the exponentials of these."""
    shifted = outputs - outputs.max(axis=-1, keepdims=True)
    return shifted, np.exp(shifted)


def log_total(weights: np.ndarray) -> np.ndarray:
    """Return the logarithm of the sum over the last axis [..., 1] of weights whose largest is 1."""
    largest = weights == 1
    others = np.where(largest, 0.0, weights).sum(axis=-1, keepdims=True)
    return np.log1p(others + (largest.sum(axis=-1, keepdims=True) - 1))


def log_sum_exp(logs: np.ndarray) -> np.ndarray:
    """Return log sum_k exp(l_k) over the last axis, [...], of finite logarithms."""
    largest = logs.max(axis=-1, keepdims=True)
    return (largest + log_total(np.exp(logs - largest)))[..., 0]


def log_distributions(probabilities: np.ndarray) -> np.ndarray:
    """Return log p_k of probabilities [..., K] divided by their sum; minus infinity for zeros."""
    weights = probabilities / probabilities.max(axis=-1, keepdims=True)
    with np.errstate(divide="ignore"):
        return np.log(weights) - log_total(weights)


def cross_entropy_of(distributions: np.ndarray, logs: np.ndarray) -> np.ndarray:
    """Return -sum_k d_k log p_k, in nats: [...], of distributions and log-probabilities [..., K]; 0 log 0 is 0."""
    return -np.einsum("...k,...k->...", distributions, np.where(distributions > 0, logs, 0.0))


def entropy_of(distributions: np.ndarray) -> np.ndarray:
    """Return -sum_k p_k log p_k of probabilities [..., K] divided by their sum, in nats: [...]."""
    return cross_entropy_of(distributions / distributions.sum(axis=-1, keepdims=True), log_distributions(distributions))
