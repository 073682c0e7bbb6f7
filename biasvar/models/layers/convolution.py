"""Convolutions."""

from dataclasses import dataclass

from biasvar.models.layers.layer import Layer, Weight


@dataclass(frozen=True)
class Convolution(Layer):
    """A convolution of ``side`` x ``side`` pixels, initialised from U(-bound, bound), bound = 1/sqrt(fan_in).

    ``side`` is odd. The padding is such that a stride of s leaves every s-th pixel. Weights are channels-last,
    [outputs, height, width, inputs], like the values.
    """

    inputs: int
    outputs: int
    side: int = 3
    stride: int = 1
    bias: bool = True

    @property
    def weights(self) -> tuple[Weight, ...]:
        """Kernels, and biases if it has them."""
        bound = (self.inputs * self.side**2) ** -0.5
        kernels = Weight((self.outputs, self.side, self.side, self.inputs), bound, decay=True)
        return (kernels, Weight((self.outputs,), bound)) if self.bias else (kernels,)

    def after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of a row after the layer."""
        return (self.outputs, *(-(-pixels // self.stride) for pixels in shape[1:]))

    def forward(self, values, weights, run):
        """Map [B, M * inputs, H, W] to [B, M * outputs, H / stride, W / stride], a group of channels per member."""
        from torch.nn.functional import conv2d

        kernels = weights[0].flatten(0, 1).permute(0, 3, 1, 2)
        biases, stride = weights[1].flatten() if self.bias else None, self.stride
        if self.side == 1:  # with a stride, oneDNN's gradient writes out of bounds at few channels (its issue 6035)
            values, stride = values[:, :, ::stride, ::stride], 1
        return conv2d(values, kernels, biases, stride, self.side // 2, groups=run.members)
