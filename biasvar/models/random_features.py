"""Random features: a linear model on fixed random neurons (Rahimi, Recht 2007)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar.models.linear import INTERCEPT
from biasvar.models.linear_in_parameters import LinearInParameters
from biasvar.settings import key

# Features are computed in blocks of this many columns, with the last block padded: every product has the same shape,
# and hence the same bits, whatever the width of the widest model of a job.
BLOCK = 256

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "fourier": lambda z: np.sqrt(2) * np.cos(z),
}


@dataclass(frozen=True)
class RandomFeatures(LinearInParameters):
    """f(x) = p^(-1/2) sum_{j=1..p} w_j phi(u_j' x / sqrt(D) + b_j), with only w trained.

    u_j is normal with standard deviation ``weight_std``; b_j is normal too, or uniform on [0, 2 pi) for Fourier
    features. With the factor p^(-1/2), weight decay means the same at every p, and p -> infinity is kernel ridge
    regression.
    """

    kind: ClassVar[str] = "random_features"
    random_weights: ClassVar[bool] = True

    features: int = key(100, "p, the number of random features", at_least=1)
    activation: str = key("relu", "the nonlinearity phi", choices=ACTIVATIONS)
    weight_std: float = key(
        1.0, "standard deviation of the random weights: the inverse of a length scale", at_least=1e-6, at_most=1e6
    )
    intercept: bool | None = INTERCEPT

    @property
    def scale(self) -> float:
        """The factor p^(-1/2)."""
        return self.features**-0.5

    def feature_matrix(self, x_nD: np.ndarray, size: int, init_seed: np.random.SeedSequence) -> np.ndarray:
        """Return phi(u_j' x / sqrt(D) + b_j) for j = 1..size: [n, size]."""
        dimension = x_nD.shape[1]
        weights, offsets = (np.random.default_rng(child) for child in init_seed.spawn(2))
        padded = -(-size // BLOCK) * BLOCK
        weights_PD = weights.standard_normal((padded, dimension)) * (self.weight_std / np.sqrt(dimension))
        if self.activation == "fourier":
            offset_P = offsets.uniform(0, 2 * np.pi, padded)
        else:
            offset_P = offsets.standard_normal(padded) * self.weight_std
        phi = ACTIVATIONS[self.activation]
        blocks = [slice(start, start + BLOCK) for start in range(0, padded, BLOCK)]
        return np.concatenate([phi(x_nD @ weights_PD[b].T + offset_P[b]) for b in blocks], axis=1)[:, :size]
