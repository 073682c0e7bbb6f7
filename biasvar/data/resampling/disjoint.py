"""Disjoint blocks of the pool."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar import seeds
from biasvar.data.resampling.scheme import Scheme


@dataclass(frozen=True)
class Disjoint(Scheme):
    """Replicate r has the r-th block of n_train rows of the pool, in one seeded order."""

    kind: ClassVar[str] = "disjoint"
    variance_means: ClassVar[str] = (
        "variance over disjoint blocks of one pool: that of the decomposition, for training sets of a block's size"
    )
    given: ClassVar[str] = ""

    def rows(self, seed: int, replicate: int, n_pool: int, n_train: int) -> np.ndarray:
        """Return the pool's rows of one training set: [n_train]."""
        block = slice(replicate * n_train, (replicate + 1) * n_train)
        return seeds.generator(seed, "rows", 0).permutation(n_pool)[block]

    def rows_needed(self, n_train: int, draws: int) -> int:
        """Return n_train times the draws: rows are not reused."""
        return n_train * draws
