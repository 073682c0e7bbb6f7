"""Subsampling without replacement."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar import seeds
from biasvar.data.resampling.scheme import Scheme


@dataclass(frozen=True)
class Subsample(Scheme):
    """Each replicate draws n_train rows of the pool without replacement."""

    kind: ClassVar[str] = "subsample"
    variance_means: ClassVar[str] = (
        "variance over subsamples of one pool: too low by the factor 1 - n_train / pool, as the sets share rows; the "
        "missing part sits in bias squared"
    )

    def rows(self, seed: int, replicate: int, n_pool: int, n_train: int) -> np.ndarray:
        """Return the pool's rows of one training set: [n_train]."""
        return seeds.generator(seed, "rows", replicate).permutation(n_pool)[:n_train]

    def usual_rows(self, most: int) -> int:
        """Return half of the largest size: a subsample of all rows would be the same in every replicate."""
        return most // 2

    def usual_pool(self, n_train: int) -> int:
        """Return 2 n_train: a subsample is half of the pool."""
        return 2 * n_train

    def warning(self, n_train: int, n_pool: int, draws: int) -> str:
        """Return the warning for a subsample of all rows, which is no sample."""
        if n_train != n_pool or draws < 2:
            return ""
        return (
            f"every subsample of {n_train:,} rows is the whole pool: training sets do not differ, so that the variance "
            "is that of other sources only; take fewer rows, or resampling=bootstrap"
        )
