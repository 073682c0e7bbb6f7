"""The pre-activation ResNet-18 of Nakkiran et al. 2019."""

from dataclasses import dataclass
from typing import ClassVar

from biasvar.data.source import Source
from biasvar.models.dropout_places import DROPOUT, DROPOUT_SCALING, dropout_at_key, dropout_if
from biasvar.models.layers import Affine, AveragePool, Convolution, Flatten, Layer, Residual
from biasvar.models.network import Network
from biasvar.models.normalisation import NORM_ORDER, norm_key, normalised
from biasvar.models.side_by_side import group_of
from biasvar.settings import key

STRIDES = (1, 2, 2, 2)  # of the four stages
BLOCKS = 2  # of a stage


@dataclass(frozen=True)
class Resnet(Network):
    """A pre-activation ResNet-18 of width k: a convolution, four stages of two blocks, the mean over pixels, affine.

    The stages have k, 2k, 4k and 8k channels. A block is norm, ReLU, 3 x 3 convolution, norm, ReLU, 3 x 3 convolution,
    beside the identity, or beside a 1 x 1 convolution of the pre-activated input where the shape changes; convolutions
    have no biases. A norm and ReLU follow the last block (He et al. 2016); the code of Nakkiran et al., which is
    kuangliu's PreActResNet18, has none there, and 2 x 8k fewer parameters.
    """

    kind: ClassVar[str] = "resnet"
    capacity_key: ClassVar[str] = "width"

    width: int = key(8, "k, channels of the first stage; the others have 2k, 4k and 8k", at_least=1)
    dropout: float = DROPOUT
    dropout_at: tuple[str, ...] = dropout_at_key(
        "head",
        {
            "input": "the pixels",
            "blocks": "before the second convolution of each block",
            "head": "before the affine layer",
        },
    )
    dropout_scaling: str = DROPOUT_SCALING
    norm: str = norm_key("batch", "before each convolution of a block and after the last block")
    norm_order: str = NORM_ORDER

    @property
    def channels(self) -> tuple[int, ...]:
        """The channels of the four stages."""
        return tuple(self.width * 2**stage for stage in range(len(STRIDES)))

    def layers(self, data: Source) -> tuple[Layer, ...]:
        """Return the layers from images [channels, height, width] to outputs."""
        layers: list[Layer] = [*dropout_if("input" in self.dropout_at)]
        layers += [Convolution(data.shape[0], self.width, bias=False)]
        inputs = self.width
        for outputs, stride in zip(self.channels, STRIDES, strict=True):
            for number in range(BLOCKS):
                layers.append(self.block(inputs, outputs, 1 if number else stride))
                inputs = outputs
        layers += [*self.normalised(inputs), AveragePool(), Flatten(), *dropout_if("head" in self.dropout_at)]
        return (*layers, Affine(inputs, data.outputs))

    def block(self, inputs: int, outputs: int, stride: int) -> Residual:
        """Return a residual block."""
        changes = stride > 1 or inputs != outputs
        first = Convolution(inputs, outputs, stride=stride, bias=False)
        second = *dropout_if("blocks" in self.dropout_at), Convolution(outputs, outputs, bias=False)
        return Residual(
            before=self.normalised(inputs),
            body=(first, *self.normalised(outputs), *second),
            projection=(Convolution(inputs, outputs, side=1, stride=stride, bias=False),) if changes else (),
        )

    def normalised(self, channels: int) -> tuple[Layer, ...]:
        """Return the norm and ReLU of some channels, in order."""
        return normalised(self.norm, self.norm_order, channels)

    @property
    def group(self) -> int:
        """How many members a CPU trains side by side."""
        return group_of(self.width, self.channels)

    def incompatibility(self, data: Source) -> str:
        """Return why the model cannot be trained on the data, or an empty text."""
        if len(data.shape) == 3:
            return ""
        return "model=resnet takes images, as data=cifar10 and data=digits give with data.view=images"
