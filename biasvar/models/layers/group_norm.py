"""Group normalisation (Wu, He 2018), and layer normalisation (Ba, Kiros, Hinton 2016) as its case of one group."""

from dataclasses import dataclass
from typing import ClassVar

from biasvar.models.layers.layer import Layer, Weight


@dataclass(frozen=True)
class GroupNorm(Layer):
    """Each row's values minus their mean over their standard deviation, in ``groups`` of adjacent channels.

    Mean and variance are those over all channels of a group and all pixels, in training as in prediction. Then each
    channel is multiplied by a learnt scale and a learnt shift is added.
    """

    EPSILON: ClassVar[float] = 1e-5

    channels: int
    groups: int = 1

    @property
    def weights(self) -> tuple[Weight, ...]:
        """Scale and shift."""
        return Weight((self.channels,), start=1.0), Weight((self.channels,))

    def forward(self, values, weights, run):
        """Normalise images [B, M * channels, H, W], or vectors [M, channels, B]."""
        from torch.nn.functional import group_norm

        scale, shift = (weight.flatten() for weight in weights)
        if values.ndim == 4:
            return group_norm(values, run.members * self.groups, scale, shift, self.EPSILON)
        joined = values.flatten(0, 1).T
        return group_norm(joined, run.members * self.groups, scale, shift, self.EPSILON).T.view(values.shape)
