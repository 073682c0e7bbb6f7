"""The input of the measures."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np


class Smoother(NamedTuple):
    """A linear fit as a function of its targets: f(x) = s(x)' y, where s does not depend on y.

    ``singular_values`` returns the nonzero singular values of the training set's features, as the fit sees them.
    """

    degrees_of_freedom: float
    effective_parameters: float
    singular_values: Callable[[], np.ndarray]


class FittedModel(NamedTuple):
    """A fitted model: ``weights`` returns the arrays of weights, without biases; a linear fit has its ``smoother``.

    ``parameters`` is how many there are, where only the fitted model has a number.
    """

    weights: Callable[[], Sequence[np.ndarray]] = tuple
    smoother: Smoother | None = None
    parameters: int | None = None
