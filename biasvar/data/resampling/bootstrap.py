"""The bootstrap."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar import seeds


@dataclass(frozen=True)
class Bootstrap:
    """Each replicate draws n_train rows of the pool with replacement (Efron 1979).

    Of m = N draws about 0.632 N rows are distinct, and a model interpolates at its distinct rows.
    """

    kind: ClassVar[str] = "bootstrap"
    variance_means: ClassVar[str] = "variance over bootstrap samples of one pool, near that of fresh sets in scale"

    def rows(self, seed: int, replicate: int, n_pool: int, n_train: int) -> np.ndarray:
        """Return the pool's rows of one training set, with repetitions: [n_train]."""
        return seeds.generator(seed, "rows", replicate).integers(0, n_pool, n_train)
