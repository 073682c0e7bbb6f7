"""Risk differences between places of one curve, paired by replicate, with intervals that allow for a search."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from biasvar import seeds
from biasvar.decomposition.medians import pair_averages, signed_ranks

FEWEST = 8
"""Fewest replicates that all places must share for a statement on their differences."""
ROUNDING = 1e-12
"""Smaller differences, relative to the risks, count as 0."""
PART = 512  # pairs that are processed together

Pairs = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Difference:
    """``risk[first] - risk[second]`` over n replicates with its interval; the places are indices.

    ``average`` says what ``value`` is: the mean, or a pseudo-median.
    """

    first: int
    second: int
    average: str
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Way:
    """How differences are averaged: ``column`` is that average of the risk in the table, where places are chosen.

    ``average`` is the name of the averaged difference. ``scores`` turns differences [D, R] into scores that change sign
    under the hypothesis that differences scatter about zero. ``estimate`` gives the average of some differences [R]
    with its interval: all averages under which the sum of the scores over their norm is below a critical value.
    """

    column: str
    average: str
    scores: Callable[[np.ndarray], np.ndarray]
    estimate: Callable[[np.ndarray, float], tuple[float, float, float]]


def mean_with_interval(gap_R: np.ndarray, critical: float) -> tuple[float, float, float]:
    """Return the mean and its interval: v sqrt((R - 1) / (R - v^2)) standard errors for a critical value v.

    That is Student's statistic where the self-normalised sum is v; at v^2 = R there is no bound.
    """
    n, mean = len(gap_R), float(gap_R.mean())
    error = float(gap_R.std(ddof=1)) / np.sqrt(n)
    if error == 0:
        return mean, mean, mean
    half = error * critical * np.sqrt((n - 1) / (n - critical**2)) if critical**2 < n else np.inf
    return mean, mean - half, mean + half


def median_with_interval(gap_R: np.ndarray, critical: float) -> tuple[float, float, float]:
    """Return the Hodges-Lehmann median and the interval from inverting the signed-rank test."""
    averages = pair_averages(gap_R)
    n = len(gap_R)
    norm = np.sqrt(n * (n + 1) * (2 * n + 1) / 6)
    inside = int((len(averages) - critical * norm) / 2 + 1e-6)  # this many lie beyond either end
    low, high = (averages[inside - 1], averages[-inside]) if inside > 0 else (-np.inf, np.inf)
    return float(np.median(averages)), float(low), float(high)


MEANS = Way("risk", "mean", lambda gap_DR: gap_DR - gap_DR.mean(axis=1, keepdims=True), mean_with_interval)
MEDIANS = Way(
    "risk_median",
    "pseudo-median",
    lambda gap_DR: signed_ranks(gap_DR - np.median(gap_DR, axis=1, keepdims=True)),
    median_with_interval,
)


@dataclass(frozen=True)
class Paired:
    """Risks of the replicates that all places of a curve share, [P, R], and random signs for each replicate, [B, R]."""

    risk_PR: np.ndarray
    signs_BR: np.ndarray
    level: float

    @property
    def replicates(self) -> int:
        """How many replicates all places share."""
        return self.risk_PR.shape[1]

    def gaps(self, pairs: Pairs) -> np.ndarray:
        """Return the differences of some pairs of places in every replicate, [D, R]."""
        first_DR, second_DR = (self.risk_PR[places] for places in pairs)
        gap_DR = first_DR - second_DR
        return np.where(np.abs(gap_DR) > ROUNDING * np.maximum(abs(first_DR), abs(second_DR)), gap_DR, 0.0)

    def critical(self, pairs: Pairs, way: Way) -> float:
        """Return the value that no pair's self-normalised sum exceeds, with probability ``level``, if all are equal.

        The max-t multiplier bootstrap: max over pairs of sum_r e_r a_r / |a|, where a replicate's scores a_r of all
        pairs change their sign together (Romano, Wolf 2005; Chernozhukov, Chetverikov, Kato 2013). So the pair may have
        been searched for among them. It is exact where the differences scatter symmetrically, with whatever tails
        (Fisher 1935).
        """
        most_B = np.full(2 * len(self.signs_BR), -np.inf)
        for start in range(0, len(pairs[0]), PART):
            gap_DR = self.gaps((pairs[0][start : start + PART], pairs[1][start : start + PART]))
            scores_DR = unit(way.scores(unit(gap_DR)))
            sums_BD = self.signs_BR @ scores_DR.T
            most_B = np.maximum(most_B, np.concatenate([sums_BD.max(axis=1), -sums_BD.min(axis=1)]))
        return float(np.quantile(most_B, self.level, method="higher"))

    def difference(self, pair: Pairs, critical: float, way: Way) -> Difference:
        """Return the difference of a pair; the critical value is that of the pairs it was chosen among."""
        (first,), (second,) = pair
        (gap_R,) = self.gaps(pair)
        return Difference(int(first), int(second), way.average, *way.estimate(gap_R, critical), len(gap_R))


def draw_signs(resamples: int, replicates: int, seed: int) -> np.ndarray:
    """Return a sign for each replicate in each resample, [B, R] (Liu 1988)."""
    return seeds.generator(seed, "estimation", 6, replicates).choice([-1.0, 1.0], (resamples, replicates))


def unit(values_DR: np.ndarray) -> np.ndarray:
    """Return rows scaled to length one; a row of zeros is unchanged."""
    largest_D1 = np.abs(values_DR).max(axis=1, keepdims=True)
    scaled_DR = values_DR / np.where(largest_D1 > 0, largest_D1, 1.0)
    norm_D1 = np.linalg.norm(scaled_DR, axis=1, keepdims=True)
    return scaled_DR / np.where(norm_D1 > 0, norm_D1, 1.0)
