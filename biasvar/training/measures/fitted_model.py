"""What measures look at."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np


class Smoother(NamedTuple):
    """A linear fit as what it makes of the targets: f(x) = s(x)' y, in which y has no say in s.

    ``singular_values`` returns those of the training set's features, as the fit sees them, that do not count as zero.
    """

    degrees_of_freedom: float
    effective_parameters: float
    singular_values: Callable[[], np.ndarray]


class FittedModel(NamedTuple):
    """A fitted model: ``weights`` returns the arrays that weight decay pulls on; a linear fit has its ``smoother``."""

    weights: Callable[[], Sequence[np.ndarray]]
    smoother: Smoother | None = None
