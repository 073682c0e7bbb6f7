"""What a layer is."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Protocol

Tensor = Any  # torch.Tensor; torch itself is imported only where a network trains


@dataclass(frozen=True)
class Weight:
    """One array of weights of a layer: initial values are U(start - bound, start + bound).

    ``learnt`` weights follow the gradient, others (running means) are the layer's own; weight decay pulls at those that
    have ``decay``, and never at biases, scales and shifts.
    """

    shape: tuple[int, ...]
    bound: float = 0.0
    start: float = 0.0
    decay: bool = False
    learnt: bool = True

    @property
    def size(self) -> int:
        """The number of values."""
        return prod(self.shape)


@dataclass(frozen=True)
class Run:
    """One pass of M members through their layers: whether it trains, and how dropout masks are drawn.

    ``mask(place, features, rows)`` returns the factors of the dropout mask of the step, [M, features, rows].
    """

    members: int
    training: bool
    mask: Callable[[int, int, int], Tensor] | None = None


class Layer(Hashable, Protocol):
    """A layer, without the weights: these come as arrays [M, *shape], one for each of ``weights``."""

    @property
    def weights(self) -> Sequence[Weight]:
        """The arrays of weights of one member, in the order in which they are drawn."""

    def after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of a row after the layer, from that before it."""

    def forward(self, values: Tensor, weights: Sequence[Tensor], run: Run) -> Tensor:
        """Return the values after the layer."""
