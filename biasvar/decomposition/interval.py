"""Bootstrap intervals over replicates."""

import numpy as np

from biasvar import seeds


def resample_counts(replicates: int, resamples: int, seed: int) -> np.ndarray:
    """Return how often each replicate occurs in each resample: counts [B, R], rows summing to R (Efron 1979)."""
    generator = seeds.generator(seed, "estimation", 0)
    drawn_BR = generator.integers(0, replicates, (resamples, replicates))
    offsets_B1 = np.arange(resamples)[:, None] * replicates
    return np.bincount((drawn_BR + offsets_B1).ravel(), minlength=resamples * replicates).reshape(resamples, replicates)


def percentile_interval(estimate: float, resamples_B: np.ndarray, replicates: int, level: float) -> tuple[float, float]:
    """Return the recentred percentile interval of an estimate.

    A resample holds copies of the same replicate, so it has less variance and more squared bias than the sample:
    deviations from the resamples' own mean are added to the unbiased estimate, widened by sqrt(R / (R - 1)) since a
    bootstrap of R values has (R - 1) / R of their variance (Efron and Tibshirani 1993, chapters 6 and 13).
    """
    widening = np.sqrt(replicates / (replicates - 1))
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(resamples_B - np.mean(resamples_B), tails) * widening
    return float(estimate + low), float(estimate + high)
