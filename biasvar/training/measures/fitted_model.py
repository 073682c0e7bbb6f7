"""The input of the measures."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np


class Smoother(NamedTuple):
    """A linear fit as a function of its targets: f(x) = s(x)' y, where s does not depend on y.

    ``singular_values`` returns the nonzero singular values of the training set's features, as the fit sees them; none
    where there are no features.
    """

    degrees_of_freedom: float
    effective_parameters: float
    singular_values: Callable[[], np.ndarray]


SMOOTHED = 100
"""Evaluation points, at least, whose smoother weights are computed: all would cost as much as the fit."""


def some(x_ND: np.ndarray) -> np.ndarray:
    """Return the evaluation points whose smoother weights are computed, evenly chosen."""
    return x_ND[:: max(len(x_ND) // SMOOTHED, 1)]


class Refittable(Protocol):
    """A training set that the same model can be fitted to again, without some of its distinct rows."""

    @property
    def counts_n(self) -> np.ndarray:
        """How often each distinct row occurs."""

    def squared_errors(self, left_out_n: np.ndarray) -> np.ndarray:
        """Return the squared error of a fit without some rows at these rows, summed over outputs."""

    def leave_one_out(self) -> np.ndarray:
        """Return the squared error at each row of the fit without it."""


class FittedModel(NamedTuple):
    """A fitted model: ``weights`` returns the arrays of weights, without biases; a linear fit has its ``smoother``.

    ``curvature`` returns the eigenvalues of X'X + alpha I, [P], of a model that is linear in its parameters: those of
    the matrix of second derivatives of its penalised squared error, over 2. ``parameters`` is how many there are, where
    only the fitted model has a number. ``refit`` fits the same model to some of the training rows. ``units``
    returns the values that the last layer of a network takes at the evaluation points, without dropout, [N, units].
    """

    weights: Callable[[], Sequence[np.ndarray]] = tuple
    smoother: Smoother | None = None
    curvature: Callable[[], np.ndarray] | None = None
    parameters: int | None = None
    refit: Refittable | None = None
    units: Callable[[], np.ndarray] | None = None
