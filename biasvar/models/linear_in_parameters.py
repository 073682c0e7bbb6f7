"""The common part of families that are linear in their parameters: f(x) = features(x)' w + intercept."""

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from biasvar.data.source import Source
from biasvar.models.model import Model


@dataclass(frozen=True)
class LinearInParameters(Model):
    """A family of feature maps; if it is ``nested``, a narrower map is the first columns of a wider one.

    A member of the family defines ``capacity_key`` and ``feature_matrix``; ``scale`` multiplies every feature.
    """

    numerics: ClassVar[int] = 1
    usual_training: ClassVar[str] = "exact"
    linear_in_parameters: ClassVar[bool] = True
    random_weights: ClassVar[bool] = False  # whether the features are drawn at random
    capacity_key: ClassVar[str] = "features"
    nested: ClassVar[bool] = True  # whether a narrower map is the first columns of a wider one
    dropout: ClassVar[float] = 0.0  # rate at which features are zeroed in training

    @property
    def compiled(self) -> bool:
        """Whether the compiled kernel trains it on a CPU: it has no dropout of inputs."""
        return self.dropout == 0

    @property
    def group(self) -> int:
        """How many members a CPU trains side by side if there is no kernel."""
        return 1

    @property
    def scale(self) -> float:
        """The factor of every feature."""
        return 1.0

    @property
    def size(self) -> int:
        """p, the number of features."""
        return getattr(self, self.capacity_key)

    @abstractmethod
    def feature_matrix(self, x_nD: np.ndarray, size: int, init_seed: np.random.SeedSequence) -> np.ndarray:
        """Return the first ``size`` features of each input, before ``scale``: [n, size]."""

    def has_intercept(self, data: Source) -> bool:
        """Return whether the model has an intercept, which is never penalised."""
        intercept = getattr(self, "intercept", True)
        return not data.centred if intercept is None else intercept

    def parameters(self, data: Source) -> int:
        """Return the number of parameters: features and intercept, for each output."""
        return (self.size + self.has_intercept(data)) * data.outputs

    def family(self) -> Any:
        """Return the key of members that are views of one feature matrix: everything but the capacity."""
        return replace(self, **{self.capacity_key: 1})

    def incompatibility(self, data: Source) -> str:
        """Return why the model cannot be trained on the data, or an empty text."""
        return "" if len(data.shape) == 1 else f"model={self.kind} takes vectors, and data.view=images gives images"
