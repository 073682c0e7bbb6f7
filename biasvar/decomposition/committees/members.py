"""Choose the models of a committee: they share a training set, and differ in the seeds of all other sources.

In a crossed design they are models of one data seed (and one seed of the label noise), in a nested design those of one
outer set: bagging. In a joint design every
replicate has a training set of its own, and any replicates make a committee.
"""

from math import ceil

import numpy as np

from biasvar import seeds
from biasvar.decomposition.components import Sources
from biasvar.decomposition.ensemble import Ensemble

TRAINING_SET = ("data", "label_noise", "outer")
COMMITTEES = 20  # about as many are averaged over where not all combinations can be


def shared(ensemble: Ensemble) -> Sources:
    """Return the indices of the sources that members share: none in a joint design."""
    return tuple(place for place, source in enumerate(ensemble.sources) if source in TRAINING_SET)


def most_members(ensemble: Ensemble) -> int:
    """Return the size of the largest committee; 1 where only the training set varies."""
    common = shared(ensemble)
    return min((size for place, size in enumerate(ensemble.sizes) if place not in common), default=1)


def orders(ensemble: Ensemble) -> np.ndarray:
    """Return models in the order in which they join each of C growing committees: indices [C, most members].

    Every combination of shared seeds has equally many committees, at least ``COMMITTEES`` in total.
    """
    generator = seeds.generator(ensemble.seed, "estimation", 4)
    sizes, common, most = ensemble.sizes, shared(ensemble), most_members(ensemble)
    combinations = list(np.ndindex(*(sizes[place] for place in common)))
    found = []
    for combination in combinations * ceil(COMMITTEES / len(combinations)):
        shared_seeds = dict(zip(common, combination, strict=True))
        places = [
            np.full(most, shared_seeds[place]) if place in shared_seeds else generator.permutation(size)[:most]
            for place, size in enumerate(sizes)
        ]
        found.append(np.ravel_multi_index(places, sizes))
    return np.array(found)


def weights_of(members_CM: np.ndarray, models: int) -> np.ndarray:
    """Return equal weights over the members of each distinct committee: [B, models]."""
    weights_CM = np.zeros((len(members_CM), models))
    np.put_along_axis(weights_CM, members_CM, 1 / members_CM.shape[1], axis=1)
    return np.unique(weights_CM, axis=0)
