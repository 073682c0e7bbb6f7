"""Dropout (Srivastava et al. 2014)."""

from dataclasses import dataclass
from typing import ClassVar

from biasvar.models.layers.layer import Layer


@dataclass(frozen=True)
class Dropout(Layer):
    """In training, zero values at each member's rate p and divide the others by 1 - p."""

    draws_mask: ClassVar[bool] = True

    def forward(self, values, weights, run):
        """Return vectors [M, features, B] times the factors of the mask."""
        if run.mask is None:
            return values
        return values * run.mask(run.place, *values.shape[1:])
