"""The five-layer convolutional network of Nakkiran et al. 2019."""

from dataclasses import dataclass
from math import gcd
from typing import ClassVar

from biasvar.data.source import Source
from biasvar.models.layers import Activation, Affine, BatchNorm, Convolution, Flatten, Layer, MaxPool
from biasvar.models.network import Network
from biasvar.settings import key

GROUPED_WIDTH = 4  # up to this width, small convolutions are faster side by side, in one grouped network
GROUP = 4  # members side by side, at least
VECTOR = 8  # channels of a group are a multiple of it; otherwise a member's bits depend on its position in the group


@dataclass(frozen=True)
class Convnet(Network):
    """Four 3 x 3 convolutions of k, 2k, 4k, 8k channels, each with batch norm, ReLU and pooling; then an affine layer.

    Pooling takes the maximum over 1, 2 x 2, 2 x 2 and all remaining pixels: 8 x 8 of CIFAR-10's 32 x 32.
    """

    kind: ClassVar[str] = "convnet"
    capacity_key: ClassVar[str] = "width"

    width: int = key(8, "k, channels of the first layer; the others have 2k, 4k and 8k", at_least=1)

    def layers(self, data: Source) -> tuple[Layer, ...]:
        """Return the layers from images [channels, side, side] to outputs."""
        channels, side, _ = data.shape
        widths, pools = [channels, *(self.width * 2**i for i in range(4))], (1, 2, 2, side // 4)
        layers: list[Layer] = []
        for inputs, outputs, pool in zip(widths[:-1], widths[1:], pools, strict=True):
            # ReLU after pooling gives the same values, from fewer numbers.
            pooling = [MaxPool(pool)] if pool > 1 else []
            layers += [Convolution(inputs, outputs), BatchNorm(outputs), *pooling, Activation("relu")]
        return (*layers, Flatten(), Affine(widths[-1], data.outputs))

    @property
    def group(self) -> int:
        """How many members a CPU trains side by side."""
        return max(GROUP, VECTOR // gcd(self.width, VECTOR)) if self.width <= GROUPED_WIDTH else 1

    def incompatibility(self, data: Source) -> str:
        """Return why the model cannot be trained on the data, or an empty text."""
        if len(data.shape) == 3 and data.shape[1] == data.shape[2] and data.shape[1] % 4 == 0:
            return ""
        return "model=convnet takes square images, as data=cifar10 and data=digits give with data.view=images"
