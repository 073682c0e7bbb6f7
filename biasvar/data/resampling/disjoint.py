"""Disjoint blocks of the pool."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar import seeds


@dataclass(frozen=True)
class Disjoint:
    """Replicate r has the r-th block of n_train rows of the pool, in one seeded order."""

    kind: ClassVar[str] = "disjoint"
    variance_means: ClassVar[str] = "variance over independent training sets, each a block of the pool"

    def rows(self, seed: int, replicate: int, n_pool: int, n_train: int) -> np.ndarray:
        """Return the pool's rows of one training set: [n_train]."""
        block = slice(replicate * n_train, (replicate + 1) * n_train)
        return seeds.generator(seed, "rows", 0).permutation(n_pool)[block]
