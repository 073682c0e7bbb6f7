"""Train a multilayer perceptron in one compiled call: every step of every epoch, without the interpreter or the GIL.

Members run one per thread. Calls share nothing, and every random number is a function of a stream's key and a counter,
so a member has the same bits alone or with others, in any order, on any thread, as long as BLAS has a fixed number of
threads: one, which is also the fastest. Whoever starts the threads must ensure that. The first call in each precision
compiles for some seconds; the result is cached on disk: beside this file, in the user's cache folder, or where the
environment variable NUMBA_CACHE_DIR says.
"""

import math
import zlib
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np

from biasvar import seeds
from biasvar.training import streams as layout
from biasvar.training.inputs import Fit, Reading
from biasvar.training.kernel import losses as kernel_losses
from biasvar.training.kernel import memory as kernel_memory
from biasvar.training.kernel import optimizers as kernel_optimizers
from biasvar.training.kernel import routines
from biasvar.training.kernel.memory import Masking, Plan, allocate_batch, count_parameters, count_weights, split_layers
from biasvar.training.modes import outputs_in_mode
from biasvar.training.readouts import EVALUATION, TRAINING_ROWS, Readout
from biasvar.training.training_config import NetworkConfig, Streams, Task, reading

PREDICTION_ROWS = 128  # rows predicted at a time: their activations stay in the second-level cache

# numba's cache notices changes of this file only; with this number in the signature it also notices the routines'.
MODULES = (routines, kernel_losses, kernel_optimizers, kernel_memory, layout, seeds)
SOURCES = zlib.crc32(b"".join(Path(str(module.__file__)).read_bytes() for module in MODULES))


def train(
    config: NetworkConfig,
    streams: Streams,
    x_nD: np.ndarray,
    y_nK: np.ndarray,
    counts_n: np.ndarray,
    *rest: Any,
) -> Fit:
    """Train one member and return its fit; the arguments are those of a ``Task``, with its axes and formulas."""
    task = Task(config, streams, x_nD, y_nK, counts_n, *rest)
    dtype = np.dtype(config.dtype)
    rows = {name: np.ascontiguousarray(x_ND, dtype) for name, x_ND in task.rows.items()}
    order = np.repeat(np.arange(len(x_nD), dtype=np.uint64), counts_n)  # unsigned: no test for negative indices
    plan = plan_of(config, streams, len(order))
    found = fit(plan, rows[TRAINING_ROWS], np.ascontiguousarray(y_nK, dtype), order)
    readings: dict[Readout, Reading] = {}
    for epoch, parameters in zip(plan.read_E.tolist(), found.parameters_EP, strict=True):
        diverged_epoch = found.diverged_epoch if found.diverged_epoch <= epoch else 0
        weights = partial(weights_of, plan, parameters)
        for readout in config.taken_after(epoch):
            read = {
                name: outputs_in_mode(readout, config.loss, partial(pass_over, plan, parameters, x_ND, name, readout))
                for name, x_ND in rows.items()
            }
            outputs, spread_NK = {name: NK for name, (NK, _) in read.items()}, read[EVALUATION.rows][1]
            readings[readout] = reading(task, outputs, epoch, diverged_epoch, weights, spread_NK)
    return Fit(readings, found.loss)


def pass_over(plan: Plan, parameters: np.ndarray, x_ND: np.ndarray, name: str, readout: Readout, sample: int) -> Any:
    """Return the outputs of one pass over a set of rows in a readout's mode of prediction, [rows, outputs]."""
    masking = Masking(0, 1.0, plan.dropout, 0, 0)
    if readout.prediction == "weight_scaled":
        masking = masking._replace(factor=1.0 - plan.threshold / layout.RESOLUTION)
    elif readout.prediction == "mc":
        key, draw = layout.prediction_key(plan.dropout, name), sample * (len(plan.sizes) - 2)
        masking = Masking(plan.threshold, 1.0 / plan.mask_divisor, key, draw, 0)
    return predict(plan, parameters, x_ND, masking)


