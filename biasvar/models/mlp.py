"""Multi-layer perceptrons."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from biasvar.data.source import Source
from biasvar.models.layers import Activation, Affine, Dropout, Layer
from biasvar.models.network import Network
from biasvar.settings import key


@dataclass(frozen=True)
class Mlp(Network):
    """A fully connected network: ``depth`` hidden layers of ``width`` units, dropout after each of them."""

    kind: ClassVar[str] = "mlp"
    capacity_key: ClassVar[str] = "width"
    compiled: ClassVar[bool] = True

    width: int = key(16, "units of each hidden layer", at_least=1)
    depth: int = key(1, "hidden layers", at_least=1, at_most=100)
    activation: str = key("relu", "the nonlinearity", choices=("relu", "tanh"))
    dropout: float = key(
        0.0,
        "p, the rate at which hidden units are zeroed in training",
        at_least=0,
        below=1,
        hint="p=1 drops every unit; the network output is constant",
        neutral=0.0,
    )

    def sizes(self, data: Source) -> tuple[int, ...]:
        """Return the layer sizes from inputs to outputs."""
        return (data.shape[0], *[self.width] * self.depth, data.outputs)

    def layers(self, data: Source) -> tuple[Layer, ...]:
        """Return the layers from inputs to outputs."""
        return perceptron(self.sizes(data), self.activation)

    def incompatibility(self, data: Source) -> str:
        """Return why the model cannot be trained on the data, or an empty text."""
        return "" if len(data.shape) == 1 else "model=mlp takes vectors, and data.view=images gives images"


def perceptron(sizes: tuple[int, ...], activation: str, bias: bool = True) -> tuple[Layer, ...]:
    """Return affine layers between ``sizes``, each but the last followed by an activation and dropout."""
    layers: list[Layer] = []
    for inputs, outputs in pairwise(sizes):
        layers += [Affine(inputs, outputs, bias), Activation(activation), Dropout()]
    return tuple(layers[:-2])
