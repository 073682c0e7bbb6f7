"""The bootstrap over replicates, or over the seeds of each crossed source.

Estimates from few replicates are skewed. A risk or a variance has a long upper tail, and where the estimate comes out
low its standard error does too, so intervals built from it end below the truth. Studentised resamples correct for both.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np
import scipy

from biasvar import seeds

FEWEST = 10  # replicates needed before studentised resamples are informative about the tails
LEAST = 1e-3  # of the mean square: resamples below it (equal values, or no outlier) have no usable standard error
RIDGE = 1e-9  # of the number of resamples: makes the solution unique


def resample_counts(replicates: int, resamples: int, seed: int, source: int = 0) -> np.ndarray:
    """Return how often each replicate occurs in each resample: counts [B, R], rows summing to R (Efron 1979)."""
    generator = seeds.generator(seed, "estimation", 0, source)
    drawn_BR = generator.integers(0, replicates, (resamples, replicates))
    offsets_B1 = np.arange(resamples)[:, None] * replicates
    return np.bincount((drawn_BR + offsets_B1).ravel(), minlength=resamples * replicates).reshape(resamples, replicates)


def crossed_counts(sizes: tuple[int, ...], resamples: int, seed: int) -> list[np.ndarray]:
    """Return the counts of each source, resampled separately: [B, n_s] each (Owen 2007, the pigeonhole bootstrap)."""
    return [resample_counts(size, resamples, seed, source) for source, size in enumerate(sizes)]


def distinct(counts: list[np.ndarray]) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the distinct resamples, and the index of its distinct resample for each [B]: two replicates have three."""
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
    """Return the interval of the mean of one value per model, [*sizes], resampling the seeds of each source."""
    counts, sources = crossed_counts(values.shape, resamples, seed), range(values.ndim)
    means_B = model_counts(counts) @ values.ravel() / values.size
    apart = [values.mean(axis=tuple(other for other in sources if other != one)) - values.mean() for one in sources]
    value = float(values.mean())
    low, high = skewed_interval(value, means_B, apart, counts, level)
    return min(low, value), max(high, value)  # else rounding may leave the mean of equal values outside


def influences(counts: Sequence[np.ndarray], resamples_BT: np.ndarray) -> list[np.ndarray]:
    """Return the influence of each seed of a source on each of T estimates, by source: [n_s, T], with mean 0.

    It is the slope of resamples on how often the seed occurs in them (the infinitesimal jackknife; Efron 2014).
    """
    every = np.concatenate(counts, axis=1) - 1.0
    normal = every.T @ every + RIDGE * len(every) * np.eye(every.shape[1])
    slopes = np.linalg.solve(normal, every.T @ (resamples_BT - resamples_BT.mean(axis=0)))
    ends = np.cumsum([counts_Bn.shape[1] for counts_Bn in counts])
    return [part - part.mean(axis=0) for part in np.split(slopes, ends[:-1])]


def skewed_interval(
    value: float, resamples_B: np.ndarray, apart: Sequence[np.ndarray], counts: Sequence[np.ndarray], level: float
) -> tuple[float, float]:
    """Return the interval of an estimate from its resamples and its influences by source, [n_s] in any unit.

    It is studentised (Efron 1979; Hall 1988): resamples of a linear estimate over their standard errors, at the tails
    of ``percentile_interval``. With fewer than ``FEWEST`` replicates, those tails would mostly be resamples of a few
    equal values, so expanded percentiles are used instead. Where some resamples have no spread, the wider of the two
    is taken at each end.
    """
    replicates, spread_B = fewest(counts), resamples_B - resamples_B.mean()
    low, high = percentile_interval(spread_B, replicates, level)
    largest, unit = float(np.abs(spread_B).max()), max(float(np.abs(one_n).max()) for one_n in apart)
    if replicates >= FEWEST and largest > 0 and unit > 0:
        error = largest * float(np.std(spread_B / largest)) * sqrt(replicates / (replicates - 1))
        t_B = studentised(counts, [one_n / unit for one_n in apart])
        least, most = np.quantile(t_B, tails(replicates, level))
        if len(t_B) < len(spread_B):  # the remaining resamples suggest that the estimate does not vary
            return value + min(low, -most * error), value + max(high, -least * error)
        low, high = -most * error, -least * error
    return value + low, value + high


def studentised(counts: Sequence[np.ndarray], apart: Sequence[np.ndarray]) -> np.ndarray:
    """Return (estimate - mean) / standard error of a linear estimate, in resamples that have a standard error: [b]."""
    linear_B, square_B = np.zeros(len(counts[0])), np.zeros(len(counts[0]))
    for counts_Bn, one_n in zip(counts, apart, strict=True):
        mean_B = counts_Bn @ one_n / len(one_n)
        linear_B += mean_B
        square_B += (counts_Bn @ one_n**2 / len(one_n) - mean_B**2) / (len(one_n) - 1)
    known = square_B > LEAST * square_B.mean()
    return linear_B[known] / np.sqrt(square_B[known])


def fewest(counts: Sequence[np.ndarray]) -> int:
    """Return the number of replicates, or of seeds of the source with the fewest."""
    return min(counts_Bn.shape[1] for counts_Bn in counts)


def tails(replicates: int, level: float) -> tuple[float, float]:
    """Return the tail probabilities at which resamples are cut; see ``percentile_interval``."""
    tail = float(
        scipy.special.ndtr(
            -sqrt(replicates / (replicates - 1)) * scipy.special.stdtrit(replicates - 1, (1 + level) / 2)
        )
    )
    return tail, 1 - tail


def percentile_interval(resamples_B: np.ndarray, replicates: int, level: float) -> tuple[float, float]:
    """Return the expanded percentile interval of an estimate from its bias-corrected resamples.

    Plain percentiles of a bootstrap of R values are too narrow: by the factor sqrt((R - 1) / R), and because they use
    normal tails instead of Student's. Here the tails are at Phi(-sqrt(R / (R - 1)) t), with t the quantile of Student's
    t of R - 1 degrees of freedom (Hesterberg 2015, "What teachers should know about the bootstrap", section 5).
    """
    low, high = np.quantile(resamples_B, tails(replicates, level))
    return float(low), float(high)
