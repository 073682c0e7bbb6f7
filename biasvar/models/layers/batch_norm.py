"""Batch normalisation (Ioffe, Szegedy 2015)."""

from dataclasses import dataclass
from typing import ClassVar

from biasvar.models.layers.layer import Layer, Weight


@dataclass(frozen=True)
class BatchNorm(Layer):
    """Channels minus their mean over their standard deviation, times a learnt scale, plus a learnt shift.

    Means and variances are those of the batch in training, and running ones (updated with weight ``MOMENTUM`` at each
    step) in prediction. Channels are normalised one by one, so members do not interact.
    """

    MOMENTUM: ClassVar[float] = 0.1
    EPSILON: ClassVar[float] = 1e-5

    channels: int

    @property
    def weights(self) -> tuple[Weight, ...]:
        """Scale, shift, running mean and running variance."""
        shape = (self.channels,)
        return (
            Weight(shape, start=1.0),
            Weight(shape),
            Weight(shape, learnt=False),
            Weight(shape, start=1.0, learnt=False),
        )

    def forward(self, values, weights, run):
        """Normalise [B, M * channels, H, W]."""
        from torch.nn.functional import batch_norm

        scale, shift, mean, variance = (weight.flatten() for weight in weights)
        return batch_norm(values, mean, variance, scale, shift, run.training, self.MOMENTUM, self.EPSILON)
