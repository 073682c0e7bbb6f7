"""Nonlinearities."""

from dataclasses import dataclass

from biasvar.models.layers.layer import Layer


@dataclass(frozen=True)
class Activation(Layer):
    """ReLU or tanh of every value."""

    kind: str = "relu"

    def forward(self, values, weights, run):
        """Apply the nonlinearity in place; no layer's gradient needs the values before it."""
        return values.tanh_() if self.kind == "tanh" else values.relu_()
