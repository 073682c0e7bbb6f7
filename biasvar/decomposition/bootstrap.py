"""The bootstrap over replicates, or over the seeds of each crossed source."""

import numpy as np
import scipy

from biasvar import seeds


def resample_counts(replicates: int, resamples: int, seed: int, source: int = 0) -> np.ndarray:
    """Return how often each replicate occurs in each resample: counts [B, R], rows summing to R (Efron 1979)."""
    generator = seeds.generator(seed, "estimation", 0, source)
    drawn_BR = generator.integers(0, replicates, (resamples, replicates))
    offsets_B1 = np.arange(resamples)[:, None] * replicates
    return np.bincount((drawn_BR + offsets_B1).ravel(), minlength=resamples * replicates).reshape(resamples, replicates)


def crossed_counts(sizes: tuple[int, ...], resamples: int, seed: int) -> list[np.ndarray]:
    """Return the counts of each source, resampled alone: [B, n_s] each (Owen 2007, the pigeonhole bootstrap)."""
    return [resample_counts(size, resamples, seed, source) for source, size in enumerate(sizes)]


def distinct(counts: list[np.ndarray]) -> tuple[list[np.ndarray], np.ndarray]:
    """Return each different resample once, and which of them each is [B]: few seeds have few (two replicates three)."""
    different, places_B = np.unique(np.hstack(counts), axis=0, return_inverse=True)
    ends = np.cumsum([counts_Bn.shape[1] for counts_Bn in counts])
    return np.split(different, ends[:-1], axis=1), places_B


def model_counts(counts: list[np.ndarray]) -> np.ndarray:
    """Return how often each model occurs in each resample: the product over sources, in C order, [B, M]."""
    counts_BM = counts[0]
    for counts_Bn in counts[1:]:
        counts_BM = (counts_BM[:, :, None] * counts_Bn[:, None, :]).reshape(len(counts_BM), -1)
    return counts_BM


def mean_interval(values: np.ndarray, resamples: int, seed: int, level: float) -> tuple[float, float]:
    """Return the interval of the mean of one value a model, [*sizes], with the seeds of each source resampled."""
    counts_BM = model_counts(crossed_counts(values.shape, resamples, seed))
    return percentile_interval(counts_BM @ values.ravel() / values.size, min(values.shape), level)


def percentile_interval(resamples_B: np.ndarray, replicates: int, level: float) -> tuple[float, float]:
    """Return the expanded percentile interval of an estimate from its bias-corrected resamples.

    Plain percentiles of a bootstrap of R values are too narrow, by the factor sqrt((R - 1) / R) and by a normal's tails
    where Student's belong: the tails are taken at Phi(-sqrt(R / (R - 1)) t) with t the quantile of Student's
    t of R - 1 degrees of freedom (Hesterberg 2015, "What teachers should know about the bootstrap", section 5).
    """
    t = scipy.special.stdtrit(replicates - 1, (1 + level) / 2)
    tail = scipy.special.ndtr(-np.sqrt(replicates / (replicates - 1)) * t)
    low, high = np.quantile(resamples_B, [tail, 1 - tail])
    return float(low), float(high)
