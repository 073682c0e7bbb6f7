"""Data drawn from a known distribution: training sets can be fresh, and the noise and f* are known."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar import seeds
from biasvar.data.rows import Rows
from biasvar.data.source import Source
from biasvar.settings import key


@dataclass(frozen=True, kw_only=True)
class Distribution(Source):
    """A data source that can draw as many rows as are asked for.

    A member of the family gives ``task``, ``outputs``, ``shape``, ``draw`` and ``evaluation``. The first rows of a
    draw do not depend on how many are drawn, so training sets of different ``n_train`` are nested. Inputs and additive
    noise have seeds of their own, so that each can be held while the other varies.
    """

    kind: ClassVar[str]
    numerics: ClassVar[int] = 1
    has_distribution: ClassVar[bool] = True

    n_train: int = key(100, "rows in a training set", at_least=2, hint="a distribution gives as many as are asked for")
    n_eval: int = key(1000, "fixed evaluation points", at_least=2)
    n_pool: int = key(1000, "rows of the pool that every resampling scheme but fresh draws from", at_least=2)

    @property
    def noise_distribution(self) -> str | None:
        """The noise's distribution, by a name of ``decomposition.noise.distributions``; classes have none."""
        return None

    @abstractmethod
    def draw(self, inputs: np.random.SeedSequence, noise: np.random.SeedSequence, n: int) -> Rows:
        """Draw n rows: x from the sequence ``inputs``, and what is added to f*(x) from ``noise``."""

    def pool(self, seed: int) -> Rows:
        """Return the pool of a study: ``n_pool`` rows."""
        return self.draw(seeds.sequence(seed, "pool", 0), seeds.sequence(seed, "pool", 1), self.n_pool)

    def available(self) -> int:
        """Return how many rows the pool has."""
        return self.n_pool

    def fingerprint(self) -> str:
        """Return what identifies the data beside its settings: nothing that its kind does not say."""
        return self.kind

    def fit_view(self, x_nD: np.ndarray, counts_n: np.ndarray, x_ND: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return training and evaluation inputs as models see them: as drawn."""
        return x_nD, x_ND
