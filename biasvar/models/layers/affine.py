"""W x + b."""

from dataclasses import dataclass

from biasvar.models.layers.layer import Layer, Weight


@dataclass(frozen=True)
class Affine(Layer):
    """An affine map of vectors, initialised from U(-1/sqrt(inputs), 1/sqrt(inputs)) as in ``torch.nn.Linear``."""

    inputs: int
    outputs: int
    bias: bool = True

    @property
    def weights(self) -> tuple[Weight, ...]:
        """W, [outputs, inputs], and b."""
        bound = self.inputs**-0.5
        matrix, offset = Weight((self.outputs, self.inputs), bound, decay=True), Weight((self.outputs,), bound)
        return (matrix, offset) if self.bias else (matrix,)

    def after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of a row after the layer."""
        return (self.outputs,)

    def forward(self, values, weights, run):
        """Map [M, inputs, B] to [M, outputs, B]."""
        import torch

        if not self.bias:
            return torch.bmm(weights[0], values)
        return torch.baddbmm(weights[1][:, :, None], weights[0], values)
