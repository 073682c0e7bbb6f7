"""Random features: a linear model on fixed random neurons (Rahimi, Recht 2007)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar.models.linear import INTERCEPT
from biasvar.models.linear_in_parameters import LinearInParameters
from biasvar.models.orthonormal import orthonormal_rows
from biasvar.settings import key

# Features are computed in blocks of this many columns, with the last block padded: every product has the same shape,
# and hence the same bits, whatever the width of the widest model of a job.
BLOCK = 256

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "fourier": lambda z: np.sqrt(2) * np.cos(z),
    "identity": lambda z: z,
}


@dataclass(frozen=True)
class RandomFeatures(LinearInParameters):
    """f(x) = p^(-1/2) sum_{j=1..p} w_j phi(u_j' x / sqrt(D) + b_j), with only w trained.

    u_j is normal with standard deviation ``weight_std``, or the u_j / sqrt(D) are orthogonal, of length ``weight_std``,
    in runs of D. b_j is normal too, uniform on [0, 2 pi) for Fourier features, or absent. With the factor p^(-1/2),
    weight decay means the same at every p, and p -> infinity is kernel ridge regression. The identity makes it a linear
    network of two layers, of which the second is trained.
    """

    kind: ClassVar[str] = "random_features"
    random_weights: ClassVar[bool] = True

    features: int = key(100, "p, the number of random features", at_least=1)
    activation: str = key("relu", "the nonlinearity phi", choices=ACTIVATIONS)
    weight_std: float = key(
        1.0, "standard deviation of the random weights: the inverse of a length scale", at_least=1e-6, at_most=1e6
    )
    weights: str = key(
        "gaussian",
        "the random weights: independent normal numbers, or orthonormal rows, in runs of as many as there are inputs",
        choices=("gaussian", "orthonormal"),
        neutral="gaussian",
    )
    offsets: bool = key(True, "whether the random neurons have offsets b_j", neutral=True)
    intercept: bool | None = INTERCEPT

    @property
    def scale(self) -> float:
        """The factor p^(-1/2)."""
        return self.features**-0.5

    def feature_matrix(self, x_nD: np.ndarray, size: int, init_seed: np.random.SeedSequence) -> np.ndarray:
        """Return phi(u_j' x / sqrt(D) + b_j) for j = 1..size: [n, size]."""
        weights, offsets = (np.random.default_rng(child) for child in init_seed.spawn(2))
        padded = -(-size // BLOCK) * BLOCK
        weights_PD, offset_P = np.zeros((padded, x_nD.shape[1])), np.zeros(padded)
        weights_PD[:size] = self.drawn_weights(weights, size, x_nD.shape[1])
        offset_P[:size] = self.drawn_offsets(offsets, size)
        phi = ACTIVATIONS[self.activation]
        blocks = [slice(start, start + BLOCK) for start in range(0, padded, BLOCK)]
        return np.concatenate([phi(x_nD @ weights_PD[b].T + offset_P[b]) for b in blocks], axis=1)[:, :size]

    def drawn_weights(self, generator: np.random.Generator, size: int, dimension: int) -> np.ndarray:
        """Return u_j / sqrt(D): [size, D]."""
        if self.weights == "orthonormal":
            return orthonormal_rows(generator, size, dimension) * self.weight_std
        return generator.standard_normal((size, dimension)) * (self.weight_std / np.sqrt(dimension))

    def drawn_offsets(self, generator: np.random.Generator, size: int) -> np.ndarray:
        """Return b_j: [size]."""
        if not self.offsets:
            return np.zeros(size)
        if self.activation == "fourier":
            return generator.uniform(0, 2 * np.pi, size)
        return generator.standard_normal(size) * self.weight_std
