"""Regression on one input, with f* and the noise distribution by name: y = f*(x) + noise, x uniform on [-1, 1]."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import scipy

from biasvar.data.distribution import Distribution
from biasvar.data.resampling.scheme import Scheme
from biasvar.data.rows import QUANTILES, Evaluation, Rows
from biasvar.decomposition.noise.distributions import FREEDOM, STUDENT_SCALE
from biasvar.settings import Parts, Problem, key

FUNCTIONS = {
    "sine": lambda x: np.sin(2 * np.pi * x),
    "step": lambda x: np.sign(x),
    "runge": lambda x: 1 / (1 + 25 * x**2),
    "cubic": lambda x: 2 * x**3 - x,
    "sine_period": lambda x: -np.sin(np.pi * x),  # sin(2 pi u) over u = (x + 1)/2
    "cosine": lambda x: np.cos(0.75 * np.pi * (x + 1)),  # cos(1.5 pi u)
    "bump": lambda x: np.exp(-32 * (x - 0.3) ** 2),
}

# Quantile functions of mean 0 and variance 1; applied to uniform numbers they give draws.
NOISES = {
    "gaussian": lambda u: scipy.special.ndtri(u),
    "laplace": lambda u: -np.sqrt(0.5) * np.sign(u - 0.5) * np.log1p(-2 * np.abs(u - 0.5)),
    "uniform": lambda u: np.sqrt(3) * (2 * u - 1),
    "student": lambda u: scipy.special.stdtrit(FREEDOM, u) * STUDENT_SCALE,
    "heteroscedastic": lambda u: scipy.special.ndtri(u),
}


@dataclass(frozen=True, kw_only=True)
class Synthetic(Distribution):
    """y = f*(x) + noise_std s(x) e, with e of variance 1 and s(x) = 1, or 1/2 + |x| for ``heteroscedastic``.

    Evaluation points are the midpoints of N equal parts of [-1, 1], so that a mean over points is a quadrature of the
    expectation over x and adds no sampling error of its own.
    """

    kind: ClassVar[str] = "synthetic"
    task: ClassVar[str] = "regression"
    outputs: ClassVar[int] = 1
    shape: ClassVar[tuple[int, ...]] = (1,)

    function: str = key("sine", "the optimal predictor f*: sin(2 pi x), sign(x), 1/(1+25x^2), ...", choices=FUNCTIONS)
    noise: str = key("gaussian", "the distribution of the noise, of mean 0", choices=NOISES)
    noise_std: float = key(0.3, "standard deviation of the noise, in units of y", at_least=0, at_most=1e6, neutral=0.0)
    tilt: float = key(
        0.0,
        "t, the slope of the density (1 + t x) / 2 of training inputs; evaluation points keep the uniform one",
        above=-1,
        below=1,
        neutral=0.0,
    )
    inputs: tuple[float, ...] = key(
        (),
        "the training inputs of resampling=fixed_design, in place of n_train drawn ones; x may stand there repeatedly",
        at_least=-1,
        at_most=1,
        neutral=(),
    )

    @property
    def noise_distribution(self) -> str:
        """The noise distribution in units of its standard deviation; heteroscedastic noise changes only the latter."""
        return "gaussian" if self.noise == "heteroscedastic" else self.noise

    def optimal(self, x_n: np.ndarray) -> np.ndarray:
        """Return f*(x), axis [n]."""
        return FUNCTIONS[self.function](x_n)

    def noise_std_at(self, x_n: np.ndarray) -> np.ndarray:
        """Return the standard deviation of y given x, axis [n]."""
        profile = 0.5 + np.abs(x_n) if self.noise == "heteroscedastic" else np.ones_like(x_n)
        return self.noise_std * profile

    def draw(self, inputs: np.random.SeedSequence, noise: np.random.SeedSequence, n: int) -> Rows:
        """Draw n rows: x from the seed sequence ``inputs``, and the noise added to f*(x) from ``noise``."""
        x_n = self.drawn_inputs(inputs, n)
        noise_n = NOISES[self.noise](np.random.default_rng(noise).random(n))
        return Rows(x_n[:, None], self.optimal(x_n) + self.noise_std_at(x_n) * noise_n)

    def drawn_inputs(self, sequence: np.random.SeedSequence, n: int) -> np.ndarray:
        """Return n inputs, [n]: drawn, or those of the list in turn."""
        if self.inputs:
            return np.resize(self.inputs, n)
        x_n = np.random.default_rng(sequence).uniform(-1, 1, n)
        if self.tilt == 0:
            return x_n
        return (np.sqrt((1 - self.tilt) ** 2 + 2 * self.tilt * (x_n + 1)) - 1) / self.tilt

    def density_ratio(self, x_nD: np.ndarray) -> np.ndarray:
        """Return the density of evaluation points over that of training inputs, [n]."""
        return 1 / (1 + self.tilt * x_nD[:, 0])

    def points(self, inputs: np.random.SeedSequence, n: int) -> Evaluation:
        """Return n inputs from a seed sequence, with what is known there."""
        return self.known(self.drawn_inputs(inputs, n))

    def evaluation(self, seed: int) -> Evaluation:
        """Return the fixed evaluation points: the same for every seed."""
        return self.known(-1 + (2 * np.arange(self.n_eval) + 1) / self.n_eval)

    def known(self, x_N: np.ndarray) -> Evaluation:
        """Return inputs with what is known there."""
        quantiles_S = NOISES[self.noise](QUANTILES)
        return Evaluation(x_N[:, None], self.optimal(x_N), self.noise_std_at(x_N) ** 2, quantiles_S)

    def resampled_by(self, scheme: Scheme) -> Self:
        """Return this source with as many training rows as inputs are listed, and what else a scheme decides."""
        rows = len(self.inputs) or self.n_train
        return super(Synthetic, replace(self, n_train=rows)).resampled_by(scheme)

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problems of a list of inputs that is too short, or with a scheme that draws inputs."""
        if len(self.inputs) == 1:
            return [Problem("data.inputs", "data.inputs has 1 number", "at least 2, or [] for drawn inputs")]
        if self.inputs and study.resampling.given != "inputs":
            what = f"data.inputs lists the training inputs, and resampling={study.resampling.kind} draws them"
            return [Problem("data.inputs", what, "[] for drawn inputs", "resampling=fixed_design")]
        return []

    def unused_keys(self, study: Parts) -> dict[str, str]:
        """Return the number of training rows as an unused key, if their inputs are listed."""
        return {"data.n_train": "data.inputs lists the training inputs"} if self.inputs else {}
