"""Pairs of models that differ in some sources of randomness and share the seeds of all others.

For a set of sources D, P_D takes each model's value to the mean over its partners: the models whose seed of every
source in D is another one, and whose seed of every other source is the same. x'(1 - P_D) y / M is then the covariance
of x and y when the sources in D are drawn anew: half the mean product of differences within pairs. In a joint design,
with R replicates, it has the divisor R - 1.
"""

import numpy as np
import scipy

from biasvar.decomposition.components import Sources, sets_of
from biasvar.decomposition.terms import NESTED

ALL = "all"


def kinds_of_pairs(sources: tuple[str, ...]) -> dict[str, Sources]:
    """Return each set of sources that the two models of a pair may draw apart, by its name; ``all`` is every source.

    Models of a nested design share an outer set or nothing.
    """
    every = sets_of(len(sources))
    named = {"+".join(sources[place] for place in apart): apart for apart in every[:-1]} | {ALL: every[-1]}
    return {name: apart for name, apart in named.items() if sources != NESTED or name != NESTED[0]}


def partner_means(values: np.ndarray, sizes: tuple[int, ...], apart: Sources) -> np.ndarray:
    """Return for each model the mean of values [M, ...] over its partners, which differ in the sources ``apart``."""
    grid = values.reshape(*sizes, *values.shape[1:])
    for place in apart:
        grid = (grid.sum(axis=place, keepdims=True) - grid) / (sizes[place] - 1)
    return grid.reshape(values.shape)


def jackknife_interval(
    sums: tuple[np.ndarray, np.ndarray], sizes: tuple[int, ...], sources: tuple[str, ...], apart: Sources, level: float
) -> tuple[float, float]:
    """Return the interval of a mean over pairs, or of its ratio to a mean over models, by the delete-one jackknife.

    ``sums`` are each model's mean over its partners [M], and each model's own value [M]. Deleting a seed removes the
    pairs with a model that has it. The variances over the seeds of each source add up, which is conservative where
    sources interact; the degrees of freedom are Satterthwaite's (1946). Undefined (NaN) with two seeds of a source in
    which pairs differ: they make no pair without one of them.
    """
    of_pairs, of_models = (values_M.reshape(sizes) for values_M in sums)
    value, variances, freedoms = float(of_pairs.mean() / of_models.mean()), [], []
    for place in (0,) if sources == NESTED else range(len(sizes)):
        size, rest = sizes[place], tuple(other for other in range(len(sizes)) if other != place)
        models = 2 if place in apart else 1  # of a pair that may have the seed
        if size <= models:
            return np.nan, np.nan
        pairs_n = (size * of_pairs.mean() - models * of_pairs.mean(axis=rest)) / (size - models)
        own_n = (size * of_models.mean() - of_models.mean(axis=rest)) / (size - 1)
        ratios_n = pairs_n / own_n
        variances.append((size - 1) * float(np.var(ratios_n)))
        freedoms.append(size - 1)
    total = sum(variances)
    if total == 0:
        return value, value
    freedom = total**2 / sum(one**2 / n for one, n in zip(variances, freedoms, strict=True))
    half = float(scipy.special.stdtrit(freedom, (1 + level) / 2)) * np.sqrt(total)
    return value - half, value + half
