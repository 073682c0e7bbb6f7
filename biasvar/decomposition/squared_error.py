"""Squared error: risk = noise + bias squared + variance, with unbiased parts (Geman, Bienenstock, Doursat 1992).

Multi-output predictions (class probabilities against a label law or one-hot labels) are summed over outputs.
"""

import numpy as np

TASKS = ("regression", "classification")


def point_loss(outputs_NK: np.ndarray, target_NK: np.ndarray) -> np.ndarray:
    """Return the squared error of each point, summed over outputs: [N]."""
    return np.sum((outputs_NK - target_NK) ** 2, axis=-1)


def law_noise(law_NK: np.ndarray) -> np.ndarray:
    """Return the noise of one-hot labels drawn from a law, summed over classes: sum_k p_k (1 - p_k), axis [N]."""
    return np.sum(law_NK * (1 - law_NK), axis=-1)


def terms(predictions_RNK: np.ndarray, target_NK: np.ndarray, noise_N: np.ndarray | None) -> tuple[dict, dict]:
    """Return the terms per point and the plug-in means.

    With m the mean over replicates and divisor R - 1 in the variance, at every point:
    variance = sum_k var_r(f_k); bias_squared = sum_k (m_k - f*_k)^2 - variance / R, which is unbiased and may be
    negative; risk = noise + mean_r sum_k (f_k - f*_k)^2 = noise + bias_squared + variance, to rounding. Without known
    noise the target is a label, and what would be bias_squared holds the noise too: bias_squared_plus_noise.
    """
    replicates = len(predictions_RNK)
    mean_NK = predictions_RNK.mean(axis=0)
    variance_N = np.sum((predictions_RNK - mean_NK) ** 2, axis=(0, 2)) / (replicates - 1)
    plug_in_N = point_loss(mean_NK, target_NK)
    bias_squared_N = plug_in_N - variance_N / replicates
    risk_N = point_loss(predictions_RNK, target_NK).mean(axis=0)
    biased_variance = float(np.mean(variance_N)) * (replicates - 1) / replicates
    if noise_N is None:
        points = {"risk": risk_N, "bias_squared_plus_noise": bias_squared_N, "variance": variance_N}
        points["residual"] = risk_N - bias_squared_N - variance_N
        return points, {"bias_squared_plus_noise": float(np.mean(plug_in_N)), "variance": biased_variance}
    points = {"risk": risk_N + noise_N, "noise": noise_N, "bias_squared": bias_squared_N, "variance": variance_N}
    points["residual"] = points["risk"] - noise_N - bias_squared_N - variance_N
    return points, {"bias_squared": float(np.mean(plug_in_N)), "variance": biased_variance}


def resampled_terms(
    predictions_RNK: np.ndarray, target_NK: np.ndarray, noise_N: np.ndarray | None, counts_BR: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the mean of each term over points under each resample of the replicates: name -> [B].

    Everything here is a function of the Gram matrix of errors G_rs = mean_n sum_k e_rnk e_snk, so a resample costs R^2
    and not R N K. A resample holds copies of the same replicate, which lowers its variance and raises its squared
    mean error; with divisors 1 - 1/R and R^2 / (2 R - 1) in place of 1 and R the resamples are centred at the estimate:
    E* variance = variance, and E* bias_squared = bias_squared.
    """
    replicates = len(predictions_RNK)
    errors = (predictions_RNK - target_NK).reshape(replicates, -1)
    gram_RR = errors @ errors.T / len(target_NK)
    weights_BR = counts_BR / replicates
    risk_B = weights_BR @ np.diag(gram_RR)
    plug_in_B = np.einsum("br,rs,bs->b", weights_BR, gram_RR, weights_BR, optimize=True)
    variance_B = (risk_B - plug_in_B) * (replicates / (replicates - 1)) ** 2
    bias_squared_B = plug_in_B - variance_B * (2 * replicates - 1) / replicates**2
    if noise_N is None:
        return {"risk": risk_B, "bias_squared_plus_noise": bias_squared_B, "variance": variance_B}
    noise = float(np.mean(noise_N))
    return {"risk": risk_B + noise, "bias_squared": bias_squared_B, "variance": variance_B}
