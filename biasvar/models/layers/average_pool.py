"""Global average pooling."""

from dataclasses import dataclass

from biasvar.models.layers.layer import Layer


@dataclass(frozen=True)
class AveragePool(Layer):
    """The mean of each channel over all of its pixels, as one pixel."""

    def after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of a row after the layer."""
        return (shape[0], *(1 for _ in shape[1:]))

    def forward(self, values, weights, run):
        """Map [B, M * channels, H, W] to [B, M * channels, 1, 1]."""
        return values.mean((2, 3), keepdim=True)
