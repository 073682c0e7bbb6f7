"""The arrays of the compiled training loop, and their memory layout.

All weights of a model, then all its biases, are in one vector, so that an update is a pass over contiguous numbers.
"""

from typing import NamedTuple

import numpy as np

from biasvar.training.kernel.routines import compiled


class Plan(NamedTuple):
    """A config and its streams as the compiled loop needs them."""

    sizes: np.ndarray
    tanh: bool
    cross_entropy: bool
    bias: bool
    adam: bool
    decoupled: bool  # weight decay
    lr_T: np.ndarray  # the learning rate of every step
    momentum: float
    weight_decay: float
    decay_biases: bool
    zeros: bool  # whether parameters start at 0
    threshold: int  # 16 random bits below it zero an element; 0 means no dropout
    mask_divisor: float  # of the elements that a mask keeps
    batch_size: int
    epochs: int
    read_E: np.ndarray  # after how many epochs the parameters are kept
    initialisation: np.uint64
    batch_order: np.uint64
    dropout: np.uint64


class Masking(NamedTuple):
    """What dropout does in one pass: zeroes elements whose 16 bits are below ``threshold``, multiplies the others.

    ``draw`` is that of the first hidden layer. ``first`` is the number of the first row in prediction, where a row has
    the same mask in any company, and -1 in training.
    """

    threshold: int
    factor: float
    key: np.uint64
    draw: int
    first: int


class Layers(NamedTuple):
    """The weights, [outputs, inputs], and biases of each layer (or their gradients)."""

    weights: list
    biases: list


class Batch(NamedTuple):
    """The values of a batch in each layer, feature-major; ``activations[0]`` are its inputs."""

    target: np.ndarray
    activations: list
    deltas: list  # gradients of the loss with respect to each layer's pre-activations
    masks: list  # random bits of each hidden layer's dropout, four elements per number


@compiled
def count_weights(sizes):
    """Count the weights of all layers."""
    return (sizes[1:] * sizes[:-1]).sum()


@compiled
def count_parameters(sizes):
    """Count the weights and biases of all layers."""
    return count_weights(sizes) + sizes[1:].sum()


@compiled
def split_layers(vector, sizes):
    """View a vector of parameters layer by layer."""
    weights, biases = [], []
    weight, bias = 0, count_weights(sizes)
    for layer in range(sizes.size - 1):
        inputs, outputs = sizes[layer], sizes[layer + 1]
        weights.append(vector[weight : weight + outputs * inputs].reshape(outputs, inputs))
        biases.append(vector[bias : bias + outputs])
        weight, bias = weight + outputs * inputs, bias + outputs
    return Layers(weights, biases)


@compiled
def allocate_batch(sizes, rows, dtype):
    """Allocate the arrays of a batch."""
    return Batch(
        np.empty((sizes[-1], rows), dtype),
        [np.empty((size, rows), dtype) for size in sizes],
        [np.empty((size, rows), dtype) for size in sizes],
        [np.empty((size * rows + 3) // 4, np.uint64) for size in sizes[1:-1]],
    )
