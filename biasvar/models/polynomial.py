"""Polynomials of one variable in an orthogonal basis."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar.data.source import Source
from biasvar.models.linear_in_parameters import LinearInParameters
from biasvar.settings import key


@dataclass(frozen=True)
class Polynomial(LinearInParameters):
    """f(x) = w_0 + sum_{k=1..degree} w_k sqrt(2k + 1) P_k(x), with P_k the Legendre polynomials.

    The features are orthonormal for x uniform on [-1, 1], so weight decay shrinks all degrees alike. The constant is
    the intercept.
    """

    kind: ClassVar[str] = "polynomial"
    capacity_key: ClassVar[str] = "degree"

    degree: int = key(3, "degree of the polynomial", at_least=0)

    def feature_matrix(self, x_nD: np.ndarray, size: int, init_seed: np.random.SeedSequence) -> np.ndarray:
        """Return sqrt(2k + 1) P_k(x) for k = 1..size, by the three-term recurrence: [n, size]."""
        x_n = x_nD[:, 0]
        legendre = [np.ones_like(x_n), x_n]
        for k in range(1, size):
            legendre.append(((2 * k + 1) * x_n * legendre[k] - k * legendre[k - 1]) / (k + 1))
        return (
            np.stack(legendre[1 : size + 1], axis=1) * np.sqrt(2 * np.arange(1, size + 1) + 1) if size else x_nD[:, :0]
        )

    def incompatibility(self, data: Source) -> str:
        """Return why the model cannot be trained on the data, or an empty text."""
        return "" if data.shape == (1,) else f"model=polynomial takes one input, and data={data.kind} has {data.shape}"
