"""The common part of networks: layers, and the counts of parameters, memory and arithmetic from them."""

from abc import abstractmethod
from collections.abc import Iterator
from math import prod
from typing import ClassVar

from biasvar.data.source import Source
from biasvar.models.layers import BatchNorm, Layer, walk
from biasvar.models.layers.layer import shapes
from biasvar.models.least_batch import ROWS, too_small_a_batch
from biasvar.models.model import Model
from biasvar.settings import Parts, Problem


class Network(Model):
    """A family of networks: a member defines ``capacity_key`` and ``layers``, which may be nested.

    ``compiled`` says whether the compiled kernel trains it on a CPU. Otherwise ``group`` members are trained side by
    side there: always the same number, since the bits depend on it.
    """

    numerics: ClassVar[int] = 1
    usual_training: ClassVar[str] = "sgd"
    linear_in_parameters: ClassVar[bool] = False
    random_weights: ClassVar[bool] = True
    dropout: float = 0.0
    norm: str = "none"

    @abstractmethod
    def layers(self, data: Source) -> tuple[Layer, ...]:
        """Return the layers from inputs to outputs."""

    @property
    def no_dropout(self) -> str:
        """Why training has no dropout, or an empty text."""
        return "" if self.dropout > 0 else "model.dropout = 0"

    @property
    def batch_norm(self) -> bool:
        """Whether it has layers of batch norm."""
        return self.norm.startswith("batch")

    @property
    def group(self) -> int:
        """How many members a CPU trains side by side if there is no kernel."""
        return 1

    def parameters(self, data: Source) -> int:
        """Return the number of learnt weights."""
        return sum(weight.size for layer in walk(self.layers(data)) for weight in layer.weights if weight.learnt)

    def values(self, data: Source) -> int:
        """Return how many numbers the layers compute for one row."""
        return sum(prod(after) for _, after in self.shapes(data))

    def products(self, data: Source) -> int:
        """Return the number of multiplications of weights with values per row."""
        return sum(
            weight.size * prod(after[1:])
            for layer, after in self.shapes(data)
            for weight in layer.weights
            if len(weight.shape) > 1
        )

    def shapes(self, data: Source) -> Iterator[tuple[Layer, tuple[int, ...]]]:
        """Yield each layer and its inner ones, with the shape of a row after it."""
        return shapes(self.layers(data), data.shape)

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problem of the data, or of a last batch of one row where batch norm sees single pixels."""
        found = super().problems(study)
        if found or not self.batch_norm:
            return found
        single = any(isinstance(layer, BatchNorm) and prod(after[1:]) == 1 for layer, after in self.shapes(study.data))
        return too_small_a_batch(study, ROWS if single else 1, f"model={self.kind}")
