"""The predictions of an ensemble at each point, and how far its members agree."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from biasvar.decomposition.entropy import entropy_of
from biasvar.decomposition.losses.zero_one import count_votes
from biasvar.decomposition.outputs import Outputs
from biasvar.results.ensembles import CellEnsemble


def tidy(
    ensemble: CellEnsemble,
    outputs_MnK: np.ndarray,
    numbers_M: np.ndarray,
    seeds: Sequence[np.ndarray],
    points_n: np.ndarray | None = None,
) -> pd.DataFrame:
    """Return the predictions of a cell's models, one row per model, point and output, with all that estimates need.

    The columns are the cell's axes, ``replicate`` (crossed designs: also the seed of each source, ``seed_data``),
    ``point``, ``output``, ``prediction``, ``target``, where known ``noise`` and ``weight``, and, the same in every row,
    ``outputs_are``, ``target_is`` and ``noise_distribution``. The target of a label is repeated for each output.
    Outputs are those at the points with the numbers ``points_n``, or at all.
    """
    target, shape = ensemble.target, outputs_MnK.shape
    model, place, output = np.indices(shape).reshape(3, -1)
    point = place if points_n is None else points_n[place]
    columns: dict[str, Any] = {key: [value] * model.size for key, value in ensemble.axes.items()}
    columns["replicate"] = numbers_M[model]
    if ensemble.sources != ("replicate",):
        columns |= {f"seed_{one}": seed_M[model] for one, seed_M in zip(ensemble.sources, seeds, strict=True)}
    target_NK = np.broadcast_to(target.reshape(len(target), -1), (len(target), shape[2]))
    columns |= {"point": point, "output": output, "prediction": outputs_MnK.reshape(-1).astype(float)}
    columns["target"] = target_NK[point, output]
    if ensemble.noise_N is not None:
        columns["noise"] = ensemble.noise_N[point]
    if ensemble.weights_N is not None:
        columns["weight"] = ensemble.weights_N[point]
    constants = {"outputs_are": ensemble.outputs_are, "target_is": ensemble.target_is}
    if ensemble.noise_distribution is not None:
        constants["noise_distribution"] = ensemble.noise_distribution
    return pd.DataFrame(columns).assign(**constants)


def vote_counts(ensemble: CellEnsemble) -> np.ndarray:
    """Return how many members vote for each class, by their largest output: [N, K]."""
    outputs = outputs_of(ensemble)

    def counted(points: slice) -> np.ndarray:
        return count_votes(np.argmax(outputs.at(points), axis=-1), outputs.width)[0]

    return np.concatenate(list(outputs.in_tiles(counted)))


def vote_entropy(counts_NK: np.ndarray) -> np.ndarray:
    """Return the entropy of the vote frequencies, -sum_k q_k log q_k in nats: [N]; plug-in, so too low on average."""
    return entropy_of(counts_NK)


def main_class(counts_NK: np.ndarray) -> np.ndarray:
    """Return the class with the most votes (Domingos 2000), the first of tied classes: [N]."""
    return np.argmax(counts_NK, axis=1)


def central_number(ensemble: CellEnsemble, loss: str) -> np.ndarray:
    """Return the loss's central prediction in regression: [N]."""
    outputs, centre = outputs_of(ensemble), np.median if loss == "absolute_error" else np.mean

    def of_tile(points: slice) -> np.ndarray:
        return centre(outputs.at(points)[..., 0].astype(float), axis=0)

    return np.concatenate(list(outputs.in_tiles(of_tile)))


def outputs_of(ensemble: CellEnsemble) -> Outputs:
    """Return the outputs of all members, in any design.

    Raises
    ------
    ValueError
        For a cell with fewer than two members, which has no estimate.
    """
    if ensemble.outputs is None:
        raise ValueError(f"cell {ensemble.number} has fewer than two members, so it predicts nothing")
    return Outputs(ensemble.outputs)
