"""The input of every loss: the checked predictions of an ensemble, and their reference."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import TypeVar

import numpy as np

from biasvar.decomposition.entropy import log_distributions, log_total, softmax_parts
from biasvar.decomposition.outputs import Outputs
from biasvar.decomposition.reference import Reference
from biasvar.decomposition.tiles import Name, in_order, mean_of, tiles_of

Found = TypeVar("Found")


@dataclass(frozen=True)
class Ensemble:
    """Outputs of M models at N points, with their reference.

    ``outputs`` runs over the seeds of each of ``sources`` in C order, so M is the product of ``sizes``: (R,) for
    R joint replicates, (I, J) for I data seeds crossed with J init seeds. ``outputs_are`` says what they are: values,
    scores of classes, probabilities, logits, or labels as class numbers [M, N, 1]. ``seed`` keys the resampling.

    Losses work on a tile: an ensemble of a few of the points, starting at point number ``first``. Read the arrays below
    from tiles only, since they hold all outputs of the ensemble they belong to.
    """

    outputs: Outputs
    outputs_are: str
    sizes: tuple[int, ...]
    sources: tuple[str, ...]
    reference: Reference
    seed: int
    first: int = 0

    @property
    def models(self) -> int:
        """M, the number of models."""
        return prod(self.sizes)

    @property
    def points(self) -> int:
        """N, the number of points."""
        return len(self.reference.target_NK)

    def tile(self, points: slice) -> "Ensemble":
        """Return the ensemble at some points."""
        outputs = Outputs(self.outputs.at(points))
        return replace(self, outputs=outputs, reference=self.reference.at(points), first=self.first + points.start)

    def in_tiles(self, work: Callable[["Ensemble"], Found]) -> Iterator[Found]:
        """Yield ``work`` of each tile, in order."""
        become_votes = self.outputs_are == "labels"
        width = self.reference.target_NK.shape[1] if become_votes else self.outputs.width
        return in_order(lambda points: work(self.tile(points)), tiles_of(self.points, self.models * width))

    def mean(self, work: Callable[["Ensemble"], Mapping[Name, np.ndarray]]) -> dict[Name, np.ndarray]:
        """Return means over all points, by name; ``work`` returns the means over the points of a tile."""
        return mean_of(self.in_tiles(lambda tile: (tile.points / self.points, work(tile))))

    def of_models(self, places: np.ndarray, sizes: tuple[int, ...], name: str) -> "Ensemble":
        """Return the tile with some of its models only; the array ``name`` (see below) is sliced, not recomputed."""
        part = replace(self, outputs=Outputs(self.outputs.at(slice(None))[places]), sizes=sizes)
        array = getattr(self, name)
        vars(part)[name] = array[places] if array.ndim == 2 else np.swapaxes(np.swapaxes(array, 1, 2)[places], 1, 2)
        return part

    @cached_property
    def outputs_MNK(self) -> np.ndarray:
        """The outputs in float64, with points side by side; see ``by_class``."""
        return by_class(self.outputs.at(slice(None)))

    @cached_property
    def predictions_MNK(self) -> np.ndarray:
        """The outputs as values or probabilities: logits go through a softmax, labels are one-hot."""
        if self.outputs_are == "labels":
            return by_class(self.votes_MN[..., None] == np.arange(self.reference.target_NK.shape[1]))
        if self.outputs_are != "logits":
            return self.outputs_MNK
        _, weights_MNK = self.softmax_parts
        return weights_MNK / weights_MNK.sum(axis=-1, keepdims=True)

    @cached_property
    def log_probabilities_MNK(self) -> np.ndarray:
        """Logarithms of the probabilities, normalised whether outputs are logits or not; minus infinity for zeros."""
        if self.outputs_are != "logits":
            return log_distributions(self.outputs_MNK)
        shifted_MNK, weights_MNK = self.softmax_parts
        return shifted_MNK - log_total(weights_MNK)

    @cached_property
    def softmax_parts(self) -> tuple[np.ndarray, np.ndarray]:
        """The shifted logits and their exponentials, shared by softmax and log-softmax; see ``softmax_parts``."""
        return softmax_parts(self.outputs_MNK)

    @cached_property
    def votes_MN(self) -> np.ndarray:
        """The class number that each model predicts: that of the largest output, the first of equal ones."""
        if self.outputs_are == "labels":
            return self.outputs.at(slice(None))[..., 0]
        outputs_MKN = np.swapaxes(self.outputs_MNK, 1, 2)
        classes, largest_MN = outputs_MKN.shape[1], outputs_MKN.max(axis=1)
        behind_MN = np.ones(largest_MN.shape, dtype=bool)  # whether all classes so far are smaller
        votes_MN = np.zeros(largest_MN.shape, dtype=np.min_scalar_type(classes))
        for k in range(classes - 1):
            behind_MN &= outputs_MKN[:, k] < largest_MN
            votes_MN += behind_MN
        return votes_MN.astype(np.intp)


def by_class(values: np.ndarray) -> np.ndarray:
    """Return values [..., N, K] in float64 with points contiguous in memory, so that inner loops are as long as a tile.

    Sums over K or over models then run through whole rows, in the same order whatever the number of points.
    """
    return np.swapaxes(np.ascontiguousarray(np.swapaxes(values, -1, -2), dtype=float), -1, -2)


def rows_of(values: np.ndarray) -> np.ndarray:
    """Return values [M, N, K] as [M, N K] for matrix products, without a copy where points are contiguous."""
    return np.swapaxes(values, 1, 2).reshape(len(values), -1)


def from_rows(rows: np.ndarray, classes: int) -> np.ndarray:
    """Undo ``rows_of``: [.., N K] as [.., N, K]."""
    return np.swapaxes(rows.reshape(len(rows), classes, -1), 1, 2)
