"""The compiled loop over the steps of an epoch, and prediction.

Axes are those of the package; B rows of the batch, K outputs. The biases of convolutions have no gradient, since batch
norm follows: a computed one would be a rounding error, which Adam makes as large as any other gradient.
"""

import math
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from biasvar import seeds
from biasvar.training import streams
from biasvar.training.convnet import convolution, inner_loops, normalisation, pooling, vectors
from biasvar.training.convnet.memory import Statistics, Values, Weights
from biasvar.training.convnet.vectors import LANES
from biasvar.training.kernel import losses, optimizers, routines
from biasvar.training.kernel.mlp import compiled_once

MOMENTUM, EPSILON = 0.1, 1e-5  # of batch norm, as in ``models.layers.BatchNorm``

# numba's cache notices changes of this file only; with this number in the signature it also notices the others'.
MODULES = (inner_loops, convolution, normalisation, pooling, vectors, losses, optimizers, routines, streams, seeds)
SOURCES = zlib.crc32(b"".join(Path(str(module.__file__)).read_bytes() for module in MODULES))


class Plan(NamedTuple):
    """How the steps of an epoch are taken."""

    cross_entropy: bool
    adam: bool
    decoupled: bool  # weight decay
    lr_T: np.ndarray  # the learning rate of every step
    momentum: float
    weight_decay: float
    batch_size: int
    decayed: int  # how many of the weights, from the first, are subject to weight decay


class Learnt(NamedTuple):
    """A network's parameters and the state of its optimiser, each one vector."""

    parameters: np.ndarray
    gradient: np.ndarray
    first: np.ndarray
    second: np.ndarray


class State(NamedTuple):
    """Everything that the steps change; ``weights`` and ``gradients`` are views of what is learnt."""

    learnt: Learnt
    weights: Weights
    gradients: Weights
    running: Statistics
    now: Statistics  # of the batch
    values: Values


