"""Dropout (Srivastava et al. 2014)."""

from dataclasses import dataclass
from typing import ClassVar

from biasvar.models.layers.layer import Weight


@dataclass(frozen=True)
class Dropout:
    """In training, zero values at each member's rate p and divide the others by 1 - p.

    ``place`` counts the dropout layers of a network from 0: masks are drawn for each place and step.
    """

    weights: ClassVar[tuple[Weight, ...]] = ()

    place: int

    def after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of a row after the layer: the same."""
        return shape

    def forward(self, values, weights, run):
        """Return vectors [M, features, B] times the factors of the mask."""
        if run.mask is None:
            return values
        return values * run.mask(self.place, *values.shape[1:])
