"""How the members of a committee are combined into one prediction: by a vote, or by averaging their outputs.

A rule is a function of a tile of an ensemble, of weights over models [B, models], equal over the members of each
committee, and of the loss's own functions; it returns the mean loss of each committee over the points of the tile, [B].
"""

from collections.abc import Callable
from types import ModuleType

import numpy as np

from biasvar.decomposition.ensemble import Ensemble, from_rows, rows_of
from biasvar.decomposition.losses import cross_entropy, zero_one

Rule = Callable[[Ensemble, np.ndarray, ModuleType], np.ndarray]


def vote(tile: Ensemble, weights_BM: np.ndarray, family: ModuleType) -> np.ndarray:
    """Return the zero-one loss of the class with the most votes; tied classes count equally."""
    return zero_one.elections(tile, (weights_BM > 0).astype(int)).central


def mean(tile: Ensemble, weights_BM: np.ndarray, family: ModuleType) -> np.ndarray:
    """Return the loss of the mean of values, scores or probabilities, whichever the ensemble outputs."""
    if family is cross_entropy:
        means_BNK = cross_entropy.log_means(tile, weights_BM)
    else:
        means_BNK = from_rows(weights_BM @ rows_of(tile.predictions_MNK), tile.predictions_MNK.shape[-1])
    judge = zero_one.loss_of_mean if family is zero_one else family.point_loss
    return tile.reference.average(judge(means_BNK, tile.reference.target_NK))


def geometric_mean(tile: Ensemble, weights_BM: np.ndarray, family: ModuleType) -> np.ndarray:
    """Return the cross-entropy of the normalised geometric mean c of probabilities: mean CE(y, p) - mean KL(c || p)."""
    terms = cross_entropy.weighted_terms(cross_entropy.usable_logs(tile), tile.reference, weights_BM)
    return tile.reference.average(terms["risk"] - terms["variance"])


JUDGES: dict[str, Rule] = {"vote": vote, "mean": mean, "geometric_mean": geometric_mean}
