"""A mixture of Gaussian classes with known posteriors."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar import seeds
from biasvar.data.distribution import Distribution
from biasvar.data.label_noise import LABEL_NOISE
from biasvar.data.rows import Evaluation, Rows
from biasvar.decomposition.entropy import softmax
from biasvar.settings import key


@dataclass(frozen=True, kw_only=True)
class GaussianClasses(Distribution):
    """K equally likely classes, x given class c normal with mean m_c and identity covariance.

    The means lie on a circle of radius ``separation`` in the first two dimensions. The label distribution is the
    posterior p(c | x) = softmax_c(x' m_c), since all means have the same norm.
    """

    kind: ClassVar[str] = "gaussian_classes"
    task: ClassVar[str] = "classification"

    classes: int = key(3, "K, the number of classes", at_least=2, at_most=10_000)
    dimension: int = key(10, "D, the number of inputs", at_least=2)
    separation: float = key(
        1.5, "distance of each class mean from the origin, in standard deviations", at_least=0, at_most=1e6
    )
    label_noise: float = LABEL_NOISE

    @property
    def outputs(self) -> int:
        """The number of classes."""
        return self.classes

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one input."""
        return (self.dimension,)

    def means(self) -> np.ndarray:
        """Return the class means, axes [K, D]."""
        angle_K = 2 * np.pi * np.arange(self.classes) / self.classes
        means_KD = np.zeros((self.classes, self.dimension))
        means_KD[:, 0], means_KD[:, 1] = np.cos(angle_K), np.sin(angle_K)
        return self.separation * means_KD

    def posterior(self, x_ND: np.ndarray) -> np.ndarray:
        """Return p(c | x), axes [N, K]."""
        return softmax(x_ND @ self.means().T)

    def draw(self, inputs: np.random.SeedSequence, noise: np.random.SeedSequence, n: int) -> Rows:
        """Draw n rows, x and y from the seed sequence ``inputs``; classes have no additive noise."""
        around, labels = (np.random.default_rng(child) for child in inputs.spawn(2))
        y_n = labels.integers(0, self.classes, n)
        return Rows(self.means()[y_n] + around.standard_normal((n, self.dimension)), y_n)

    def evaluation(self, seed: int) -> Evaluation:
        """Return the fixed evaluation points with their label distribution."""
        inputs, noise = seeds.sequence(seed, "evaluation", 0), seeds.sequence(seed, "evaluation", 1)
        x_ND = self.draw(inputs, noise, self.n_eval).x_nD
        return Evaluation(x_ND, self.posterior(x_ND))
