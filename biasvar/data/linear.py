"""A Gaussian linear model with known coefficients; a model may see only its first p features.

This is the setting of Belkin, Hsu and Xu 2019 ("Two models of double descent for weak features"), whose risk has a
closed form.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy

from biasvar import seeds
from biasvar.data.distribution import Distribution
from biasvar.data.rows import QUANTILES, Evaluation, Rows
from biasvar.data.whitening import WHITENINGS
from biasvar.settings import Parts, Problem, key


@dataclass(frozen=True, kw_only=True)
class Linear(Distribution):
    """y = offset + x' beta + noise, x standard normal in D dimensions, beta_j^2 = signal / D or decaying as 1/j^2.

    If y depends on the ``relevant`` first inputs alone, the others are nuisances: their beta_j is 0. With ``scales``,
    x_j is normal with that standard deviation, and beta stays as it is. Evaluation points are a Gaussian sample,
    whitened so that its second moments are exactly those of the distribution. Then the mean over points of any
    quadratic form (such as bias squared and variance of linear models) is its expectation; N plain draws would add a
    relative error of sqrt(2 / N).
    """

    kind: ClassVar[str] = "linear"
    task: ClassVar[str] = "regression"
    outputs: ClassVar[int] = 1

    dimension: int = key(120, "D, the features that the distribution uses", at_least=1)
    beta: str = key("equal", "coefficients: all equal, or beta_j proportional to 1/j", choices=("equal", "decaying"))
    signal: float = key(1.0, "squared norm of beta", at_least=0, at_most=1e12)
    noise_std: float = key(0.2, "standard deviation of the noise, in units of y", at_least=0, at_most=1e6, neutral=0.0)
    scales: tuple[float, ...] = key(
        (), "standard deviation of each of the D inputs; []: 1 for all", above=0, at_most=1e6, neutral=()
    )
    correlation: float = key(0.0, "of any two inputs", at_least=0, below=1, neutral=0.0)
    whiten: str = key(
        "none",
        "inputs as models see them, by the moments of each training set: standard: mean 0 and standard deviation 1; "
        "pca and zca: uncorrelated too, as principal components or near to the inputs",
        choices=WHITENINGS,
        neutral="none",
    )
    offset: float = key(0.0, "the mean of y, which no input explains", at_least=-1e6, at_most=1e6, neutral=0.0)
    relevant: int | None = key(None, "inputs that y depends on, the first of D; null: all", at_least=1, neutral=None)
    n_train: int = key(40, "rows in a training set", at_least=2)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one input."""
        return (self.dimension,)

    @property
    def centred(self) -> bool:  # type: ignore[override]
        """Whether y has mean zero."""
        return self.offset == 0

    @property
    def noise_distribution(self) -> str:
        """The distribution of the noise."""
        return "gaussian"

    def coefficients(self) -> np.ndarray:
        """Return beta, axis [D]."""
        raw_D = 1 / np.arange(1, self.dimension + 1) if self.beta == "decaying" else np.ones(self.dimension)
        raw_D[self.dimension if self.relevant is None else self.relevant :] = 0
        return raw_D * np.sqrt(self.signal / np.sum(raw_D**2))

    def deviations(self) -> np.ndarray:
        """Return the standard deviation of each input, axis [D]."""
        return np.array(self.scales) if self.scales else np.ones(self.dimension)

    def correlated(self, z_ND: np.ndarray) -> np.ndarray:
        """Return inputs with the covariance of the distribution from standard normal numbers."""
        if self.correlation > 0:  # the symmetric square root of (1 - rho) I + rho 11'
            alone = np.sqrt(1 - self.correlation)
            every = np.sqrt(1 - self.correlation + self.correlation * self.dimension)
            z_ND = alone * z_ND + (every - alone) * z_ND.mean(axis=1, keepdims=True)
        return z_ND * self.deviations()

    def fit_view(self, x_nD: np.ndarray, counts_n: np.ndarray, x_ND: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return training and evaluation inputs, whitened by the training set."""
        return WHITENINGS[self.whiten](x_nD, counts_n, x_ND)

    def draw(self, inputs: np.random.SeedSequence, noise: np.random.SeedSequence, n: int) -> Rows:
        """Draw n rows: x from the seed sequence ``inputs``, and the noise added to f*(x) from ``noise``."""
        points = self.points(inputs, n)
        noise_n = np.random.default_rng(noise).standard_normal(n)
        return Rows(points.x_ND, points.target + self.noise_std * noise_n)

    def points(self, inputs: np.random.SeedSequence, n: int) -> Evaluation:
        """Return n inputs from a seed sequence, with what is known there."""
        return self.known(self.correlated(np.random.default_rng(inputs).standard_normal((n, self.dimension))))

    def known(self, x_ND: np.ndarray) -> Evaluation:
        """Return inputs with what is known there."""
        noise_N = np.full(len(x_ND), self.noise_std**2)
        return Evaluation(x_ND, self.offset + x_ND @ self.coefficients(), noise_N, scipy.special.ndtri(QUANTILES))

    def evaluation(self, seed: int) -> Evaluation:
        """Return the fixed evaluation points, whose second moments are exactly those of the distribution.

        Raises
        ------
        ValueError
            If there are fewer points than dimensions.
        """
        if self.n_eval < self.dimension:
            raise ValueError(f"data.n_eval = {self.n_eval} must be at least data.dimension = {self.dimension}")
        sample_ND = seeds.generator(seed, "evaluation", 0).standard_normal((self.n_eval, self.dimension))
        left_ND, _, right_DD = np.linalg.svd(sample_ND, full_matrices=False)
        return self.known(self.correlated(left_ND @ right_DD * np.sqrt(self.n_eval)))

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problems of numbers that do not fit the dimension, and of evaluation points too few to whiten."""
        found = []
        if self.relevant is not None and self.relevant > self.dimension:
            what = f"data.relevant = {self.relevant} is not allowed"
            found.append(Problem("data.relevant", what, f"at most data.dimension = {self.dimension}"))
        if self.scales and len(self.scales) != self.dimension:
            what = f"data.scales has {len(self.scales)} numbers, and data.dimension = {self.dimension}"
            found.append(Problem("data.scales", what, "a standard deviation for each input"))
        if self.whiten in ("pca", "zca") and self.n_train <= self.dimension:
            what = f"data.whiten = {self.whiten}, and data.n_train = {self.n_train} rows do not span all inputs"
            found.append(Problem("data.n_train", what, f"more than data.dimension = {self.dimension}"))
        if self.n_eval < self.dimension and not self.at_training_inputs:
            what = f"data.n_eval = {self.n_eval} is not allowed"
            found.append(Problem("data.n_eval", what, f"at least data.dimension = {self.dimension}"))
        return found
