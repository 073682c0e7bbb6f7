"""Differences of the risk between places of one curve, paired by replicate, which meets the same draws at both."""

from dataclasses import dataclass

import numpy as np
import scipy

FEWEST = 4
"""Replicates that each half needs, so that places can be chosen on one and tested on the other."""


@dataclass(frozen=True)
class Difference:
    """The mean of ``risk[first] - risk[second]`` over n replicates with its interval; the places are indices.

    Without a second place it is the risk at the first one.
    """

    first: int
    second: int | None
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Halves:
    """Risks of the replicates at each place of a curve, [P, R] with NaN where a replicate is not there.

    Places are chosen on the columns ``choose_R`` and differences tested on ``test_R``. They must not overlap: places
    that one sample was searched for lie too far apart in that very sample.
    """

    risk_PR: np.ndarray
    choose_R: np.ndarray
    test_R: np.ndarray
    level: float

    @property
    def enough(self) -> bool:
        """Whether all places together share enough replicates in either half."""
        there_R = np.isfinite(self.risk_PR).all(axis=0)
        return min(int((there_R & half_R).sum()) for half_R in (self.choose_R, self.test_R)) >= FEWEST

    def gaps(self) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and t statistic of ``risk[i] - risk[j]`` for all places, on the choosing half: [P, P] each."""
        chosen_PR = self.risk_PR[:, self.choose_R]
        chosen_PR = chosen_PR[:, np.isfinite(chosen_PR).all(axis=0)]
        places, n = chosen_PR.shape
        rounding = 1e-12 * np.abs(chosen_PR).max() + np.finfo(float).tiny
        mean_PP, t_PP = np.empty((places, places)), np.empty((places, places))
        for place, risk_R in enumerate(chosen_PR):
            gap_PR = risk_R - chosen_PR
            mean_PP[place] = gap_PR.mean(axis=1)
            t_PP[place] = mean_PP[place] / (gap_PR.std(axis=1, ddof=1) / np.sqrt(n) + rounding)
        return mean_PP, t_PP

    def tested(self, first: int, second: int | None) -> Difference:
        """Return a difference with its paired t interval, on the testing half (Student 1908)."""
        gap_R = self.risk_PR[first] - (0 if second is None else self.risk_PR[second])
        gap_R = gap_R[self.test_R & np.isfinite(gap_R)]
        value, n = float(gap_R.mean()), len(gap_R)
        half_width = float(scipy.special.stdtrit(n - 1, (1 + self.level) / 2) * gap_R.std(ddof=1) / np.sqrt(n))
        return Difference(first, second, value, value - half_width, value + half_width, n)


def clearest(mean: np.ndarray, t: np.ndarray) -> int:
    """Return the index of the largest mean among those whose t statistic is at least half of the highest one.

    The largest mean alone would not do: close to the threshold an unregularised risk has no finite variance, and its
    highest mean stands where least can be shown. Nor would the highest t, which may belong to a slight but steady rise.
    """
    return int(np.argmax(np.where(t >= t.max() - abs(t.max()) / 2, mean, -np.inf)))
