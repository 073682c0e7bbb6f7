"""Handwritten digits shipped with scikit-learn: 1,797 images of 8x8 grey pixels, 10 classes (Alpaydin, Kaynak 1998)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar.data.label_noise import LABEL_NOISE
from biasvar.data.rows import Rows
from biasvar.data.shipped_table import ShippedTable
from biasvar.data.views import standardise_images
from biasvar.settings import key


@dataclass(frozen=True, kw_only=True)
class Digits(ShippedTable):
    """Classification of 64 pixels, or of 8x8 images, into 10 digits, standardised."""

    kind: ClassVar[str] = "digits"
    task: ClassVar[str] = "classification"
    outputs: ClassVar[int] = 10
    total: ClassVar[int] = 1797
    sha256: ClassVar[str] = "f19a7d92591ca0a1ffc65ec172e8149afdff995e0d2c4cb0afd151f38471ff90"

    n_train: int = key(
        200, "rows in a training set", at_least=2, hint="there are 1,797 rows, of which data.n_eval are held out"
    )
    n_eval: int = key(797, "rows held out as fixed evaluation points", at_least=2, at_most=1795)
    view: str = key("flat", "inputs as standardised pixels or as standardised images", choices=("flat", "images"))
    label_noise: float = LABEL_NOISE

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one input under the chosen view."""
        return {"flat": (64,), "images": (1, 8, 8)}[self.view]

    @staticmethod
    def load() -> Rows:
        """Return all rows."""
        from sklearn.datasets import load_digits

        bunch = load_digits()
        return Rows(bunch.data, bunch.target)

    def fit_view(self, x_nD: np.ndarray, counts_n: np.ndarray, x_ND: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return training and evaluation inputs as models see them: standardised by the training set."""
        if self.view == "images":
            x_nCHW, x_NCHW = (x.reshape(-1, *self.shape).astype(np.float32) for x in (x_nD, x_ND))
            return standardise_images(x_nCHW, counts_n, x_NCHW)
        return super().fit_view(x_nD, counts_n, x_ND)

    def pictures(self, x_ND: np.ndarray) -> np.ndarray:
        """Return rows as 8x8 grey images, with their 17 levels spread over the range of a byte."""
        return np.round(x_ND * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8)
