"""Convolutions of 3 x 3 pixels."""

from dataclasses import dataclass
from typing import ClassVar

from biasvar.models.layers.layer import Layer, Weight


@dataclass(frozen=True)
class Convolution(Layer):
    """A 3 x 3 convolution with stride and padding 1, initialised from U(-bound, bound), bound = 1/sqrt(fan_in).

    Its weights are channels-last, [outputs, height, width, inputs], like the values.
    """

    SIDE: ClassVar[int] = 3

    inputs: int
    outputs: int

    @property
    def weights(self) -> tuple[Weight, ...]:
        """Kernels and biases."""
        bound = (self.inputs * self.SIDE**2) ** -0.5
        kernels = Weight((self.outputs, self.SIDE, self.SIDE, self.inputs), bound, decay=True)
        return kernels, Weight((self.outputs,), bound)

    def after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of a row after the layer."""
        return (self.outputs, *shape[1:])

    def forward(self, values, weights, run):
        """Map [B, M * inputs, H, W] to [B, M * outputs, H, W], with one group of channels per member."""
        from torch.nn.functional import conv2d

        kernels, biases = (weight.flatten(0, 1) for weight in weights)
        return conv2d(values, kernels.permute(0, 3, 1, 2), biases, padding=self.SIDE // 2, groups=run.members)
