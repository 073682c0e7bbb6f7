"""Data that costs nothing to draw: random rows of any shape, to time what is done with them."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

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
        points, labels = self.points(inputs, n), np.random.default_rng(noise)
        if self.classes:
            return Rows(points.x_ND, labels.integers(0, self.classes, n))
        return Rows(points.x_ND, points.target + labels.standard_normal(n))

    def points(self, inputs: np.random.SeedSequence, n: int) -> Evaluation:
        """Return n inputs from a seed sequence, with what is known there."""
        x_n = np.random.default_rng(inputs).standard_normal((n, *self.shape))
        if self.classes:
            return Evaluation(x_n, np.full((n, self.classes), 1 / self.classes))
        return Evaluation(x_n, x_n.reshape(n, -1)[:, 0], np.ones(n))
