"""Batch normalisation (Ioffe, Szegedy 2015)."""

from dataclasses import dataclass
from typing import ClassVar

from biasvar.models.layers.layer import Layer, Weight


@dataclass(frozen=True)
class BatchNorm(Layer):
    """Channels minus their mean over their standard deviation; if ``affine`` times a learnt scale, plus a learnt shift.

    Means and variances are those of the batch in training, and running ones (updated with weight ``MOMENTUM`` at each
    step, or plain averages over batches) in prediction. Channels are normalised one by one, so members do not interact.
    """

    MOMENTUM: ClassVar[float] = 0.1
    EPSILON: ClassVar[float] = 1e-5

    channels: int
    affine: bool = True

    @property
    def weights(self) -> tuple[Weight, ...]:
        """Scale and shift, if any, then running mean and running variance."""
        shape = (self.channels,)
        running = Weight(shape, learnt=False), Weight(shape, start=1.0, learnt=False)
        return (Weight(shape, start=1.0), Weight(shape), *running) if self.affine else running

    def forward(self, values, weights, run):
        """Normalise images [B, M * channels, H, W], or vectors [M, channels, B]."""
        from torch.nn.functional import batch_norm

        *scale_and_shift, mean, variance = (weight.flatten() for weight in weights)
        scale, shift = scale_and_shift or (None, None)
        # The channels of all members are side by side: those of vectors as the channels of a single row of B pixels.
        joined = values.flatten(0, 1)[None] if values.ndim == 3 else values
        momentum = self.MOMENTUM if run.batches is None else 1.0 / (run.batches + 1)
        normalised = batch_norm(joined, mean, variance, scale, shift, run.training, momentum, self.EPSILON)
        return normalised.view(values.shape)
