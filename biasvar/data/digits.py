"""Handwritten digits shipped with scikit-learn: 1,797 images of 8x8 grey pixels, 10 classes (Alpaydin, Kaynak 1998)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar.data.label_noise import LABEL_NOISE
from biasvar.data.rows import Rows
from biasvar.data.table import Table
from biasvar.settings import key


@dataclass(frozen=True, kw_only=True)
class Digits(Table):
    """Classification of 64 standardised pixels into 10 digits."""

    kind: ClassVar[str] = "digits"
    task: ClassVar[str] = "classification"
    outputs: ClassVar[int] = 10
    shape: ClassVar[tuple[int, ...]] = (64,)
    total: ClassVar[int] = 1797
    sha256: ClassVar[str] = "f19a7d92591ca0a1ffc65ec172e8149afdff995e0d2c4cb0afd151f38471ff90"

    n_eval: int = key(797, "rows held out as fixed evaluation points", at_least=2, at_most=1795)
    label_noise: float = LABEL_NOISE

    @staticmethod
    def load() -> Rows:
        """Return all rows."""
        from sklearn.datasets import load_digits

        bunch = load_digits()
        return Rows(bunch.data, bunch.target)

    def pictures(self, x_ND: np.ndarray) -> np.ndarray:
        """Return rows as 8x8 grey images, whose 17 levels are spread over all bytes."""
        return np.round(x_ND * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8)
