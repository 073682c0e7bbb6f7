"""The risk of a committee of linear smoothers from its own training data: generalised cross-validation, corrected.

Each of M members is fitted to k of n rows, drawn without replacement, and f_m(x) is linear in its targets, with df_m
degrees of freedom: the trace of its smoother on its own k rows. With r_m its residuals at all n rows, r their mean over
members and d = mean_m df_m / n,

    GCV  = |r|^2 / n / (1 - d)^2
    CGCV = GCV - d^2 / (1 - d)^2 / M^2 sum_m (n / k - 1) (|r_m|^2 / n) / (1 - 2 df_m / n + df_m^2 / (k n))

(Bellec, Du, Koriyama, Patil, Tan 2023, "Corrected generalized cross-validation for finite ensembles of penalized
estimators"). GCV takes the committee for one smoother of all n rows, and is too high for few members: each of them
extrapolates to the n - k rows that it was not fitted to. CGCV is consistent where n, k and the number of features grow
together; both agree for many members. They hold for ridge regression, and are sums over outputs.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Residuals:
    """Residuals [M, n, K] at all n rows of members that were fitted to ``fitted`` = k rows each, and their df_m [M].

    Risks for fewer than M members are those of the mean over all subsets, except that d stays the mean over all M.

    Raises
    ------
    ValueError
        For shapes that do not fit, and degrees of freedom or rows beyond what there are.
    """

    residuals_MnK: np.ndarray
    freedom_M: np.ndarray
    fitted: int

    def __post_init__(self):
        shape = np.shape(self.residuals_MnK)
        if len(shape) != 3 or np.shape(self.freedom_M) != shape[:1]:
            raise ValueError(
                f"residuals have shape {shape} and degrees of freedom {np.shape(self.freedom_M)}; expected [M, n, K] "
                "and [M]"
            )
        if not 0 < self.fitted <= shape[1]:
            raise ValueError(f"members are fitted to {self.fitted} rows, and there are residuals at {shape[1]}")
        if not (np.min(self.freedom_M) >= 0 and np.max(self.freedom_M) <= self.fitted and self.share < 1):
            raise ValueError(f"degrees of freedom lie beyond 0 and {self.fitted}, the rows of a fit, or leave none")

    @property
    def rows(self) -> int:
        """The number n of rows."""
        return self.residuals_MnK.shape[1]

    @property
    def share(self) -> float:
        """The mean share d of degrees of freedom: mean_m df_m / n."""
        return float(np.mean(self.freedom_M)) / self.rows

    @property
    def squares_M(self) -> np.ndarray:
        """The mean square of each member's residuals, |r_m|^2 / n, summed over outputs."""
        return np.einsum("mnk,mnk->m", self.residuals_MnK, self.residuals_MnK) / self.rows

    def of_means(self, members_S: Iterable[int]) -> np.ndarray:
        """Return |r|^2 / n of committees of each number of members, the mean over all of each size: [S]."""
        inverse_S, count = 1 / whole(members_S, len(self.residuals_MnK)), len(self.residuals_MnK)
        mean_nK = self.residuals_MnK.mean(axis=0)
        alone, together = float(self.squares_M.mean()), float(np.sum(mean_nK * mean_nK)) / self.rows
        # Products of two different members follow from the whole: together = alone / M + (1 - 1 / M) across.
        across = (together - alone / count) / (1 - 1 / count) if count > 1 else 0.0
        return across + inverse_S * (alone - across)


def gcv_risk(fits: Residuals, members_S: Iterable[int]) -> np.ndarray:
    """Return the generalised cross-validation of committees of each number of members, [S]: too high for few."""
    return fits.of_means(members_S) / (1 - fits.share) ** 2


def corrected_gcv_risk(fits: Residuals, members_S: Iterable[int]) -> np.ndarray:
    """Return the corrected generalised cross-validation of committees of each number of members, [S]."""
    members_S = list(members_S)
    d_M, left = np.asarray(fits.freedom_M) / fits.rows, fits.rows / fits.fitted
    apart_M = (left - 1) * fits.squares_M / (1 - 2 * d_M + d_M * d_M * left)
    excess_S = (fits.share / (1 - fits.share)) ** 2 * apart_M.mean() / np.asarray(members_S, dtype=float)
    return gcv_risk(fits, members_S) - excess_S


def whole(members_S: Iterable[int], most: int) -> np.ndarray:
    """Return numbers of members as floats, [S].

    Raises
    ------
    ValueError
        For numbers that are not whole, or beyond 1 and the number of members.
    """
    found_S = np.asarray(list(members_S), dtype=float)
    if found_S.size == 0 or found_S.min() < 1 or found_S.max() > most or np.any(found_S % 1):
        raise ValueError(f"members = {found_S.tolist()}; expected whole numbers from 1 to {most}")
    return found_S
