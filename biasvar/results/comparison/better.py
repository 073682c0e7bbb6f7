"""P(A better): the probability that a replicate of A has a lower risk than one of B, ties counting half."""

from typing import NamedTuple

import numpy as np
import scipy

from biasvar.results.shapes.paired import ROUNDING


class Share(NamedTuple):
    """A share of pairs with the ends of its interval."""

    value: float
    low: float
    high: float


def share_better(one_R: np.ndarray, other_S: np.ndarray, paired: bool, level: float) -> Share:
    """Return the share of pairs of replicates in which the first has the lower risk, ties counting half.

    Paired, the pairs are those of equal place, [R] both; else all R S. The interval is that of Clopper and Pearson
    (1934) for a proportion, at as many independent pairs as would have the variance of this share (Korn, Graubard
    1998). Paired that is R: ties make the variance smaller.

    Unpaired 95 % intervals covered the probability in 0.955 to 0.999 of 1,500 samples of each kind: Gaussian,
    exponential and Cauchy risks, and one sample 20 times as narrow as the other, with 6 to 50 replicates.
    """
    gap = one_R - other_S if paired else one_R[:, None] - other_S
    size = np.maximum(np.abs(one_R if paired else one_R[:, None]), np.abs(other_S))
    scores = np.where(np.abs(gap) <= ROUNDING * size, 0.5, np.where(gap < 0, 1.0, 0.0))
    share = float(scores.mean())
    pairs = len(one_R) if paired else independent_pairs(scores, level)
    return Share(share, *proportion_interval(share, pairs, level))


def independent_pairs(scores_RS: np.ndarray, level: float) -> float:
    """Return how many independent pairs would have the variance of a mean over all pairs, p (1 - p) / variance.

    The variance is that of placements (DeLong, DeLong, Clarke-Pearson 1988) times the square of Student's over the
    normal critical value, as it is itself estimated from few. As it vanishes where samples do not overlap, there are no
    more pairs than under equal distributions, 3 R S / (R + S + 1) (Mann, Whitney 1947); and no fewer than min(R, S), as
    no distribution has a larger variance than p (1 - p) / min(R, S) (Birnbaum, Klose 1957).
    """
    p, sizes = float(scores_RS.mean()), scores_RS.shape
    least, most = min(sizes), 3 * scores_RS.size / (sum(sizes) + 1)
    placements = [scores_RS.mean(axis=1 - axis) for axis in (0, 1)]
    variance = sum(float(np.var(one, ddof=1)) / len(one) for one in placements)
    tail = (1 + level) / 2
    variance *= (scipy.special.stdtrit(least - 1, tail) / scipy.special.ndtri(tail)) ** 2
    return float(np.clip(p * (1 - p) / variance, least, most)) if variance > 0 else most


def proportion_interval(share: float, n: float, level: float) -> tuple[float, float]:
    """Return the interval of a proportion of n independent pairs; n need not be whole."""
    tail, count = (1 - level) / 2, share * n
    low = scipy.special.betaincinv(count, n - count + 1, tail) if count > 0 else 0.0
    high = scipy.special.betaincinv(count + 1, n - count, 1 - tail) if count < n else 1.0
    return float(low), float(high)
