"""What every loss works on: the predictions of an ensemble and what they are measured against, checked."""

from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from biasvar.decomposition.reference import Reference


@dataclass(frozen=True)
class Ensemble:
    """Outputs of M models at N points, in float64, with their reference.

    ``outputs_MNK`` runs over the seeds of each of ``sources`` in C order, so M is the product of ``sizes``: (R,) for
    R joint replicates, (I, J) for I data seeds crossed with J init seeds. ``outputs_are`` says what they are: values,
    scores of classes, probabilities, logits, or labels as one-hot votes. ``seed`` keys the breaking of ties and the
    resampling.
    """

    outputs_MNK: np.ndarray
    outputs_are: str
    sizes: tuple[int, ...]
    sources: tuple[str, ...]
    reference: Reference
    seed: int

    @property
    def models(self) -> int:
        """M, the number of models."""
        return prod(self.sizes)

    @cached_property
    def predictions_MNK(self) -> np.ndarray:
        """The outputs as values or probabilities: logits go through a softmax."""
        return softmax(self.outputs_MNK) if self.outputs_are == "logits" else self.outputs_MNK

    @cached_property
    def log_probabilities_MNK(self) -> np.ndarray:
        """Logarithms of the probabilities, by log-softmax where outputs are logits; minus infinity for zeros."""
        if self.outputs_are == "logits":
            return log_softmax(self.outputs_MNK)
        with np.errstate(divide="ignore"):
            return np.log(self.outputs_MNK)


def log_softmax(outputs: np.ndarray) -> np.ndarray:
    """Return log softmax over the last axis, without overflow."""
    shifted = outputs - outputs.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax(outputs: np.ndarray) -> np.ndarray:
    """Return the softmax over the last axis, without overflow."""
    weights = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)
