"""Multi-layer perceptrons."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from biasvar.data.source import Source
from biasvar.models.dropout_places import DROPOUT, DROPOUT_SCALING, dropout_at_key, dropout_if
from biasvar.models.layers import Affine, Layer
from biasvar.models.network import Network
from biasvar.models.normalisation import NORM_ORDER, norm_key, normalised
from biasvar.settings import Parts, Problem, key


@dataclass(frozen=True)
class Mlp(Network):
    """A fully connected network: ``depth`` hidden layers of ``width`` units, with norm, nonlinearity and dropout."""

    kind: ClassVar[str] = "mlp"
    capacity_key: ClassVar[str] = "width"

    width: int = key(16, "units of each hidden layer", at_least=1)
    depth: int = key(1, "hidden layers", at_least=1, at_most=100)
    activation: str = key("relu", "the nonlinearity", choices=("relu", "tanh"))
    dropout: float = DROPOUT
    dropout_at: tuple[str, ...] = dropout_at_key(
        "hidden", {"input": "the inputs", "hidden": "after each hidden layer's nonlinearity"}
    )
    dropout_scaling: str = DROPOUT_SCALING
    norm: str = norm_key("none", "of each hidden layer's units")
    norm_order: str = NORM_ORDER

    @property
    def compiled(self) -> bool:
        """Whether the compiled kernel trains it on a CPU: it has neither norms nor dropout of inputs."""
        return self.norm == "none" and self.dropout_at == ("hidden",)

    def sizes(self, data: Source) -> tuple[int, ...]:
        """Return the layer sizes from inputs to outputs."""
        return (data.shape[0], *[self.width] * self.depth, data.outputs)

    def layers(self, data: Source) -> tuple[Layer, ...]:
        """Return the layers from inputs to outputs."""
        *hidden, last = self.sizes(data)
        layers = list(dropout_if("input" in self.dropout_at))
        for inputs, outputs in pairwise(hidden):
            layers += [Affine(inputs, outputs), *normalised(self.norm, self.norm_order, outputs, self.activation)]
            layers += dropout_if("hidden" in self.dropout_at)
        return (*layers, Affine(self.width, last))

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
