"""Normalisation of the hidden values of networks: ``model.norm`` and ``model.norm_order``."""

from collections.abc import Callable
from typing import Any

from biasvar.models.layers import Activation, BatchNorm, GroupNorm, Layer
from biasvar.settings import key

MOST_GROUPS = 8
LEAST_CHANNELS = 4  # of a group: a single unit minus its own mean is 0


def groups_of(channels: int) -> int:
    """Return the number of groups of group norm: the largest of 8, 4, 2 and 1 whose groups are equal, of at least 4.

    Fewer than 8 channels are one group, as in layer norm.
    """
    groups = MOST_GROUPS
    while groups > 1 and (channels % groups or channels < groups * LEAST_CHANNELS):
        groups //= 2
    return groups


NORMS: dict[str, Callable[[int], tuple[Layer, ...]]] = {
    "none": lambda channels: (),
    "batch": lambda channels: (BatchNorm(channels),),
    "batch_noaffine": lambda channels: (BatchNorm(channels, affine=False),),
    "layer": lambda channels: (GroupNorm(channels),),
    "group": lambda channels: (GroupNorm(channels, groups_of(channels)),),
}


def norm_key(default: str, where: str) -> Any:
    """Declare ``model.norm`` with the family's own norm as its default and neutral value."""
    return key(
        default,
        f"normalisation {where}; batch_noaffine: without learnt scale and shift; layer: over all channels (and pixels) "
        "of a row; group: in the largest of 8, 4, 2 or 1 equal groups of at least 4 channels",
        choices=NORMS,
        neutral=default,
    )


NORM_ORDER = key(
    "before", "whether the norm stands before or after the nonlinearity", choices=("before", "after"), neutral="before"
)


def normalised(norm: str, order: str, channels: int, activation: str = "relu") -> tuple[Layer, ...]:
    """Return the norm of some channels and the nonlinearity, in order."""
    norms, nonlinear = NORMS[norm](channels), (Activation(activation),)
    return (*norms, *nonlinear) if order == "before" else (*nonlinear, *norms)
