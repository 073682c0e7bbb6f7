"""The bootstrap."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar import seeds
from biasvar.data.resampling.scheme import Scheme


@dataclass(frozen=True)
class Bootstrap(Scheme):
    """Each replicate draws n_train rows of the pool with replacement (Efron 1979).

    Of m = N draws about 0.632 N rows are distinct, and a model interpolates at its distinct rows.
    """

    kind: ClassVar[str] = "bootstrap"
    variance_means: ClassVar[str] = (
        "variance over bootstrap samples of one pool: near right in scale, but each set repeats rows and holds fewer "
        "distinct ones, so interpolation comes earlier"
    )

    def rows(self, seed: int, replicate: int, n_pool: int, n_train: int) -> np.ndarray:
        """Return the pool's rows of one training set, with repetitions: [n_train]."""
        return seeds.generator(seed, "rows", replicate).integers(0, n_pool, n_train)

    def rows_needed(self, n_train: int, draws: int) -> int:
        """Return 1: rows are reused."""
        return 1

    def usual_pool(self, n_train: int) -> int:
        """Return n_train: a pool as large as one training set."""
        return n_train

    def expected_distinct(self, n_train: int, n_pool: int) -> float:
        """Return N (1 - (1 - 1/N)^m): 0.632 m for m = N draws, nearly m for a small m."""
        return n_pool * (1 - (1 - 1 / n_pool) ** n_train)

    def warning(self, n_train: int, n_pool: int, draws: int) -> str:
        """Return the warning for samples that are larger than their pool."""
        if n_train <= n_pool:
            return ""
        return (
            f"n_train = {n_train:,} is more than the {n_pool:,} rows of the pool: every bootstrap sample repeats rows"
        )
