"""Multi-layer perceptrons."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from biasvar.data.source import Source
from biasvar.models.layers import Affine, Dropout, Layer
from biasvar.models.network import DROPOUT_SCALING, Network
from biasvar.models.normalisation import NORM_ORDER, norm_key, normalised
from biasvar.settings import Parts, Problem, key


@dataclass(frozen=True)
class Mlp(Network):
    """A fully connected network: ``depth`` hidden layers of ``width`` units, dropout after each of them."""

    kind: ClassVar[str] = "mlp"
    capacity_key: ClassVar[str] = "width"

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
    dropout_scaling: str = DROPOUT_SCALING
    norm: str = norm_key("none", "of each hidden layer's units")
    norm_order: str = NORM_ORDER

    @property
    def compiled(self) -> bool:
        """Whether the compiled kernel trains it on a CPU: it has no norms."""
        return self.norm == "none"

    def sizes(self, data: Source) -> tuple[int, ...]:
        """Return the layer sizes from inputs to outputs."""
        return (data.shape[0], *[self.width] * self.depth, data.outputs)

    def layers(self, data: Source) -> tuple[Layer, ...]:
        """Return the layers from inputs to outputs."""
        return perceptron(self.sizes(data), self.activation, norm=self.norm, order=self.norm_order)

    def incompatibility(self, data: Source) -> str:
        """Return why the model cannot be trained on the data, or an empty text."""
        return "" if len(data.shape) == 1 else "model=mlp takes vectors, and data.view=images gives images"

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problem of a norm over a single unit, after which nothing depends on the inputs."""
        found = super().problems(study)
        if self.norm in ("layer", "group") and self.width == 1:
            what = f"model.norm = {self.norm} of model.width = 1: a single unit minus its own mean is 0"
            found.append(Problem("model.norm", what, "model.width of at least 2, or another norm"))
        return found


def perceptron(
    sizes: tuple[int, ...], activation: str, bias: bool = True, norm: str = "none", order: str = "before"
) -> tuple[Layer, ...]:
    """Return affine layers between ``sizes``, each but the last followed by a norm, an activation and dropout."""
    layers: list[Layer] = []
    for inputs, outputs in pairwise(sizes[:-1]):
        layers += [Affine(inputs, outputs, bias), *normalised(norm, order, outputs, activation), Dropout()]
    return (*layers, Affine(*sizes[-2:], bias))
