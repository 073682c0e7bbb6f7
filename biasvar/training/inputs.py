"""The input and output of a trainer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

import numpy as np

from biasvar.training.readouts import EVALUATION, TRAINING_ROWS, Readout

NONE: Mapping = MappingProxyType({})


@dataclass(frozen=True)
class Inputs:
    """One replicate as models see it: distinct training rows with their counts, and the evaluation points.

    ``y_nK`` holds numbers [n, 1], or one-hot labels [n, K]; the share ``label_noise_rate`` of them was changed.
    ``others`` holds other rows to predict, by name. ``drawn_m`` lists the drawn rows as positions among the distinct
    ones, in the order of the draw, for models that are fitted to repeated rows.
    """

    x_nD: np.ndarray
    y_nK: np.ndarray
    counts_n: np.ndarray
    x_ND: np.ndarray
    label_noise_rate: float | None = None
    others: Mapping[str, np.ndarray] = field(default_factory=dict)
    drawn_m: np.ndarray = field(default_factory=lambda: np.array([], dtype=int))


@dataclass(frozen=True)
class Reading:
    """A member's outputs after one epoch and in one mode of prediction: [rows, K] by set of rows, and its measures.

    The sets of rows are the evaluation points, the distinct training rows, and the others that were requested. Outputs
    are NaN if the member had diverged, in epoch ``diverged_epoch``. ``spread_NK`` is the variance of the predictions at
    the evaluation points over dropout masks, if it is read under some.
    """

    outputs: Mapping[str, np.ndarray]
    measures: Mapping[str, float] = field(default_factory=dict)
    diverged_epoch: int = 0
    spread_NK: np.ndarray | None = None


@dataclass(frozen=True)
class Fit:
    """A fitted member: its readings by the readout of a cell, the last one always among them.

    ``loss`` is the mean training loss over the rows of the last trained epoch, each at the step of its batch, where
    training has epochs.
    """

    readings: Mapping[Readout, Reading]
    loss: float = np.nan

    @classmethod
    def once(
        cls,
        eval_NK: np.ndarray,
        train_nK: np.ndarray,
        others: Mapping[str, np.ndarray] = NONE,
        measures: Mapping[str, float] = NONE,
    ) -> Self:
        """Return a fit that is read once: without epochs, and with one mode of prediction."""
        return cls({EVALUATION: Reading({EVALUATION.rows: eval_NK, TRAINING_ROWS: train_nK, **others}, measures)})

    def at(self, readout: Readout) -> np.ndarray:
        """Return the outputs at a readout."""
        return self.readings[readout.of_cell].outputs[readout.rows]

    @property
    def eval_NK(self) -> np.ndarray:
        """The outputs at the evaluation points, after the last epoch."""
        return self.at(EVALUATION)

    @property
    def train_nK(self) -> np.ndarray:
        """The outputs on each distinct training row, after the last epoch."""
        return self.readings[EVALUATION].outputs[TRAINING_ROWS]

    @property
    def diverged_epoch(self) -> int:
        """0, or the epoch in which the member diverged."""
        return self.readings[EVALUATION].diverged_epoch