@compiled_once
def train_epoch(plan, epoch, batch_order, images_nCHW, y_nK, order_n, state, sources=SOURCES):
    """Take the steps of an epoch, from 0, and return the mean loss over its rows, each at the step of its batch."""
    weights, gradients, values = state.weights, state.gradients, state.values
    routines.shuffle(order_n, batch_order, epoch)
    step, total = epoch * ((order_n.size + plan.batch_size - 1) // plan.batch_size), 0.0
    for start in range(0, order_n.size, plan.batch_size):
        rows = order_n[start : start + plan.batch_size]
        groups = place(rows, images_nCHW, values)
        for layer in range(len(weights.kernels)):
            convolve_and_measure(layer, groups, rows.size, state)
            normalise(layer, groups, weights, state.now, values)
        feature_OB = features_of(values.inputs[-1], rows.size)
        output_KB = affine(weights, feature_OB)
        target_KB, delta_KB = np.empty_like(output_KB), np.empty_like(output_KB)
        routines.gather(rows, y_nK, target_KB)
        if plan.cross_entropy:
            total += losses.cross_entropy(output_KB, target_KB, delta_KB)
        else:
            total += losses.squared_error(output_KB, target_KB, delta_KB)
        state.learnt.gradient[:] = 0
        routines.affine_gradient(delta_KB, feature_OB, gradients.matrix, gradients.offset)
        place_features(np.dot(weights.matrix.T, delta_KB), groups, values.deltas[-1])
        for layer in range(len(weights.kernels) - 1, -1, -1):
            backward(layer, groups, rows.size, state)
        update(plan, state.learnt, step)
        step += 1
    return total / order_n.size


@routines.compiled
def place(rows, images_nCHW, values):
    """Place the images of a batch, and return the number of its groups."""
    convolution.place_images(rows, images_nCHW, values.inputs[0])
    groups = (rows.size + LANES - 1) // LANES
    values.mask[:] = 1
    used = rows.size - (groups - 1) * LANES
    for j in range(values.mask.shape[1]):
        values.mask[groups - 1, j] = 1 if j % LANES < used else 0
    return groups


@routines.compiled
def convolve_and_measure(layer, groups, rows, state):
    """Convolve a batch; set the mean and variance of each channel, and move the running ones."""
    weights, running, now, values = state.weights, state.running, state.now, state.values
    x, z, bias_O = values.inputs[layer], values.convolved[layer], weights.biases[layer]
    first_O, second_O = np.zeros(bias_O.size), np.zeros(bias_O.size)
    for g in range(groups):
        convolution.convolve(x, g, weights.kernels[layer], bias_O, z)
        for c in range(bias_O.size):  # the running mean is near enough to the mean for a variance in one pass
            sums = normalisation.moments(z[g, c], values.mask[g], running.means[layer][c])
            first_O[c] += sums[0]
            second_O[c] += sums[1]
    count = rows * (z.shape[2] - 2) * (z.shape[3] - 2)
    for c in range(bias_O.size):
        error = first_O[c] / count
        variance = second_O[c] / count - error * error
        variance = 0.0 if variance < 0.0 else variance  # by rounding; a NaN stays a NaN
        now.means[layer][c], now.variances[layer][c] = running.means[layer][c] + error, variance
        running.means[layer][c] += MOMENTUM * error
        running.variances[layer][c] += MOMENTUM * (variance * count / (count - 1) - running.variances[layer][c])


@routines.compiled
def normalise(layer, groups, weights, statistics, values):
    """Normalise by the given statistics, and set the inputs of the next layer."""
    z, h, x = values.convolved[layer], values.tops[layer], values.inputs[layer + 1]
    number = z.dtype.type
    for c in range(z.shape[1]):
        gain = weights.scales[layer][c] / math.sqrt(statistics.variances[layer][c] + EPSILON)
        shift = weights.shifts[layer][c] - statistics.means[layer][c] * gain
        for g in range(groups):
            normalisation.activate(z[g, c], number(gain), number(shift), h[g, c], x[g, c])


@routines.compiled
def backward(layer, groups, rows, state):
    """Propagate gradients from the outputs of a layer to its weights and inputs."""
    weights, gradients, now, values = state.weights, state.gradients, state.now, state.values
    z, h, x, delta = values.convolved[layer], values.tops[layer], values.inputs[layer], values.deltas[layer + 1]
    channels, number = z.shape[1], z.dtype.type
    plain_O, weighted_O = np.zeros(channels), np.zeros(channels)
    for g in range(groups):
        for c in range(channels):
            centre = now.means[layer][c]
            sums = normalisation.slopes(values.inputs[layer + 1][g, c], h[g, c], centre, delta[g, c])
            plain_O[c] += sums[0]
            weighted_O[c] += sums[1]
    convolution.transposed(weights.kernels[layer], values.turned[layer])
    zeros_I = np.zeros(x.shape[1], z.dtype)
    count = rows * (z.shape[2] - 2) * (z.shape[3] - 2)
    for c in range(channels):
        gradients.shifts[layer][c] = plain_O[c]
        gradients.scales[layer][c] = weighted_O[c] / math.sqrt(now.variances[layer][c] + EPSILON)
    for g in range(groups):
        for c in range(channels):
            spread = now.variances[layer][c] + EPSILON
            gain, centre = number(weights.scales[layer][c] / math.sqrt(spread)), now.means[layer][c]
            plain, weighted = number(plain_O[c] / count), number(weighted_O[c] / (count * spread))
            factors = (gain, plain, centre, weighted)
            normalisation.normalisation_gradient(z[g, c], h[g, c], delta[g, c], values.mask[g], factors)
        convolution.add_gradient(x, z, g, gradients.kernels[layer])
        if layer > 0:
            convolution.convolve(z, g, values.turned[layer], zeros_I, values.deltas[layer])


@routines.compiled
def features_of(values, rows):
    """Return the channels of a batch whose images are single pixels, [C, B]."""
    feature_CB = np.empty((values.shape[1], rows), values.dtype)
    for c in range(values.shape[1]):
        for b in range(rows):
            feature_CB[c, b] = values[b // LANES, c, 1, 1, b % LANES]
    return feature_CB


@routines.compiled
def place_features(feature_CB, groups, values):
    """Fill in the channels of images that are single pixels, with zeros beyond the last image."""
    for g in range(groups):
        for c in range(values.shape[1]):
            for lane in range(LANES):
                b = g * LANES + lane
                values[g, c, 1, 1, lane] = feature_CB[c, b] if b < feature_CB.shape[1] else 0


@routines.compiled
def affine(weights, feature_OB):
    """Return the outputs, [K, B]."""
    output_KB = np.dot(weights.matrix, feature_OB)
    routines.add_bias(output_KB, weights.offset)
    return output_KB


@routines.compiled
def update(plan, learnt, step):
    """Take an optimiser step: with weight decay on the first weights, without it on the others."""
    for part, decay in ((0, plan.weight_decay), (1, 0.0)):
        start, stop = (0, plan.decayed) if part == 0 else (plan.decayed, learnt.parameters.size)
        parameter_P, gradient_P = learnt.parameters[start:stop], learnt.gradient[start:stop]
        first_P, second_P = learnt.first[start:stop], learnt.second[start:stop]
        if plan.decoupled:
            optimizers.shrink(parameter_P, plan.lr_T[step], decay)
            decay = 0.0
        if plan.adam:
            optimizers.adam(parameter_P, gradient_P, first_P, second_P, step + 1, plan.lr_T[step], decay)
        else:
            optimizers.sgd(parameter_P, gradient_P, first_P, plan.lr_T[step], plan.momentum, decay)


@compiled_once
def predict(images_NCHW, state, sources=SOURCES):
    """Return the outputs on images, [rows, outputs], by the running statistics."""
    weights, values = state.weights, state.values
    output_NK = np.empty((len(images_NCHW), weights.offset.size), images_NCHW.dtype)
    rows_N = np.arange(len(images_NCHW)).astype(np.uint64)
    most = values.mask.shape[0] * LANES
    for start in range(0, rows_N.size, most):
        rows = rows_N[start : start + most]
        groups = place(rows, images_NCHW, values)
        for layer in range(len(weights.kernels)):
            for g in range(groups):
                x, z = values.inputs[layer], values.convolved[layer]
                convolution.convolve(x, g, weights.kernels[layer], weights.biases[layer], z)
            normalise(layer, groups, weights, state.running, values)
        output_NK[start : start + rows.size] = affine(weights, features_of(values.inputs[-1], rows.size)).T
    return output_NK
