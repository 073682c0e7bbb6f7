"""The seam of the data floor: what every data source gives."""

from collections.abc import Hashable
from typing import Protocol

import numpy as np

from biasvar.data.rows import Evaluation, Rows


class Source(Hashable, Protocol):
    """A frozen settings class that knows where (x, y) come from.

    Laws: ``evaluation`` and ``pool`` depend on the seed alone; ``fit_view`` depends on the training set alone; two
    sources with the same ``fingerprint`` and identity give the same numbers. Sources with a law also have
    ``draw(inputs, noise, n) -> Rows`` from two seed sequences, whose first rows do not depend on n.
    """

    kind: str
    numerics: int  # raised by hand when a correction changes the numbers of the members that train on it
    task: str  # regression or classification
    n_train: int
    n_eval: int

    @property
    def has_distribution(self) -> bool:
        """Whether fresh rows can be drawn, and noise and f* are known."""

    @property
    def centred(self) -> bool:
        """Whether inputs and targets have mean zero, so that a linear model needs no intercept."""

    @property
    def outputs(self) -> int:
        """K: 1, or the number of classes."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one input as models see it."""

    def pool(self, seed: int) -> Rows:
        """Return the rows that resampling schemes draw from."""

    def evaluation(self, seed: int) -> Evaluation:
        """Return the fixed evaluation points."""

    def available(self) -> int:
        """Return how many rows the pool has, without reading it."""

    def fingerprint(self) -> str:
        """Return what identifies the data, without reading it."""

    def fit_view(self, x_nD: np.ndarray, counts_n: np.ndarray, x_ND: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return training and evaluation inputs as models see them, fitted on the training set."""
