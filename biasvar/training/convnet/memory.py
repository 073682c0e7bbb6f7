"""The arrays of the compiled training of convolutional networks, and their memory layout; see the package for axes."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from biasvar.training.convnet.architecture import Block
from biasvar.training.convnet.vectors import LANES

Arrays = tuple[np.ndarray, ...]


class Weights(NamedTuple):
    """What a network learns (or its gradient): views of one vector, those subject to weight decay first."""

    kernels: Arrays  # [O, 3, 3, I] of each convolution
    matrix: np.ndarray  # [K, O] of the affine layer
    biases: Arrays  # of each convolution
    scales: Arrays
    shifts: Arrays
    offset: np.ndarray  # of the affine layer


class Statistics(NamedTuple):
    """Means and variances of each batch norm: those of a batch, or running ones."""

    means: Arrays
    variances: Arrays


class Values(NamedTuple):
    """The values of a batch in each block, or their gradients."""

    inputs: Arrays  # of each block, and the outputs of the last one: [G, C, side + 2, side + 2, L]
    deltas: Arrays  # the gradients with respect to them
    convolved: Arrays  # before batch norm; then the gradients
    tops: Arrays  # the values before batch norm that pooling selected, [G, C, side / pool, side / pool, L]
    turned: Arrays  # kernels, [I, 3, 3, O]
    mask: np.ndarray  # [G, side * L]: 1 in the lanes of images, otherwise 0


def shapes_of(blocks: Sequence[Block], classes: int) -> Weights:
    """Return the shapes of the weights."""
    vectors = tuple((block.outputs,) for block in blocks)
    kernels: Any = tuple((block.outputs, 3, 3, block.inputs) for block in blocks)
    shapes: Any = (kernels, (classes, blocks[-1].outputs), vectors, vectors, vectors, (classes,))
    return Weights(*shapes)


def sizes_of(blocks: Sequence[Block], classes: int) -> tuple[int, int]:
    """Return the numbers of weights that are and are not subject to weight decay."""
    decayed = sum(9 * block.inputs * block.outputs for block in blocks) + classes * blocks[-1].outputs
    return decayed, 3 * sum(block.outputs for block in blocks) + classes


def views(vector: np.ndarray, blocks: Sequence[Block], classes: int) -> Weights:
    """View a vector as weights."""
    taken = 0

    def cut(shape: Any) -> Any:
        nonlocal taken
        if shape and isinstance(shape[0], tuple):
            return tuple(cut(one) for one in shape)
        first, taken = taken, taken + int(np.prod(shape))
        return vector[first:taken].reshape(shape)

    return Weights(*(cut(shape) for shape in shapes_of(blocks, classes)))


def statistics(blocks: Sequence[Block], dtype: np.dtype) -> Statistics:
    """Return the statistics of batch norms before training."""
    means, variances = (tuple(start(block.outputs, dtype) for block in blocks) for start in (np.zeros, np.ones))
    return Statistics(means, variances)


def allocate(blocks: Sequence[Block], rows: int, dtype: np.dtype) -> Values:
    """Return arrays for batches of at most the given number of rows."""
    groups, first, last = -(-rows // LANES), blocks[0], blocks[-1]

    def bordered(channels: int, side: int) -> np.ndarray:
        return np.zeros((groups, channels, side + 2, side + 2, LANES), dtype)

    sides = [block.side // block.pool for block in blocks]
    inputs = tuple(bordered(block.inputs, block.side) for block in blocks)
    unused = np.zeros((1, 1, 1, 1, LANES), dtype)  # nothing is learnt below the images
    outputs = bordered(last.outputs, sides[-1])
    return Values(
        inputs=(*inputs, outputs),
        deltas=(unused, *(np.zeros_like(one) for one in (*inputs[1:], outputs))),
        convolved=tuple(bordered(block.outputs, block.side) for block in blocks),
        tops=tuple(
            np.zeros((groups, block.outputs, side, side, LANES), dtype)
            for block, side in zip(blocks, sides, strict=True)
        ),
        turned=tuple(np.zeros((block.inputs, 3, 3, block.outputs), dtype) for block in blocks),
        mask=np.zeros((groups, first.side * LANES), dtype),
    )
