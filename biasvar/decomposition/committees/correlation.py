"""The variance that averaging cannot remove: the part that the members of a committee share.

The variance of the mean of M predictions with equal variances and correlations is rho variance + (1 - rho) variance / M
and its bias is theirs (Hastie, Tibshirani, Friedman 2009, section 15.2); a gain of 1 / M needs rho = 0. Replicates are
independent given the distribution, or given the pool that their training sets are drawn from, so rho = 0 in a joint
design. Across pools they are correlated: two bootstrap means of n numbers have the correlation n / (2 n - 1). A single
pool cannot show this, because whatever its replicates share is counted as their bias.
"""

from math import inf, sqrt
from typing import NamedTuple

import numpy as np

from biasvar.decomposition import components
from biasvar.decomposition.committees.members import shared
from biasvar.decomposition.deletions import FEWEST, terms_without
from biasvar.decomposition.losses import squared_error
from biasvar.decomposition.result import Decomposition


class Correlation(NamedTuple):
    """The correlation of members, the floor rho variance, and the risk of an infinitely large committee."""

    rho: float
    floor: float
    limit: float


def shared_variance(parts: Decomposition) -> float:
    """Return the variance components shared by members under squared error: V_data, or 0 in a joint design."""
    mean_squares, sizes = parts.moments.mean_squares, parts.sizes
    wanted = [s for s in components.sets_of(len(sizes)) if set(s) <= set(shared(parts.ensemble))]
    return sum(c * mean_squares[s].value for s, c in components.coefficients(dict.fromkeys(wanted, 1.0), sizes).items())


def correlation_of(parts: Decomposition) -> Correlation:
    """Return rho = V_shared / V_total under squared error; both parts are unbiased, and rho may be negative.

    Raises
    ------
    ValueError
        For another loss, or an ensemble without variance.
    """
    if parts.loss != "squared_error":
        raise ValueError(f"under {parts.loss} there are no components of variance; fit_correlation takes its risks")
    floor, variance = shared_variance(parts), parts.value("variance")
    require_variance(variance)
    return Correlation(floor / variance, floor, parts.value("risk") - variance + floor)


def fit_correlation(members_S: np.ndarray, risk_S: np.ndarray, variance: float) -> Correlation:
    """Return the least-squares fit of the risk on 1 / M: risk = limit + (1 - rho) variance / M.

    ``variance`` is that of one member, in the units of the risk. Under squared error the line is exact. Under
    cross-entropy it holds for the geometric mean of members that differ little; a vote follows no such line.

    Raises
    ------
    ValueError
        For fewer than two sizes of committees, arrays that do not fit, or a variance that is not positive.
    """
    members_S, risk_S = np.asarray(members_S, dtype=float), np.asarray(risk_S, dtype=float)
    if members_S.shape != risk_S.shape or members_S.ndim != 1 or len(np.unique(members_S)) < 2 or members_S.min() < 1:
        raise ValueError(
            f"members have shape {members_S.shape} and risks {risk_S.shape}; expected as many of both, for two sizes "
            "of committees or more, from 1 on"
        )
    require_variance(variance)
    inverse_S = 1 / members_S
    centred_S = inverse_S - inverse_S.mean()
    slope = float(centred_S @ risk_S / (centred_S @ centred_S))
    rho = 1 - slope / variance
    return Correlation(rho, rho * variance, float(risk_S.mean()) - slope * float(inverse_S.mean()))


def require_variance(variance: float) -> None:
    """Raise for a variance that is not positive: it cannot be split into shares."""
    if variance == 0:
        raise ValueError("variance = 0: members do not differ, and a correlation of members needs a positive one")
    if not variance > 0:
        raise ValueError(f"variance = {variance:g}; a correlation of members needs a positive one")


def error_of_correlation(parts: Decomposition) -> float:
    """Return the standard error of rho under squared error: of rho without each seed that members share.

    A jackknife (Quenouille 1956) over the seeds of the first such source; infinite with fewer than three of them, and 0
    where members share nothing.
    """
    common, sizes = shared(parts.ensemble), parts.sizes
    if not common:
        return 0.0
    if sizes[common[0]] < FEWEST:
        return inf
    terms_IT = terms_without(squared_error.gram(parts.ensemble), sizes, common[:1])
    keys = components.sets_of(len(sizes))
    floor_I = terms_IT[:, [1 + place for place, s in enumerate(keys) if set(s) <= set(common)]].sum(axis=1)
    rho_I = floor_I / terms_IT[:, 1:].sum(axis=1)
    return sqrt((len(rho_I) - 1) * float(np.var(rho_I)))
