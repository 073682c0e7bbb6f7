"""From images to vectors."""

from dataclasses import dataclass
from math import prod

from biasvar.models.layers.layer import Layer


@dataclass(frozen=True)
class Flatten(Layer):
    """Each member's channels and pixels as one vector."""

    def after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of a row after the layer."""
        return (prod(shape),)

    def forward(self, values, weights, run):
        """Map [B, M * channels, H, W] to [M, channels * H * W, B]."""
        return values.reshape(len(values), run.members, -1).permute(1, 2, 0)
