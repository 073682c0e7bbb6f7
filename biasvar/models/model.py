"""The interface of model families."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from biasvar.data.source import Source
from biasvar.settings import Part, Parts, Problem


class Model(Part, ABC):
    """A frozen settings class of a model family, with one key as the capacity."""

    kind: ClassVar[str]
    capacity_key: ClassVar[str]
    usual_training: ClassVar[str]  # how it is trained unless a training is chosen
    linear_in_parameters: ClassVar[bool]
    random_weights: ClassVar[bool]  # whether weights, or features, are drawn at random
    own_module: ClassVar[bool] = False  # whether it is a torch.nn.Module of the user's
    class_outputs: ClassVar[str] = ""  # the kind of a classifier's outputs; empty if the training decides

    @property
    def capacity_column(self) -> str:
        """The name of what is the capacity: the dotted key."""
        return f"model.{self.capacity_key}"

    @property
    def capacity_value(self) -> Any:
        """The value of the capacity: infinite where it is null, which means no limit; NaN for a text."""
        return getattr(self, self.capacity_key)

    @property
    def capacity_direction(self) -> int:
        """1, or -1 if the model is the less flexible the larger the value of the capacity is."""
        return 1

    @property
    def compiled(self) -> bool:
        """Whether the compiled kernel trains it on a CPU."""
        return False

    @property
    def batch_norm(self) -> bool:
        """Whether it has layers of batch norm."""
        return False

    @property
    def no_dropout(self) -> str:
        """Why training has no dropout, or an empty text."""
        return f"model={self.kind}"

    @abstractmethod
    def parameters(self, data: Source) -> int | None:
        """Return the number of parameters; None if only the fitted model has one."""

    @abstractmethod
    def incompatibility(self, data: Source) -> str:
        """Return why the model cannot be trained on the data, or an empty text."""

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problem if the model cannot be trained on the study's data."""
        reason = self.incompatibility(study.data)
        return [Problem("model", reason)] if reason else []