def plan_of(config: NetworkConfig, streams: Streams, rows: int) -> Plan:
    """Return a config and its streams as the compiled loop needs them, for a number of training rows."""
    batch_size = min(config.batch_size, rows)
    return Plan(
        sizes=np.array(config.sizes),
        tanh=config.activation == "tanh",
        cross_entropy=config.loss == "cross_entropy",
        bias=config.bias,
        adam=config.adam,
        decoupled=config.decoupled,
        lr_T=config.learning_rates(config.epochs * math.ceil(rows / batch_size)),
        momentum=float(config.momentum),
        weight_decay=float(config.weight_decay),
        decay_biases=config.decay == "all",
        zeros=config.init == "zeros",
        threshold=config.threshold,
        mask_divisor=config.mask_divisor,
        batch_size=batch_size,
        epochs=config.epochs,
        read_E=np.array([epoch for epoch in range(config.epochs + 1) if config.taken_after(epoch)]),
        initialisation=streams.initialisation,
        batch_order=streams.batch_order,
        dropout=streams.dropout,
    )


def weights_of(plan: Plan, parameters: np.ndarray) -> list[np.ndarray]:
    """Return the weights of a network, without its biases."""
    return [parameters[: count_weights(plan.sizes)]]


class Found(NamedTuple):
    """The parameters after each of the epochs of ``Plan.read_E``, NaN from divergence on, and how training went."""

    parameters_EP: np.ndarray
    diverged_epoch: int
    loss: float


def compiled_once(function):
    """Compile and cache the result; without a writable folder, compile in every process."""
    compiled = partial(numba.njit, nogil=True, fastmath=routines.FASTMATH, error_model="numpy")
    try:
        return compiled(cache=True)(function)
    except RuntimeError:
        return compiled()(function)


@compiled_once
def fit(plan, x_nD, y_nK, order_n, sources=SOURCES):
    """Return the parameters at each epoch to be read, the epoch of divergence, and the mean loss of the last epoch."""
    gradient, first, second = [np.zeros(count_parameters(plan.sizes), x_nD.dtype) for _ in range(3)]
    parameters = np.zeros_like(gradient)
    layers, gradients = split_layers(parameters, plan.sizes), split_layers(gradient, plan.sizes)
    for layer in range(0 if plan.zeros else plan.sizes.size - 1):
        key = plan.initialisation
        routines.initialise(layers.weights[layer], layers.biases[layer], plan.bias, key, layer)
    full = allocate_batch(plan.sizes, plan.batch_size, x_nD.dtype)
    partial = allocate_batch(plan.sizes, order_n.size % plan.batch_size, x_nD.dtype)
    parameters_EP = np.full((plan.read_E.size, parameters.size), np.nan, x_nD.dtype)
    step, read, diverged_epoch, loss = 0, 0, 0, 0.0
    for epoch in range(plan.epochs + 1):
        if read < plan.read_E.size and plan.read_E[read] == epoch:
            parameters_EP[read] = parameters
            read += 1
        if epoch == plan.epochs:
            break
        routines.shuffle(order_n, plan.batch_order, epoch)
        total = 0.0
        for start in range(0, order_n.size, plan.batch_size):
            rows = order_n[start : start + plan.batch_size]
            batch = full if rows.size == plan.batch_size else partial
            routines.gather(rows, x_nD, batch.activations[0])
            routines.gather(rows, y_nK, batch.target)
            draw = step * (plan.sizes.size - 2)
            forward(plan, layers, batch, Masking(plan.threshold, 1.0 / plan.mask_divisor, plan.dropout, draw, -1))
            total += compute_loss(plan, batch)
            backward(plan, layers, gradients, batch)
            update(plan, parameters, gradient, first, second, step)
            step += 1
        loss = total / order_n.size
        if not math.isfinite(loss):
            diverged_epoch = epoch + 1
            break
    return Found(parameters_EP, diverged_epoch, loss)


