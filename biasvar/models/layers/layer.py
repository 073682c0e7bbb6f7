"""What a layer is, and how layers that hold layers are walked."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from typing import Any, ClassVar

Tensor = Any  # torch.Tensor; torch itself is imported only where a network trains
Shape = tuple[int, ...]


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

    ``mask(place, features, rows)`` returns the factors of the dropout mask of the step, [M, features, rows]; ``place``
    counts the layers of a network that draw masks, from 0, and is here that of the next one.
    """

    members: int
    training: bool
    mask: Callable[[int, int, int], Tensor] | None = None
    place: int = 0


class Layer(ABC):
    """A frozen dataclass of a layer's settings; the weights themselves come as arrays [M, *shape].

    A block is a layer that holds layers, its ``inner`` ones. It gets its own arrays and then theirs, in the order of
    ``walk``, and hands them on by ``run_layers``.
    """

    draws_mask: ClassVar[bool] = False  # whether it draws a dropout mask at each step

    @property
    def weights(self) -> Sequence[Weight]:
        """The arrays of weights of one member, without those of inner layers, in the order in which they are drawn."""
        return ()

    @property
    def inner(self) -> Sequence["Layer"]:
        """The layers that this one holds."""
        return ()

    def after(self, shape: Shape) -> Shape:
        """Return the shape of a row after the layer, from that before it: the same unless a layer says otherwise."""
        return shape

    def shapes(self, shape: Shape) -> Iterator[tuple["Layer", Shape]]:
        """Yield the layer and those inside it, in the order of ``walk``, with the shape of a row after each.

        Inner layers follow one another, unless a block says otherwise.
        """
        yield self, self.after(shape)
        yield from shapes(self.inner, shape)

    @abstractmethod
    def forward(self, values: Tensor, weights: Sequence[Tensor], run: Run) -> Tensor:
        """Return the values after the layer, which may overwrite those before it.

        A block that still needs its values hands its inner layers a copy.
        """


def walk(layers: Iterable[Layer]) -> Iterator[Layer]:
    """Yield layers and those inside them, depth first: a block, then its inner layers, then what follows it.

    The order in which weights lie, and in which layers that draw something are numbered.
    """
    for layer in layers:
        yield layer
        yield from walk(layer.inner)


def shapes(layers: Iterable[Layer], shape: Shape) -> Iterator[tuple[Layer, Shape]]:
    """Yield layers that follow one another, and those inside them, with the shape of a row after each."""
    for layer in layers:
        yield from layer.shapes(shape)
        shape = layer.after(shape)


def run_layers(layers: Iterable[Layer], values: Tensor, weights: Sequence[Tensor], run: Run) -> Tensor:
    """Return the values after layers that follow one another; ``weights`` are those of all of them, as walked."""
    for layer in layers:
        arrays, masks = share_of(layer)
        values = layer.forward(values, weights[:arrays], run)
        weights, run = weights[arrays:], replace(run, place=run.place + masks) if masks else run
    return values


@lru_cache(maxsize=1024)
def share_of(layer: Layer) -> tuple[int, int]:
    """Return how many arrays of weights, and how many dropout masks a step, a layer and those inside it have."""
    walked = list(walk([layer]))
    return sum(len(one.weights) for one in walked), sum(one.draws_mask for one in walked)
