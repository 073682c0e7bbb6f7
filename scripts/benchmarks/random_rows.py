"""Data that costs nothing to draw: random rows of any shape, to time what is done with them."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar import seeds
from biasvar.data.distribution import Distribution
from biasvar.data.rows import Evaluation, Rows


@dataclass(frozen=True, kw_only=True)
class RandomRows(Distribution):
    """Standard normal inputs of a shape; numbers that depend on the first of them, or classes that depend on none."""

    kind: ClassVar[str] = "random_rows"
    centred: ClassVar[bool] = True

    shape: tuple[int, ...] = (1,)
    classes: int = 0  # 0: regression

    @property
    def task(self) -> str:
        """Whether there are classes to learn or numbers."""
        return "classification" if self.classes else "regression"

    @property
    def outputs(self) -> int:
        """The number of classes, or 1."""
        return self.classes or 1

    def draw(self, inputs: np.random.SeedSequence, noise: np.random.SeedSequence, n: int) -> Rows:
        """Draw n rows: x from the sequence ``inputs``, and labels from ``noise``."""
        x_n = np.random.default_rng(inputs).standard_normal((n, *self.shape))
        labels = np.random.default_rng(noise)
        if self.classes:
            return Rows(x_n, labels.integers(0, self.classes, n))
        return Rows(x_n, x_n.reshape(n, -1)[:, 0] + labels.standard_normal(n))

    def evaluation(self, seed: int) -> Evaluation:
        """Return the fixed evaluation points."""
        drawn = self.draw(seeds.sequence(seed, "evaluation", 0), seeds.sequence(seed, "evaluation", 1), self.n_eval)
        if self.classes:
            return Evaluation(drawn.x_nD, np.full((self.n_eval, self.classes), 1 / self.classes))
        return Evaluation(drawn.x_nD, drawn.x_nD.reshape(self.n_eval, -1)[:, 0], np.ones(self.n_eval))
