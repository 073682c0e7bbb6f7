"""Dropout (Srivastava et al. 2014)."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from biasvar.models.layers.layer import Layer


@dataclass(frozen=True)
class Dropout(Layer):
    """Multiply values by the factors of a mask, if the pass has one: in training and where predictions drop or scale.

    A mask zeroes values at each member's rate p; under ``dropout_scaling=inverted`` the others are divided by 1 - p.

    Each value of an image has a draw of its own; its features are counted as in memory, channels within pixels.
    """

    draws_mask: ClassVar[bool] = True

    def forward(self, values, weights, run):
        """Return vectors [M, features, B], or images [B, M * channels, H, W], times the factors of the mask."""
        if run.mask is None:
            return values
        if values.ndim == 3:
            return values * run.mask(run.place, *values.shape[1:])
        rows, joined, *side = values.shape
        channels = joined // run.members
        mask = run.mask(run.place, channels * prod(side), rows).view(run.members, *side, channels, rows)
        return values * mask.permute(4, 1, 2, 0, 3).flatten(3).permute(0, 3, 1, 2)
