"""Random crops and flips of training images, drawn for each member, image and epoch: no other image matters.

A crop is taken from the image with ``crop`` pixels of padding on each side, which repeat it by reflection, without its
outermost pixel. Each of its (2 crop + 1)^2 places is equally likely. Where flips alternate, an image is mirrored in
every other epoch, from the first or from the second one on, so that two epochs show both (Jordan 2024,
arXiv 2404.00498). The bits are those of :mod:`biasvar.training.streams`.
"""

from collections.abc import Sequence

import numpy as np
import torch

from biasvar.training.stack.draws import draw_bits, shifted, signed
from biasvar.training.stack.rows import Rows, side_by_side
from biasvar.training.training_config import Streams, TrainingConfig


class Augmented:
    """Training images as they are in one epoch."""

    def __init__(self, rows: Rows, config: TrainingConfig, streams: Sequence[Streams], epoch: int):
        self.rows, self.config, self.streams, self.epoch = rows, config, streams, epoch

    def batch(self, rows_MB: torch.Tensor) -> torch.Tensor:
        """Return a batch of each member's images in the layout of the layers."""
        return side_by_side(changed(self.rows.take(rows_MB), rows_MB, self.config, self.streams, self.epoch))


def augmented(rows: Rows, config: TrainingConfig, streams: Sequence[Streams], epoch: int) -> Rows | Augmented:
    """Return training rows as they are in an epoch, from 0."""
    return Augmented(rows, config, streams, epoch) if config.augments else rows


def changed(
    images: Sequence[torch.Tensor],
    rows_MB: torch.Tensor,
    config: TrainingConfig,
    streams: Sequence[Streams],
    epoch: int,
) -> list[torch.Tensor]:
    """Return each member's images [B, H, W, channels], those of its rows ``rows_MB``, as they are in an epoch."""
    keys_M1 = signed(np.array([one.augmentation for one in streams]), str(rows_MB.device))[:, None]
    _, height, width, _ = images[0].shape
    bits_MB, span = draw_bits(keys_M1, (epoch << 32) + rows_MB), 2 * config.crop + 1
    place_MB = shifted(bits_MB, 32) * span**2 >> 32
    lines_MBH = reflected(place_MB // span - config.crop, height)
    columns_MBW = reflected(place_MB % span - config.crop, width)
    if config.flip != "none":
        flips_MB = bits_MB & 1 if config.flip == "random" else draw_bits(keys_M1, rows_MB) + epoch & 1
        columns_MBW = torch.where(flips_MB[..., None] > 0, columns_MBW.flip(2), columns_MBW)
    return [gathered(*one) for one in zip(images, lines_MBH, columns_MBW, strict=True)]


def reflected(shift_MB: torch.Tensor, side: int) -> torch.Tensor:
    """Return which of an image's lines, or columns, each place of the shifted image shows: [M, B, side]."""
    source = (shift_MB[..., None] + torch.arange(side, device=shift_MB.device)).abs()
    return side - 1 - (side - 1 - source).abs()


def gathered(images: torch.Tensor, lines_BH: torch.Tensor, columns_BW: torch.Tensor) -> torch.Tensor:
    """Return images [B, H, W, channels] with their pixels from other lines and columns."""
    count, height, width, channels = images.shape
    first_B1 = torch.arange(count, device=images.device)[:, None] * height
    places = (first_B1 + lines_BH)[:, :, None] * width + columns_BW[:, None, :]
    return images.reshape(-1, channels).index_select(0, places.flatten()).view(images.shape)
