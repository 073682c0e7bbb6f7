"""How many convolutional networks of one shape a CPU trains side by side."""

from collections.abc import Iterable
from math import gcd

GROUPED_WIDTH = 4  # up to this width, small convolutions are faster side by side, in one grouped network
GROUP = 4  # members side by side, at least
VECTOR = 8  # channels of a group are a multiple of it; otherwise a member's bits depend on its position in the group


def group_of(width: float, channels: Iterable[int]) -> int:
    """Return the number of members side by side, given a network's width and its layers' channels."""
    if width > GROUPED_WIDTH:
        return 1
    return max(GROUP, *(VECTOR // gcd(layer, VECTOR) for layer in channels))
