"""The interface of model families."""

from abc import ABC, abstractmethod
from typing import ClassVar

from biasvar.data.source import Source
from biasvar.settings import Part, Parts, Problem


class Model(Part, ABC):
    """A frozen settings class of a model family, with one key as the capacity."""

    kind: ClassVar[str]
    capacity_key: ClassVar[str]
    usual_training: ClassVar[str]  # how it is trained unless a training is chosen
    linear_in_parameters: ClassVar[bool]
    random_weights: ClassVar[bool]  # whether weights, or features, are drawn at random
    compiled: ClassVar[bool] = False  # whether the compiled kernel trains it on a CPU

    @property
    def capacity(self) -> int:
        """The value of the capacity key."""
        return getattr(self, self.capacity_key)

    @abstractmethod
    def parameters(self, data: Source) -> int:
        """Return the number of parameters."""

    @abstractmethod
    def incompatibility(self, data: Source) -> str:
        """Return why the model cannot be trained on the data, or an empty text."""

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problem if the model cannot be trained on the study's data."""
        reason = self.incompatibility(study.data)
        return [Problem("model", reason)] if reason else []
