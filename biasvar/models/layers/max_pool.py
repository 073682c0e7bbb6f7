"""Pooling."""

from dataclasses import dataclass

from biasvar.models.layers.layer import Layer


@dataclass(frozen=True)
class MaxPool(Layer):
    """The largest value of each square of ``side`` x ``side`` pixels."""

    side: int

    def after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of a row after the layer."""
        return (shape[0], *(pixels // self.side for pixels in shape[1:]))

    def forward(self, values, weights, run):
        """Map [B, M * channels, H, W] to [B, M * channels, H / side, W / side]."""
        from torch.nn.functional import max_pool2d

        return max_pool2d(values, self.side)
