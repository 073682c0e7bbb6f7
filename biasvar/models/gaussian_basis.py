"""Gaussian bumps at fixed centres, spread evenly over the range of one input."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from biasvar.data.source import Source
from biasvar.models.linear_in_parameters import LinearInParameters
from biasvar.settings import Parts, Problem, key


@dataclass(frozen=True)
class GaussianBasis(LinearInParameters):
    """f(x) = w_0 + sum_{j=1..p} w_j exp(-(x - c_j)^2 / (2 bump_std^2)), with c_1..c_p even from ``low`` to ``high``.

    A single bump stands in the middle. A wider model has other centres, so that it does not contain a narrower one. The
    intercept w_0 is not penalised. See Bishop 2006, section 3.1.
    """

    kind: ClassVar[str] = "gaussian_basis"
    nested: ClassVar[bool] = False

    features: int = key(24, "p, the number of bumps", at_least=1)
    bump_std: float = key(0.2, "standard deviation of each bump, in units of the input", at_least=1e-6, at_most=1e6)
    low: float = key(-1.0, "the first centre", at_least=-1e6, at_most=1e6)
    high: float = key(1.0, "the last centre", at_least=-1e6, at_most=1e6)

    def centres(self, size: int) -> np.ndarray:
        """Return c_j for j = 1..size, in units of the input: [size]."""
        return np.linspace(self.low, self.high, size) if size > 1 else np.array([(self.low + self.high) / 2])

    def feature_matrix(self, x_nD: np.ndarray, size: int, init_seed: np.random.SeedSequence) -> np.ndarray:
        """Return exp(-(x - c_j)^2 / (2 bump_std^2)) for j = 1..size: [n, size]."""
        return np.exp(-0.5 * ((x_nD[:, :1] - self.centres(size)) / self.bump_std) ** 2)

    def family(self) -> Any:
        """Return the key of members that are views of one feature matrix: this number of bumps alone."""
        return self

    def incompatibility(self, data: Source) -> str:
        """Return why the model cannot be trained on the data, or an empty text."""
        has = f"data={data.kind} has {data.shape}"
        return "" if data.shape == (1,) else f"model=gaussian_basis takes one input, and {has}"

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problems of data that does not fit, and of centres in the wrong order."""
        found = super().problems(study)
        if self.low >= self.high:
            what = f"model.low = {self.low:g} is not below model.high = {self.high:g}"
            found.append(Problem("model.low", what, "the first and the last centre"))
        return found
