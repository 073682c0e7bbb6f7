"""Components of the cross-entropy variance: averages of log-probabilities, one source of randomness after another.

With l = log p and Z(l) = log sum_k exp(l_k), the variance about the normalised geometric mean is -Z(E l), as every
single Z(l) is 0. For a set S of sources let T_S = E Z(E[l | S]): log-probabilities are averaged over all others. As Z
is convex, T_S grows with S, from T_0 = Z(E l) to 0, and a chain of sets splits the variance into parts that are not
negative (the law of total variance for Bregman divergences: Gupta, Smith, Adlam, Mariet 2022, "Ensembling over
classifiers: a bias-variance perspective"; Adlam, Gupta, Mariet, Smith 2022, arXiv 2202.04167),

    variance = (T_A - T_0) + (T_AB - T_A) + ...: what A does, what B does given A, ...

which depends on the order. The part of each source on its own is T_s - T_0. What these leave of the variance is called
the interaction, and may be negative in the population itself: unlike under squared error nothing is orthogonal here.
"""

from collections.abc import Callable

import numpy as np

from biasvar.decomposition import components as parts
from biasvar.decomposition.entropy import log_sum_exp
from biasvar.decomposition.terms import NESTED, component_names, given

Weights = dict[parts.Sources, float]
"""What each T_S counts; that of all sources together is 0 and left out."""


def weights_of(sources: tuple[str, ...]) -> dict[str, Weights]:
    """Return the components by name, as sums of T_S: none of a joint design, and of a nested one both of its levels."""
    if len(sources) == 1:
        return {}
    if sources == NESTED:
        return {"variance_outer": {(0,): 1.0, (): -1.0}, "variance_inner": {(0,): -1.0}}
    count = len(sources)
    own: dict[str, Weights] = {
        name: {(place,): 1.0, (): -1.0} for place, name in enumerate(component_names(sources)[:count])
    }
    own["variance_interaction"] = dict.fromkeys([(place,) for place in range(count)], -1.0) | {(): count - 1.0}
    for place in range(1, count):
        chain, before = tuple(range(place + 1)), tuple(range(place))
        own[given(sources, place)] = {before: -1.0} | ({chain: 1.0} if place < count - 1 else {})
    return own


def sets_in(sources: tuple[str, ...]) -> list[parts.Sources]:
    """Return the sets S whose T_S some component needs."""
    return list(dict.fromkeys(s for weights in weights_of(sources).values() for s in weights))


def combined(totals: dict[parts.Sources, np.ndarray], sources: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return the components by name from the T_S."""
    return {
        name: parts.total(weight * totals[s] for s, weight in weights.items())
        for name, weights in weights_of(sources).items()
    }


def plug_in(logs_MNK: np.ndarray, sizes: tuple[int, ...], kept: parts.Sources) -> np.ndarray:
    """Return the uncorrected T_S of log-probabilities at each point, [N]."""
    rest = tuple(place for place in range(len(sizes)) if place not in kept)
    means = logs_MNK.reshape(*sizes, *logs_MNK.shape[1:]).mean(axis=rest)
    return log_sum_exp(means).mean(axis=tuple(range(len(kept))))


def left_out(
    logs_MNK: np.ndarray, sizes: tuple[int, ...], sources: tuple[str, ...], average: Callable[[np.ndarray], np.ndarray]
) -> dict[str, np.ndarray]:
    """Return the uncorrected components, means over points, with all seeds and then without each seed of each source.

    The source varies slowest: name -> [1 + sum_s n_s].
    """
    if not (needed := sets_in(sources)):
        return {}
    grid = logs_MNK.reshape(*sizes, *logs_MNK.shape[1:])
    grids = [grid, *(np.delete(grid, seed, axis=place) for place, size in enumerate(sizes) for seed in range(size))]
    found = []
    for one in grids:
        left, logs = one.shape[: len(sizes)], one.reshape(-1, *logs_MNK.shape[1:])
        found.append(combined({s: average(plug_in(logs, left, s)) for s in needed}, sources))
    return {name: np.array([float(one[name]) for one in found]) for name in found[0]}


def resampled(values: np.ndarray, counts: list[np.ndarray], sources: tuple[str, ...]) -> np.ndarray:
    """Return a component under resamples of the seeds of each source, to first order, from ``left_out``: [B].

    Each source adds the mean over its resampled seeds of the jackknife's pseudo-values less their mean; of two seeds a
    resample has both or only one, and all is known. In a nested design only outer sets are independent draws.
    """
    ends = np.cumsum([1, *(counts_Bn.shape[1] for counts_Bn in counts)])
    found_B = np.full(len(counts[0]), values[0])
    for place, counts_Bn in enumerate(counts[:1] if sources == NESTED else counts):
        without_n = values[ends[place] : ends[place + 1]]
        size = len(without_n)
        if size == 2:
            found_B += (counts_Bn == 2) @ (without_n[::-1] - values[0])
        else:
            found_B += counts_Bn @ (without_n.mean() - without_n) * (size - 1) / size
    return found_B
