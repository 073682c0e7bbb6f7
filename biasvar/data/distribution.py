"""Data drawn from a known distribution: training sets can be fresh, and the noise and f* are known."""

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from biasvar import seeds
from biasvar.data.resampling.scheme import Scheme
from biasvar.data.rows import Evaluation, Rows
from biasvar.data.source import Source
from biasvar.settings import fact, key


@dataclass(frozen=True, kw_only=True)
class Distribution(Source):
    """A data source that can draw any number of rows.

    A member of the family defines ``task``, ``outputs``, ``shape``, ``draw`` and ``points``. The first rows of a draw
    do not depend on how many are drawn, so training sets of different ``n_train`` are nested. Inputs and additive noise
    have separate seeds, so that each can be fixed while the other varies.
    """

    kind: ClassVar[str]
    numerics: ClassVar[int] = 1
    has_distribution: ClassVar[bool] = True

    n_train: int = key(100, "rows in a training set", at_least=2)
    n_eval: int = key(1000, "fixed evaluation points", at_least=2)
    n_pool: int | None = key(
        None,
        "rows of the pool that every resampling scheme but fresh draws from; null: bootstrap n_train, kfold "
        "n_train k / (k - 1), subsample 2 n_train, disjoint 1,000",
        at_least=2,
    )
    at_training_inputs: bool = fact(False, neutral=False)  # whether the evaluation points are those of a fixed design

    @property
    def noise_distribution(self) -> str | None:
        """The noise distribution, by its name in ``decomposition.noise.distributions``; classes have none."""
        return None

    @abstractmethod
    def draw(self, inputs: np.random.SeedSequence, noise: np.random.SeedSequence, n: int) -> Rows:
        """Draw n rows: x from the seed sequence ``inputs``, and the noise added to f*(x) from ``noise``."""

    @abstractmethod
    def points(self, inputs: np.random.SeedSequence, n: int) -> Evaluation:
        """Return the inputs that ``draw`` draws from the seed sequence ``inputs``, with what is known there."""

    def evaluation(self, seed: int) -> Evaluation:
        """Return the fixed evaluation points: draws, unless a source knows better."""
        return self.points(seeds.sequence(seed, "evaluation", 0), self.n_eval)

    def resampled_by(self, scheme: Scheme) -> Self:
        """Return this source with the scheme's default pool size, if none is set, and its evaluation points."""
        pool = scheme.usual_pool(self.n_train) if self.n_pool is None else self.n_pool
        at_inputs = scheme.at_training_inputs
        n_eval = self.n_train if at_inputs else self.n_eval
        return replace(self, n_pool=pool, n_eval=n_eval, at_training_inputs=at_inputs)

    def as_asked_with(self, scheme: Scheme) -> Self:
        """Return this source with ``n_pool`` null if it is the scheme's default: the inverse of ``resampled_by``."""
        return replace(self, n_pool=None) if self.n_pool == scheme.usual_pool(self.n_train) else self

    def pool(self, seed: int) -> Rows:
        """Return the pool of a study: ``n_pool`` rows."""
        return self.draw(seeds.sequence(seed, "pool", 0), seeds.sequence(seed, "pool", 1), self.available())

    def available(self) -> int:
        """Return how many rows the pool has.

        Raises
        ------
        ValueError
            If neither ``n_pool`` nor a resampling scheme has set it.
        """
        if self.n_pool is None:
            raise ValueError("data.n_pool = null is as many rows as a resampling scheme takes: see resampled_by")
        return self.n_pool

    def fingerprint(self) -> str:
        """Return the identity of the data beside its settings: empty, as the settings say everything."""
        return self.kind

    def fit_view(self, x_nD: np.ndarray, counts_n: np.ndarray, x_ND: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return training and evaluation inputs as models see them: as drawn."""
        return x_nD, x_ND
