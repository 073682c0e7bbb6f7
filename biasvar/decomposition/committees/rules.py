"""How the members of a committee come to one prediction: by a vote, or by a mean of their outputs.

A rule is a function that prepares an ensemble and returns its judge: from weights over models [B, models], equal over
the members of each committee, to the loss of the committees at each point [B, N].
"""

from collections.abc import Callable

import numpy as np

from biasvar.decomposition.losses import cross_entropy, zero_one
from biasvar.decomposition.result import Decomposition

Judge = Callable[[np.ndarray], np.ndarray]

# ``mean`` is that of values, scores or probabilities, whichever the ensemble has.
RULES = {"squared_error": ("mean",), "zero_one": ("vote", "mean"), "cross_entropy": ("geometric_mean", "mean")}


def vote(parts: Decomposition) -> Judge:
    """Judge the class with the most votes under zero-one loss; ties are broken as in the main prediction."""
    ensemble, law_NC = parts.ensemble, parts.ensemble.reference.target_NK
    votes = zero_one.cast_votes(ensemble).reshape(ensemble.models, -1).astype(np.float32)
    ties_NC = zero_one.tie_breaks(law_NC.shape, ensemble.seed)

    def judge(weights_BM: np.ndarray) -> np.ndarray:
        counts_BNC = ((weights_BM > 0).astype(np.float32) @ votes).reshape(-1, *law_NC.shape)
        return zero_one.point_loss(counts_BNC + ties_NC, law_NC)

    return judge


def mean(parts: Decomposition) -> Judge:
    """Judge the mean of predictions under the loss of the decomposition."""
    target_NK, predictions_MNK = parts.ensemble.reference.target_NK, parts.ensemble.predictions_MNK
    flat = predictions_MNK.reshape(len(predictions_MNK), -1)

    def judge(weights_BM: np.ndarray) -> np.ndarray:
        return parts.family.point_loss((weights_BM @ flat).reshape(-1, *predictions_MNK.shape[1:]), target_NK)

    return judge


def geometric_mean(parts: Decomposition) -> Judge:
    """Judge the normalised geometric mean c of probabilities under cross-entropy: mean CE(y, p) - mean KL(c || p)."""
    law_NK, logs_MNK = parts.ensemble.reference.target_NK, cross_entropy.usable_logs(parts.ensemble)

    def judge(weights_BM: np.ndarray) -> np.ndarray:
        tiles = [terms for _, terms in cross_entropy.weighted_terms(logs_MNK, law_NK, weights_BM)]
        return np.concatenate([terms["risk"] - terms["variance"] for terms in tiles])

    return judge


JUDGES: dict[str, Callable[[Decomposition], Judge]] = {"vote": vote, "mean": mean, "geometric_mean": geometric_mean}
