"""Bootstrap intervals over replicates."""

import numpy as np
from scipy.special import ndtr, stdtrit

from biasvar import seeds


def resample_counts(replicates: int, resamples: int, seed: int) -> np.ndarray:
    """Return how often each replicate occurs in each resample: counts [B, R], rows summing to R (Efron 1979)."""
    generator = seeds.generator(seed, "estimation", 0)
    drawn_BR = generator.integers(0, replicates, (resamples, replicates))
    offsets_B1 = np.arange(resamples)[:, None] * replicates
    return np.bincount((drawn_BR + offsets_B1).ravel(), minlength=resamples * replicates).reshape(resamples, replicates)


def percentile_interval(resamples_B: np.ndarray, replicates: int, level: float) -> tuple[float, float]:
    """Return the expanded percentile interval of an estimate from its bias-corrected resamples.

    Plain percentiles of a bootstrap of R values are too narrow, by the factor sqrt((R - 1) / R) and by a normal's tails
    where Student's belong: the tails are taken at Phi(-sqrt(R / (R - 1)) t) with t the quantile of Student's law of
    R - 1 degrees of freedom (Hesterberg 2015, "What teachers should know about the bootstrap", section 5). The interval
    keeps to the range of the estimate: that of a variance is never negative.
    """
    t = stdtrit(replicates - 1, (1 + level) / 2)
    tail = ndtr(-np.sqrt(replicates / (replicates - 1)) * t)
    low, high = np.quantile(resamples_B, [tail, 1 - tail])
    return float(low), float(high)
