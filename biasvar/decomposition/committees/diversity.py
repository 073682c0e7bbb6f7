"""Diversity: by how much a committee beats its members, and how it enters the decomposition of its risk.

For a loss that has a bias and a variance about its central prediction, and members that are combined in the same way
(mean of numbers under squared error, normalised geometric mean of probabilities under cross-entropy),

    risk of M members = noise + mean bias + mean variance - diversity,

with the bias and the variance of single members, and diversity = E mean_m loss(committee, f_m), the spread of members
about their own committee (Wood, Mu, Webb, Reeve, Lujan, Brown 2023, "A unified theory of diversity in ensemble
learning"). It is not negative, and 0 for one member. From R models the plug-in bias is too high and the variance too
low, and both are corrected; the spread about a real committee of M has no error of that kind.
"""

from collections.abc import Iterable

import numpy as np

from biasvar.decomposition import components
from biasvar.decomposition.committees.committee import committee_risk
from biasvar.decomposition.committees.members import shared
from biasvar.decomposition.gaussian import component_interval
from biasvar.decomposition.result import Decomposition

RULES = {"squared_error": "mean", "cross_entropy": "geometric_mean"}
"""The losses that have such a decomposition, and how members are combined: as the loss's own central prediction is."""


def diversity(parts: Decomposition, members_S: Iterable[int]) -> np.ndarray:
    """Return the diversity of committees of each number of members, in the units of the loss: [S].

    That is the mean loss of single models less the loss of committees (see ``committee_risk``). Under squared error it
    is (1 - 1 / M) V_own, with V_own the variance that members do not share: the mean over all committees. Under
    cross-entropy it is the mean of KL(committee || member) for all models together, and estimated from about 20
    committees of fewer.

    Raises
    ------
    ValueError
        For a loss without such a decomposition, or numbers of members that the ensemble does not hold.
    """
    if parts.loss not in RULES:
        raise ValueError(f"{parts.loss} has no diversity that is free of the label: {' and '.join(RULES)} have")
    return parts.value("risk") - committee_risk(parts, RULES[parts.loss], members_S)


def diversity_interval(parts: Decomposition, members: int, level: float) -> tuple[float, float]:
    """Return the interval of the squared-error diversity: that of (1 - 1 / M) V_own, a sum of components of variance.

    Like them it is not clipped: where members hardly differ, its estimate may be negative.
    """
    common, share = set(shared(parts.ensemble)), 1 - 1 / members
    sets = components.sets_of(len(parts.sizes))
    weights = {s: share for s in sets if not set(s) <= common}
    sampling = parts.sampling
    low, high = component_interval(sampling.moments, weights, level, sampling.excess_at(level, weights))
    return low * sampling.unit, high * sampling.unit
