"""The data of scikit-learn's example 'Single estimator versus bagging: bias-variance decomposition'."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar.data.distribution import Distribution
from biasvar.data.rows import QUANTILES, Evaluation, Rows
from biasvar.data.synthetic import NOISES
from biasvar.settings import key

EARLIER_SETS, EARLIER_ROWS = 50, 50  # training sets that the example draws before its test points


@dataclass(frozen=True, kw_only=True)
class TwoBumps(Distribution):
    """y = exp(-x^2) + 1.5 exp(-(x - 2)^2) + noise_std e, with x uniform on [-5, 5] and e standard normal.

    The evaluation points are those of the example: uniform too, and sorted.
    """

    kind: ClassVar[str] = "two_bumps"
    task: ClassVar[str] = "regression"
    outputs: ClassVar[int] = 1
    shape: ClassVar[tuple[int, ...]] = (1,)
    noise_distribution: ClassVar[str] = "gaussian"

    n_train: int = key(50, "rows in a training set", at_least=2)
    noise_std: float = key(0.1, "standard deviation of the noise, in units of y", at_least=0, at_most=1e6, neutral=0.0)

    def draw(self, inputs: np.random.SeedSequence, noise: np.random.SeedSequence, n: int) -> Rows:
        """Draw n rows: x from the seed sequence ``inputs``, and the noise added to f*(x) from ``noise``."""
        x_n = drawn_inputs(inputs, n)
        noise_n = NOISES["gaussian"](np.random.default_rng(noise).random(n))
        return Rows(x_n[:, None], optimal(x_n) + self.noise_std * noise_n)

    def points(self, inputs: np.random.SeedSequence, n: int) -> Evaluation:
        """Return n inputs from a seed sequence, with what is known there."""
        return self.known(drawn_inputs(inputs, n))

    def evaluation(self, seed: int) -> Evaluation:
        """Return the fixed evaluation points: the same for every seed."""
        return self.known(example_points(self.n_eval))

    def known(self, x_N: np.ndarray) -> Evaluation:
        """Return inputs with what is known there."""
        noise_N = np.full(len(x_N), self.noise_std**2)
        return Evaluation(x_N[:, None], optimal(x_N), noise_N, NOISES["gaussian"](QUANTILES))


def drawn_inputs(sequence: np.random.SeedSequence, n: int) -> np.ndarray:
    """Return n inputs drawn from a seed sequence, [n]."""
    return np.random.default_rng(sequence).uniform(-5, 5, n)


def optimal(x_n: np.ndarray) -> np.ndarray:
    """Return f*(x), axis [n]."""
    return np.exp(-(x_n**2)) + 1.5 * np.exp(-((x_n - 2) ** 2))


def example_points(n: int) -> np.ndarray:
    """Return the example's n test points, which it draws after its training sets from numpy's generator of seed 0."""
    generator = np.random.RandomState(0)
    for _ in range(EARLIER_SETS):
        generator.rand(EARLIER_ROWS)
        generator.normal(size=EARLIER_ROWS)
    return np.sort(generator.rand(n) * 10 - 5)
