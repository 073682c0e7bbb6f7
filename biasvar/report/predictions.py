"""What an ensemble predicts at each point, and how far its members agree."""

import numpy as np

from biasvar.decomposition.losses.zero_one import tie_breaks
from biasvar.report.ensembles import CellEnsemble


def vote_counts(ensemble: CellEnsemble) -> np.ndarray:
    """Return how many members vote for each class, the largest of their outputs: [N, K]."""
    outputs_MNK = flat(ensemble)
    return np.sum(np.argmax(outputs_MNK, axis=-1)[..., None] == np.arange(outputs_MNK.shape[-1]), axis=0)


def vote_entropy(ensemble: CellEnsemble) -> np.ndarray:
    """Return the entropy of the shares of votes, -sum_k q_k log q_k in nats: [N], plug-in and so low on average."""
    counts_NK = vote_counts(ensemble)
    share_NK = counts_NK / counts_NK.sum(axis=1, keepdims=True)
    return -np.sum(share_NK * np.log(np.where(share_NK > 0, share_NK, 1)), axis=1)


def main_prediction(ensemble: CellEnsemble, loss: str) -> np.ndarray:
    """Return the class with the most votes (Domingos 2000), or in regression the loss's central prediction: [N]."""
    study = ensemble.cell.study
    if study.data.task == "classification":
        counts_NK = vote_counts(ensemble)
        return np.argmax(counts_NK + tie_breaks(counts_NK.shape, study.seed), axis=1)
    centre = np.median if loss == "absolute_error" else np.mean
    return centre(flat(ensemble)[..., 0], axis=0)


def flat(ensemble: CellEnsemble) -> np.ndarray:
    """Return the outputs of all members, whatever the design: [M, N, K].

    Raises
    ------
    ValueError
        For a cell with fewer than two members, which has no estimate.
    """
    if ensemble.outputs is None:
        raise ValueError(f"cell {ensemble.number} has fewer than two members, so it predicts nothing")
    return ensemble.outputs.reshape(-1, *ensemble.outputs.shape[-2:])
