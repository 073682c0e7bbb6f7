"""The interface of layers, and traversal of layers that contain layers."""

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

    ``learnt`` weights follow the gradient, others (running means) are updated by the layer; weight decay applies to
    those with ``decay``, never to biases, scales and shifts.
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
    """One pass of M members through their layers: whether it is for training, and what dropout does.

    ``mask(place, features, rows)`` returns the factors of a dropout mask, [M, features, rows]; None leaves values
    unchanged. ``place`` counts the mask-drawing layers of a network from 0, and is here that of the next one.
    ``batches`` counts the batches before this one in a pass that makes batch norm's running averages plain ones.
    """

    members: int
    training: bool
    mask: Callable[[int, int, int], Tensor] | None = None
    place: int = 0
    batches: int | None = None


class Layer(ABC):
    """A frozen dataclass of a layer's settings; the weights are passed as arrays [M, *shape].

    A block is a layer with ``inner`` layers. It gets its own arrays and then theirs, in the order of ``walk``, and
    passes them on with ``run_layers``.
    """

    draws_mask: ClassVar[bool] = False  # whether it draws a dropout mask at each step

    @property
    def weights(self) -> Sequence[Weight]:
        """The arrays of weights of one member, without those of inner layers, in the order of drawing."""
        return ()

    @property
    def inner(self) -> Sequence["Layer"]:
        """The layers inside this one."""
        return ()

    def after(self, shape: Shape) -> Shape:
        """Return the shape of a row after the layer, given the shape before it: unchanged by default."""
        return shape

    def shapes(self, shape: Shape) -> Iterator[tuple["Layer", Shape]]:
        """Yield the layer and its inner ones, in the order of ``walk``, with the shape of a row after each.

        Inner layers are sequential unless a block overrides this.
        """
        yield self, self.after(shape)
        yield from shapes(self.inner, shape)

    @abstractmethod
    def forward(self, values: Tensor, weights: Sequence[Tensor], run: Run) -> Tensor:
        """Return the values after the layer, which may overwrite the input.

        A block that still needs its input passes a copy to its inner layers.
        """


def walk(layers: Iterable[Layer]) -> Iterator[Layer]:
    """Yield layers and their inner ones, depth first: a block, then its inner layers, then its successor.

    This is the order of weights in memory, and of the numbers of layers that draw something.
    """
    for layer in layers:
        yield layer
        yield from walk(layer.inner)


def shapes(layers: Iterable[Layer], shape: Shape) -> Iterator[tuple[Layer, Shape]]:
    """Yield sequential layers and their inner ones, with the shape of a row after each."""
    for layer in layers:
        yield from layer.shapes(shape)
        shape = layer.after(shape)


def run_layers(layers: Iterable[Layer], values: Tensor, weights: Sequence[Tensor], run: Run) -> Tensor:
    """Return the values after sequential layers; ``weights`` are those of all of them, in the order of ``walk``."""
    for layer in layers:
        arrays, masks = share_of((layer,))
        values = layer.forward(values, weights[:arrays], run)
        weights, run = weights[arrays:], replace(run, place=run.place + masks) if masks else run
    return values


@lru_cache(maxsize=1024)
def share_of(layers: tuple[Layer, ...]) -> tuple[int, int]:
    """Return how many arrays of weights, and how many dropout masks per step, layers and their inner ones have."""
    walked = list(walk(layers))
    return sum(len(one.weights) for one in walked), sum(one.draws_mask for one in walked)
