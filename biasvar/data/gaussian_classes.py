"""A mixture of Gaussian classes with known posteriors."""

from dataclasses import dataclass, replace
from math import isclose
from typing import ClassVar

import numpy as np

from biasvar.data.distribution import Distribution
from biasvar.data.label_noise import LABEL_NOISE
from biasvar.data.rows import Evaluation, Rows
from biasvar.decomposition.entropy import softmax
from biasvar.settings import Parts, Problem, key


@dataclass(frozen=True, kw_only=True)
class GaussianClasses(Distribution):
    """K classes, x given class c normal with mean m_c: equally likely and with identity covariance unless told.

    The means lie on a circle of radius ``separation`` in the first two dimensions. The covariance of class c is the
    square of its spread times the identity, but for the correlation of the first two inputs. The label distribution is
    the posterior p(c | x), proportional to prior times density; with equal priors and identity covariances it is
    softmax_c(x' m_c), since all means have the same norm.
    """

    kind: ClassVar[str] = "gaussian_classes"
    task: ClassVar[str] = "classification"

    classes: int = key(3, "K, the number of classes", at_least=2, at_most=10_000)
    dimension: int = key(10, "D, the number of inputs", at_least=2)
    separation: float = key(
        1.5, "distance of each class mean from the origin, in units of a spread of 1", at_least=0, at_most=1e6
    )
    priors: tuple[float, ...] = key(
        (), "probability of each of the K classes, adding up to 1; []: equal", above=0, below=1, neutral=()
    )
    spreads: tuple[float, ...] = key(
        (), "standard deviation of the inputs within each of the K classes; []: 1", above=0, at_most=1e6, neutral=()
    )
    correlations: tuple[float, ...] = key(
        (), "correlation of the first two inputs within each of the K classes; []: 0", above=-1, below=1, neutral=()
    )
    label_noise: float = LABEL_NOISE
    eval_scale: float = key(
        1.0,
        "factor of the inputs of evaluation points, whose label distributions stay: another contrast than in training",
        above=0,
        at_most=1e6,
        neutral=1.0,
    )

    @property
    def outputs(self) -> int:
        """The number of classes."""
        return self.classes

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one input."""
        return (self.dimension,)

    @property
    def is_symmetric(self) -> bool:
        """Whether all classes are alike: equally likely, with identity covariance."""
        return not (self.priors or self.spreads or self.correlations)

    def frequencies(self) -> tuple[float, ...]:
        """Return the probability of each class."""
        return self.priors or super().frequencies()

    def means(self) -> np.ndarray:
        """Return the class means, axes [K, D]."""
        angle_K = 2 * np.pi * np.arange(self.classes) / self.classes
        means_KD = np.zeros((self.classes, self.dimension))
        means_KD[:, 0], means_KD[:, 1] = np.cos(angle_K), np.sin(angle_K)
        return self.separation * means_KD

    def deviations(self) -> np.ndarray:
        """Return the standard deviation of the inputs within each class, axis [K]."""
        return np.array(self.spreads) if self.spreads else np.ones(self.classes)

    def within(self) -> np.ndarray:
        """Return the correlation of the first two inputs within each class, axis [K]."""
        return np.array(self.correlations) if self.correlations else np.zeros(self.classes)

    def posterior(self, x_ND: np.ndarray) -> np.ndarray:
        """Return p(c | x), axes [N, K]."""
        if self.is_symmetric:
            return softmax(x_ND @ self.means().T)
        return softmax(np.log(self.frequencies()) + self.log_densities(x_ND))

    def log_densities(self, x_ND: np.ndarray) -> np.ndarray:
        """Return log p(x | c) up to a common constant, axes [N, K]."""
        found_NK = np.empty((len(x_ND), self.classes))
        for c, (mean_D, spread, r) in enumerate(zip(self.means(), self.deviations(), self.within(), strict=True)):
            z_ND = (x_ND - mean_D) / spread
            z_ND[:, 1] = (z_ND[:, 1] - r * z_ND[:, 0]) / np.sqrt(1 - r**2)
            determinant = 2 * self.dimension * np.log(spread) + np.log1p(-(r**2))
            found_NK[:, c] = -(np.einsum("nd,nd->n", z_ND, z_ND) + determinant) / 2
        return found_NK

    def draw(self, inputs: np.random.SeedSequence, noise: np.random.SeedSequence, n: int) -> Rows:
        """Draw n rows, x and y from the seed sequence ``inputs``; classes have no additive noise."""
        around, labels = (np.random.default_rng(child) for child in inputs.spawn(2))
        y_n = self.drawn_labels(labels, n)
        z_nD, r_n = around.standard_normal((n, self.dimension)), self.within()[y_n]
        z_nD[:, 1] = r_n * z_nD[:, 0] + np.sqrt(1 - r_n**2) * z_nD[:, 1]
        return Rows(self.means()[y_n] + self.deviations()[y_n, None] * z_nD, y_n)

    def drawn_labels(self, generator: np.random.Generator, n: int) -> np.ndarray:
        """Return n classes, drawn with their probabilities."""
        if not self.priors:
            return generator.integers(0, self.classes, n)
        return np.searchsorted(np.cumsum(self.priors)[:-1], generator.random(n), side="right")

    def points(self, inputs: np.random.SeedSequence, n: int) -> Evaluation:
        """Return n inputs from a seed sequence, with their label distribution."""
        x_ND = self.draw(inputs, inputs, n).x_nD
        return Evaluation(x_ND, self.posterior(x_ND))

    def evaluation(self, seed: int) -> Evaluation:
        """Return the fixed evaluation points, whose inputs are scaled once their label distribution is known."""
        points = super().evaluation(seed)
        return points if self.eval_scale == 1 else replace(points, x_ND=self.eval_scale * points.x_ND)

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problems of lists for another number of classes, and of priors that do not add up to 1."""
        found = []
        for name in ("priors", "spreads", "correlations"):
            entries = len(getattr(self, name))
            if entries not in (0, self.classes):
                what = f"data.{name} has {entries} numbers, and data.classes = {self.classes}"
                found.append(Problem(f"data.{name}", what, "a number for each class"))
        total = sum(self.priors)
        if self.priors and not isclose(total, 1, abs_tol=1e-9):
            shares = ",".join(f"{prior / total:.10g}" for prior in self.priors)
            what = f"data.priors add up to {total:.10g}"
            found.append(Problem("data.priors", what, "probabilities that add up to 1", f"write [{shares}]"))
        return found
