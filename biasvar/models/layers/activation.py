"""Nonlinearities."""

from dataclasses import dataclass
from typing import ClassVar

from biasvar.models.layers.layer import Weight


@dataclass(frozen=True)
class Activation:
    """ReLU or tanh of every value."""

    weights: ClassVar[tuple[Weight, ...]] = ()

    kind: str = "relu"

    def after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of a row after the layer: the same."""
        return shape

    def forward(self, values, weights, run):
        """Return the values after the nonlinearity, in place of those before it, which no layer's gradient needs."""
        return values.tanh_() if self.kind == "tanh" else values.relu_()
