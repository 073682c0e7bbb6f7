"""Committees: the risk of M members that vote, or whose outputs are averaged (Breiman 1996; Hansen and Salamon 1990).

``members`` chooses the members, ``rules`` combines them into one prediction, and ``correlation`` gives the variance
that their correlation leaves.
"""

from collections.abc import Iterable

import numpy as np
import scipy

from biasvar.decomposition import components
from biasvar.decomposition.committees.correlation import shared_variance
from biasvar.decomposition.committees.members import most_members, orders, shared, weights_of
from biasvar.decomposition.committees.rules import JUDGES
from biasvar.decomposition.ensemble import Ensemble
from biasvar.decomposition.result import Decomposition

TILE = 50  # committees evaluated at once: bounds the memory of [B, n, K]


def committee_risk(parts: Decomposition, rule: str, members_S: Iterable[int]) -> np.ndarray:
    """Return the risk of a committee of each number of members, in the units of the loss: [S].

    Under squared error it is the mean over all possible committees. Under other losses this is exact only for one
    member, and for all members of a joint or two-way design; otherwise it is the mean over about 20 seeded committees,
    which grow from one size to the next.

    Raises
    ------
    ValueError
        For a rule that the loss does not have, or numbers of members that the ensemble does not hold.
    """
    sizes_S = np.asarray(list(members_S))
    check(parts, rule, sizes_S)
    if parts.loss == "squared_error":
        return exact_risk(parts, sizes_S)
    ensemble, orders_CL = parts.ensemble, orders(parts.ensemble)
    weights = [weights_of(orders_CL[:, :size], ensemble.models) for size in sizes_S]
    weights_BM = np.concatenate(weights)
    tiles = range(0, len(weights_BM), TILE)

    def of_tile(tile: Ensemble) -> dict[str, np.ndarray]:
        judged = [JUDGES[rule](tile, weights_BM[start : start + TILE], parts.family) for start in tiles]
        return {"risk": np.concatenate(judged)}

    of_committees = np.split(ensemble.mean(of_tile)["risk"], np.cumsum([len(one) for one in weights])[:-1])
    risk_S = np.array([risk_B.mean() for risk_B in of_committees])
    return np.where(sizes_S == 1, parts.value("risk"), risk_S)


def exact_risk(parts: Decomposition, members_S: np.ndarray) -> np.ndarray:
    """Return noise + bias_squared + V_shared + V_own / M, axis [S], with V_own = V_total - V_shared.

    Over all subsets of M out of R numbers with mean m and variance V, the square of a subset's mean error is
    (m - f*)^2 + V / M - V / R on average (sampling without replacement), which is bias_squared + V / M. In a crossed
    design that holds within each shared seed, where V_init + V_int is the average of V.
    """
    own = parts.value("variance") - shared_variance(parts)
    return parts.value("risk") - (1 - 1 / members_S) * own


def exact_interval(parts: Decomposition, members: float, level: float) -> tuple[float, float]:
    """Return the interval of the squared-error risk of a committee over replicates; of one member it is the risk's.

    Beyond the noise the risk is |m|^2, with m the grand mean error, and a sum of mean squares: each has df / models,
    less 1 - 1 / M of what it has in V_own. The whole is matched to a chi-square by its first two moments. |m|^2 and
    the mean square of a joint design are correlated where effects are skewed.
    """
    if members == 1:
        return parts.interval("risk", level, method="gaussian")
    sampling, ensemble = parts.sampling, parts.ensemble
    moments, unit = sampling.moments, sampling.unit
    sizes, common = ensemble.sizes, set(shared(ensemble))
    sets = components.sets_of(len(sizes))
    own = components.coefficients({s: 1.0 for s in sets if not set(s) <= common}, sizes)
    weights = {s: components.freedom(s, sizes) / ensemble.models - (1 - 1 / members) * own[s] for s in sets}
    spread = sum(weight**2 * moments.mean_squares[s].variance for s, weight in weights.items())
    if len(sets) == 1:
        spread += 2 * weights[sets[0]] * moments.covariance_with_spread
    of_committee = {s: 1.0 if set(s) <= common else 1 / members for s in [(), *sets]}
    variance = moments.variance_of_squared_mean + spread + sampling.excess_at(level, of_committee)
    risk = float(exact_risk(parts, np.array([members]))[0])
    value = (risk - parts.value("risk")) / unit + moments.risk
    if value <= 0 or variance <= 0:
        return risk, risk
    # A square has at least one degree of freedom; with fewer, the chi-square's lower tail is not finite.
    freedom, alpha = max(2 * value**2 / variance, 1.0), (1 - level) / 2
    low, high = (value * freedom / float(scipy.special.chdtri(freedom, tail)) for tail in (alpha, 1 - alpha))
    known = risk - value * unit
    return low * unit + known, high * unit + known


def check(parts: Decomposition, rule: str, sizes_S: np.ndarray) -> None:
    """Raise for a rule that the loss does not have, and for committee sizes that the ensemble does not allow."""
    known = parts.family.COMMITTEES
    if rule not in known:
        raise ValueError(f"rule = {rule!r} is none of a committee under {parts.loss}: {', '.join(known) or 'no rule'}")
    most = most_members(parts.ensemble)
    whole = sizes_S.ndim == 1 and np.issubdtype(sizes_S.dtype, np.integer)
    if not whole or sizes_S.size == 0 or sizes_S.min() < 1 or sizes_S.max() > most:
        raise ValueError(
            f"members = {sizes_S.tolist()}; expected whole numbers from 1 to {most}, as there are "
            f"{' x '.join(map(str, parts.sizes))} models over {', '.join(parts.ensemble.sources)}"
        )
