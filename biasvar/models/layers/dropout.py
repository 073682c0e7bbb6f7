"""Dropout (Srivastava et al. 2014)."""

from dataclasses import dataclass
from typing import ClassVar

from biasvar.models.layers.layer import Layer


@dataclass(frozen=True)
class Dropout(Layer):
    """Multiply values by the factors of a mask, if the pass has one: in training and where predictions drop or scale.

    A mask zeroes values at each member's rate p; under ``dropout_scaling=inverted`` the others are divided by 1 - p.
    """

    draws_mask: ClassVar[bool] = True

    def forward(self, values, weights, run):
        """Return vectors [M, features, B] times the factors."""
        if run.mask is None:
            return values
        return values * run.mask(run.place, *values.shape[1:])
