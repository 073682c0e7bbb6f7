"""The input and output of a trainer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from biasvar.training.outcome import Outcome
from biasvar.training.readouts import EVALUATION, Readout


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
class Fit:
    """A member's outputs at the evaluation points [N, K], on each distinct training row [n, K], and its outcome.

    ``others`` holds its outputs at other readouts. In the outcome, the trainer sets whether the member diverged, and
    its measures.
    """

    eval_NK: np.ndarray
    train_nK: np.ndarray
    others: Mapping[Readout, np.ndarray] = field(default_factory=dict)
    outcome: Outcome = field(default_factory=Outcome)

    def at(self, readout: Readout) -> np.ndarray:
        """Return the outputs at a readout."""
        return self.eval_NK if readout == EVALUATION else self.others[readout]
