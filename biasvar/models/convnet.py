"""The five-layer convolutional network of Nakkiran et al. 2019."""

from dataclasses import dataclass
from math import floor
from typing import ClassVar

from biasvar.data.source import Source
from biasvar.models.dropout_places import DROPOUT, DROPOUT_SCALING, dropout_at_key, dropout_if
from biasvar.models.layers import Activation, Affine, Convolution, Flatten, Layer, MaxPool
from biasvar.models.network import Network
from biasvar.models.normalisation import NORM_ORDER, NORMS, norm_key
from biasvar.models.side_by_side import group_of
from biasvar.settings import key

PLACES = ("blocks", "blocks", "blocks", "head")  # of dropout, after each convolution


@dataclass(frozen=True)
class Convnet(Network):
    """Four 3 x 3 convolutions of k, 2k, 4k, 8k channels, each with a norm, ReLU and pooling; then an affine layer.

    Pooling takes the maximum over 1, 2 x 2, 2 x 2 and all remaining pixels: 8 x 8 of CIFAR-10's 32 x 32.
    """

    kind: ClassVar[str] = "convnet"
    capacity_key: ClassVar[str] = "width"
    numerics: ClassVar[int] = 2

    width: int | float = key(
        8,
        "k: the layers have max(1, round(c k)) channels, c = 1, 2, 4, 8, where halves are rounded up",
        at_least=0.25,
        multiple_of=0.25,
    )
    dropout: float = DROPOUT
    dropout_at: tuple[str, ...] = dropout_at_key(
        "head",
        {
            "input": "the pixels",
            "blocks": "after each convolution's ReLU and pooling but the last",
            "head": "before the affine layer",
        },
    )
    dropout_scaling: str = DROPOUT_SCALING
    norm: str = norm_key("batch", "of each convolution's channels")
    norm_order: str = NORM_ORDER

    @property
    def channels(self) -> tuple[int, ...]:
        """The channels of the four convolutions."""
        return tuple(max(1, floor(factor * self.width + 0.5)) for factor in (1, 2, 4, 8))

    def layers(self, data: Source) -> tuple[Layer, ...]:
        """Return the layers from images [channels, side, side] to outputs."""
        layers: list[Layer] = [*dropout_if("input" in self.dropout_at)]
        widths, pools = [data.shape[0], *self.channels], (1, 2, 2, data.shape[1] // 4)
        for inputs, outputs, pool, place in zip(widths[:-1], widths[1:], pools, PLACES, strict=True):
            layers += [Convolution(inputs, outputs), *self.normalised(outputs, pool)]
            layers += dropout_if(place in self.dropout_at)
        return (*layers, Flatten(), Affine(widths[-1], data.outputs))

    def normalised(self, channels: int, pool: int) -> list[Layer]:
        """Return the norm, ReLU and pooling after a convolution."""
        norm, pooling = NORMS[self.norm](channels), [MaxPool(pool)] if pool > 1 else []
        if self.norm_order == "after":
            return [Activation("relu"), *norm, *pooling]
        return [*norm, *pooling, Activation("relu")]  # the values of ReLU before pooling, from fewer numbers

    @property
    def group(self) -> int:
        """How many members a CPU trains side by side."""
        return group_of(self.width, self.channels)

    def incompatibility(self, data: Source) -> str:
        """Return why the model cannot be trained on the data, or an empty text."""
        if len(data.shape) == 3 and data.shape[1] == data.shape[2] and data.shape[1] % 4 == 0:
            return ""
        return "model=convnet takes square images, as data=cifar10 and data=digits give with data.view=images"
