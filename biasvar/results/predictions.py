"""The predictions of an ensemble at each point, and how far its members agree."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from biasvar.decomposition.entropy import entropy_of
from biasvar.decomposition.losses.zero_one import count_votes
from biasvar.decomposition.outputs import Outputs
from biasvar.results.ensembles import CellEnsemble, entry_at
from biasvar.study.plan import Cell
from biasvar.study.store.store import Store


def predictions_table(cell: Cell, store: Store, warn: Callable[[str], None]) -> pd.DataFrame:
    """Return the prediction of each model of a cell at each point: replicate, point, output, prediction.

    Models that diverged or failed are left out. ``warn`` is called for shards that cannot be trusted.
    """
    index, data = store.index(warn), cell.study.data
    entries = [entry_at(cell.readout, index.get(member.id)) for member in cell.members]
    used = [(number, one) for number, one in enumerate(entries) if one and one.outcome.ok]
    shape = (len(used), data.n_eval, data.outputs)
    outputs_MNK = np.reshape([store.outputs(one, cell.readout) for _, one in used], shape)
    places = np.indices(shape).reshape(3, -1)
    numbers = np.array([number for number, _ in used], dtype=int)
    columns = {"replicate": numbers[places[0]], "point": places[1], "output": places[2]}
    return pd.DataFrame(columns | {"prediction": outputs_MNK.reshape(-1)})


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