@routines.compiled
def forward(plan, layers, batch, masking):
    """Fill in the activations of a batch; those of the last layer are the outputs."""
    hidden_layers = plan.sizes.size - 2
    for layer in range(hidden_layers + 1):
        values = batch.activations[layer + 1]
        np.dot(layers.weights[layer], batch.activations[layer], values)
        if layer == hidden_layers:
            routines.add_bias(values, layers.biases[layer])
        else:
            routines.activate(values, layers.biases[layer], plan.tanh)
            if masking.threshold > 0 or masking.factor != 1.0:
                draw_bits(batch.masks[layer], values, masking, layer)
                routines.drop(values, batch.masks[layer], masking.threshold, masking.factor)


@routines.compiled
def draw_bits(bits, values, masking, layer):
    """Draw the random bits of a hidden layer's mask, if one is drawn."""
    draw = masking.draw + layer
    if masking.threshold > 0 and masking.first < 0:
        routines.draw_mask(bits, masking.key, draw)
    elif masking.threshold > 0:
        routines.draw_mask_of_rows(bits, masking.key, draw, masking.first, *values.shape)


@routines.compiled
def compute_loss(plan, batch):
    """Return the loss summed over the batch and set the deltas of the outputs."""
    if plan.cross_entropy:
        return kernel_losses.cross_entropy(batch.activations[-1], batch.target, batch.deltas[-1])
    return kernel_losses.squared_error(batch.activations[-1], batch.target, batch.deltas[-1])


@routines.compiled
def backward(plan, layers, gradients, batch):
    """Propagate the deltas of the outputs back to every weight and bias."""
    for layer in range(plan.sizes.size - 2, -1, -1):
        delta, values = batch.deltas[layer + 1], batch.activations[layer]
        routines.affine_gradient(delta, values, gradients.weights[layer], gradients.biases[layer])
        if layer > 0:
            below = batch.deltas[layer]
            np.dot(layers.weights[layer].T, delta, below)
            if plan.threshold > 0:
                routines.drop(below, batch.masks[layer - 1], plan.threshold, 1.0 / plan.mask_divisor)
            routines.activation_gradient(below, values, plan.mask_divisor, plan.tanh)


@routines.compiled
def update(plan, parameters, gradient, first, second, step):
    """Take an optimiser step on weights, and on biases, if the model has them, whose weight decay may be zero."""
    weights, lr = count_weights(plan.sizes), plan.lr_T[step]
    end, of_biases = parameters.size if plan.bias else weights, plan.weight_decay if plan.decay_biases else 0.0
    for start, stop, decay in ((0, weights, plan.weight_decay), (weights, end, of_biases)):
        parameter_P, gradient_P = parameters[start:stop], gradient[start:stop]
        first_P, second_P = first[start:stop], second[start:stop]
        if plan.decoupled:
            kernel_optimizers.shrink(parameter_P, lr, decay)
            decay = 0.0
        if plan.adam:
            kernel_optimizers.adam(parameter_P, gradient_P, first_P, second_P, step + 1, lr, decay)
        else:
            kernel_optimizers.sgd(parameter_P, gradient_P, first_P, lr, plan.momentum, decay)


@compiled_once
def predict(plan, parameters, x_ND, masking, sources=SOURCES):
    """Return the outputs on rows, [rows, outputs], where dropout does what ``masking`` says."""
    layers = split_layers(parameters, plan.sizes)
    output_NK = np.empty((len(x_ND), plan.sizes[-1]), x_ND.dtype)
    rows_N = np.arange(len(x_ND)).astype(np.uint64)
    full = allocate_batch(plan.sizes, PREDICTION_ROWS, x_ND.dtype)
    partial = allocate_batch(plan.sizes, rows_N.size % PREDICTION_ROWS, x_ND.dtype)
    for start in range(0, len(x_ND), PREDICTION_ROWS):
        rows = rows_N[start : start + PREDICTION_ROWS]
        batch = full if rows.size == PREDICTION_ROWS else partial
        routines.gather(rows, x_ND, batch.activations[0])
        forward(plan, layers, batch, Masking(masking.threshold, masking.factor, masking.key, masking.draw, start))
        output_NK[start : start + rows.size] = batch.activations[-1].T
    return output_NK
