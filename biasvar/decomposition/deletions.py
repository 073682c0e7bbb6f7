"""The covariance of the terms of a crossed or nested design, from its estimates without one seed.

Second moments (see ``moments``) take the effects of all seeds for equally large. Where an interaction is larger for
some data seeds than for others, its mean square varies like a mean over I data seeds, not over I J models. Deleting a
seed shows how much the terms depend on it, whatever the sizes of its effects (Quenouille 1956; Efron and Stein 1981).

With T_S the terms without one seed of each source of S, less all that depends on fewer sources of S, and J_S the sum of
their products times prod_{s in S} (n_s - 1) / n_s, the covariance is sum_S (-1)^(|S|+1) J_S (Cameron, Gelbach and
Miller 2011). For a mean over models that is exact on average. The J_s of single sources alone, like the bootstrap over
each source's seeds, count twice what two sources do together (Owen 2007).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from biasvar.decomposition import components as parts
from biasvar.decomposition.gram import Gram

FEWEST = 3  # seeds of a source: without one of two, the components of that source have no estimate


@dataclass(frozen=True)
class Deletions:
    """The covariance [T, T] of bias squared, under the key (), and the components; its degrees of freedom."""

    keys: list[parts.Sources]
    covariance: np.ndarray
    freedom: int

    def variance(self, weights: Mapping[parts.Sources, float]) -> float:
        """Return the variance of a weighted sum of terms; differences of the J_S may make it negative."""
        weights_T = np.array([weights.get(key, 0.0) for key in self.keys])
        return float(weights_T @ self.covariance @ weights_T)


def deletions_of(gram: Gram, sizes: tuple[int, ...], sources: tuple[int, ...]) -> Deletions:
    """Return the covariance of the terms over independent draws of the seeds of ``sources``."""
    sources = tuple(place for place in sources if sizes[place] >= FEWEST)
    keys = [(), *parts.sets_of(len(sizes))]
    covariance = np.zeros((len(keys), len(keys)))
    around_mean = replace(gram, squared_mean=0.0)  # the same after every deletion: it would only cost digits
    for count in parts.sets_of(len(sources)):
        deleted = tuple(sources[place] for place in count)
        terms = terms_without(around_mean, sizes, deleted)
        for axis in range(len(deleted)):
            terms = terms - terms.mean(axis=axis, keepdims=True)
        terms_DT = terms.reshape(-1, len(keys))
        scale = prod((sizes[place] - 1) / sizes[place] for place in deleted)
        covariance -= (-1) ** len(deleted) * scale * (terms_DT.T @ terms_DT)
    return Deletions(keys, covariance, min((sizes[place] - 1 for place in sources), default=1))


def terms_without(gram: Gram, sizes: tuple[int, ...], deleted: parts.Sources) -> np.ndarray:
    """Return bias squared and the components without one seed of each of some sources: [n_s, ..., T]."""
    shape = tuple(sizes[place] for place in deleted)
    counts = [np.ones((prod(shape), size)) for size in sizes]
    for place, seed_D in zip(deleted, np.indices(shape).reshape(len(shape), -1), strict=True):
        size = sizes[place]
        counts[place] *= np.where(np.arange(size) == seed_D[:, None], 0.0, size / (size - 1))
    squares, mean_D = gram.marginal_squares(counts)
    left = tuple(size - (place in deleted) for place, size in enumerate(sizes))
    components = parts.variance_components(squares, left)
    bias_D = mean_D - parts.variance_of_the_mean(components, left)
    return np.stack([bias_D, *components.values()], axis=-1).reshape(*shape, -1)
