"""What a training works on and what it gives back."""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Inputs:
    """One replicate as models see it: distinct training rows with their counts, and the evaluation points.

    ``y_nK`` holds numbers [n, 1], or one-hot labels [n, K], of which ``label_noise_rate`` were changed.
    """

    x_nD: np.ndarray
    y_nK: np.ndarray
    counts_n: np.ndarray
    x_ND: np.ndarray
    label_noise_rate: float | None = None


@dataclass(frozen=True)
class Fit:
    """A member's outputs at the evaluation points [N, K] and on each distinct training row [n, K].

    ``diverged_epoch`` is 0, or the epoch in which the training loss ceased to be finite or after which outputs were too
    large for squares; outputs are then NaN, and ``diverged_loss`` is the mean training loss of that epoch.
    ``degrees_of_freedom`` and ``effective_parameters`` are known of a linear smoother only, where y has no say in it.
    """

    eval_NK: np.ndarray
    train_nK: np.ndarray
    diverged_epoch: int = 0
    degrees_of_freedom: float | None = None
    effective_parameters: float | None = None
    diverged_loss: float = math.nan
