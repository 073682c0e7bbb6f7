"""Nonlinearities."""

from dataclasses import dataclass

from biasvar.models.layers.layer import Layer


@dataclass(frozen=True)
class Activation(Layer):
    """ReLU or tanh of every value."""

    kind: str = "relu"

    def forward(self, values, weights, run):
        """Return the values after the nonlinearity, in place of those before it, which no layer's gradient needs."""
        return values.tanh_() if self.kind == "tanh" else values.relu_()
