"""Train a multilayer perceptron with torch's autograd and optimisers: the twin that the kernel is tested against.

It draws the same initial weights, orders and masks as :mod:`biasvar.training.kernel.mlp` from the same streams, so that
in float64 the two agree to rounding. Nothing of torch's own random state is used.
"""

from functools import partial
from itertools import pairwise

import numpy as np

from biasvar.seeds import draw_bits, draw_uniform
from biasvar.training.inputs import Fit, Reading
from biasvar.training.readouts import EVALUATION, TRAINING_ROWS
from biasvar.training.streams import RESOLUTION, bounded, counter, dropout_threshold
from biasvar.training.training_config import NetworkConfig, Streams


def train(
    config: NetworkConfig,
    streams: Streams,
    x_nD: np.ndarray,
    y_nK: np.ndarray,
    counts_n: np.ndarray,
    x_eval_ND: np.ndarray,
    device: str = "cpu",
) -> Fit:
    """Train one member and return its outputs; see :mod:`biasvar.training.training_config` for axes and formulas."""
    import torch

    dtype = getattr(torch, config.dtype)
    x, y, x_eval = (torch.as_tensor(values, dtype=dtype, device=device) for values in (x_nD, y_nK, x_eval_ND))
    layers = [
        [torch.tensor(values, dtype=dtype, device=device, requires_grad=True) for values in layer]
        for layer in initial_layers(config.sizes, config.bias, streams.initialisation)
    ]
    order = np.repeat(np.arange(len(x)), counts_n)
    starts = range(0, len(order), config.batch_size)
    lr_T = config.learning_rates(config.epochs * len(starts))
    optimizer = make_optimizer(config, layers)
    step, diverged_epoch = 0, 0
    for epoch in range(config.epochs):
        shuffle(order, streams.batch_order, epoch)
        total = 0.0
        for start in starts:
            rows = order[start : start + config.batch_size]
            for group in optimizer.param_groups:
                group["lr"] = lr_T[step]
            optimizer.zero_grad()
            masks = partial(masks_of_step, config, streams, step)
            loss = compute_loss(config, forward(config, layers, x[rows], masks), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
            step += 1
        mean = total / len(order)
        if not np.isfinite(mean):
            diverged_epoch = epoch + 1
            break
    rows = {TRAINING_ROWS: x, EVALUATION.rows: x_eval}
    readings = {one: predict(config, streams, layers, rows, one, diverged_epoch) for one in config.readouts}
    return Fit(readings, mean)


def predict(config, streams, layers, rows, readout, diverged_epoch) -> Reading:
    """Return the outputs in a mode of prediction, NaN throughout if the member has diverged."""
    import torch

    outputs = {}
    for number, (name, x) in enumerate(rows.items()):
        masks = [partial(masks_of_rows, config, streams, number, s) for s in range(readout.samples or 1)]
        if readout.prediction == "weight_scaled":
            masks = [lambda layer, features, rows: 1 - dropout_threshold(config.dropout) / RESOLUTION]
        if readout.prediction == "deterministic":
            masks = [None]
        with torch.no_grad():
            outputs[name] = torch.stack([forward(config, layers, x, one) for one in masks]).cpu().numpy()
    if not diverged_epoch and not all(np.isfinite(values).all() for values in outputs.values()):
        diverged_epoch = config.epochs
    if diverged_epoch:
        return Reading({name: np.full_like(values[0], np.nan) for name, values in outputs.items()}, {}, diverged_epoch)
    if readout.prediction != "mc":
        return Reading({name: values[0] for name, values in outputs.items()})
    if config.loss == "squared_error":
        means = {name: values.mean(axis=0) for name, values in outputs.items()}
        return Reading(means, spread_NK=outputs[EVALUATION.rows].var(axis=0, ddof=1))
    shares = {name: np.exp(values) for name, values in outputs.items()}
    shares = {name: values / values.sum(axis=-1, keepdims=True) for name, values in shares.items()}
    means = {name: np.log(values.mean(axis=0)) for name, values in shares.items()}
    return Reading(means, spread_NK=shares[EVALUATION.rows].var(axis=0, ddof=1))


def masks_of_step(config: NetworkConfig, streams: Streams, step: int, layer: int, features: int, rows: int):
    """Return the factors of a hidden layer's mask in a step, [rows, features]."""
    draw = step * (len(config.sizes) - 2) + layer
    return draw_kept(streams.dropout, draw, features, rows, config.dropout) * factor_of(config)


def masks_of_rows(
    config: NetworkConfig, streams: Streams, number: int, sample: int, layer: int, features: int, rows: int
):
    """Return the factors of a hidden layer's mask in prediction at a set of rows, [rows, features]."""
    key = draw_bits(streams.dropout, np.array([(2**32 - 1) * 2**32 + number], np.uint64))
    draw = sample * (len(config.sizes) - 2) + layer
    return draw_kept(key, draw, rows, features, config.dropout).T * factor_of(config)


def factor_of(config: NetworkConfig) -> float:
    """Return the factor of activations that are kept in training."""
    return 1.0 if config.dropout_scaling == "none" else 1.0 / (1.0 - dropout_threshold(config.dropout) / RESOLUTION)


def initial_layers(sizes: tuple[int, ...], bias: bool, key: np.uint64) -> list[list[np.ndarray]]:
    """Return each layer's initial weight, [outputs, inputs], and bias, if any: U(-1/sqrt(fan_in), 1/sqrt(fan_in))."""
    layers = []
    for layer, (inputs, outputs) in enumerate(pairwise(sizes)):
        uniform = draw_uniform(key, counter(layer, np.arange(outputs * (inputs + 1))))
        values = (2.0 * uniform - 1.0) / np.sqrt(inputs)
        weight, offset = values[: outputs * inputs].reshape(outputs, inputs), values[outputs * inputs :]
        layers.append([weight, offset] if bias else [weight])
    return layers


def shuffle(order_n: np.ndarray, key: np.uint64, epoch: int) -> None:
    """Permute in place (Fisher and Yates)."""
    positions = np.arange(len(order_n) - 1, 0, -1)
    partners = bounded(draw_bits(key, counter(epoch, positions)), positions + 1)
    for i, j in zip(positions, partners.astype(np.int64), strict=True):
        order_n[i], order_n[j] = order_n[j], order_n[i]


def draw_kept(key: np.uint64, draw: int, features: int, rows: int, rate: float) -> np.ndarray:
    """Return a dropout mask, [rows, features]: false where an element is zeroed."""
    elements = np.arange(features * rows)
    shifts = (elements % 4 * 16).astype(np.uint64)
    bits16 = draw_bits(key, counter(draw, elements // 4)) >> shifts & np.uint64(RESOLUTION - 1)
    return (bits16 >= np.uint64(dropout_threshold(rate))).reshape(features, rows).T


def make_optimizer(config: NetworkConfig, layers: list):
    """Return the torch optimiser, with weight decay on weights, or on biases too."""
    import torch

    groups = [
        {"params": [layer[0] for layer in layers], "weight_decay": config.weight_decay},
        {
            "params": [bias for layer in layers for bias in layer[1:]],
            "weight_decay": config.weight_decay if config.decay == "all" else 0.0,
        },
    ]
    if config.optimizer in ("adam", "adamw"):
        adam = torch.optim.AdamW if config.optimizer == "adamw" else torch.optim.Adam
        return adam(groups, lr=config.lr)
    return torch.optim.SGD(groups, lr=config.lr, momentum=config.momentum)


def forward(config: NetworkConfig, layers: list, values, masks=None):
    """Return the outputs on rows, with the factors ``masks(layer, features, rows)`` of hidden activations, if any."""
    import torch

    activation = torch.tanh if config.activation == "tanh" else torch.relu
    hidden_layers = len(layers) - 1
    for i, layer in enumerate(layers):
        values = torch.nn.functional.linear(values, *layer)
        if i < hidden_layers:
            values = activation(values)
            if masks is not None and config.dropout:
                rows, features = values.shape
                values = values * torch.as_tensor(masks(i, features, rows), dtype=values.dtype, device=values.device)
    return values


def compute_loss(config: NetworkConfig, output, target):
    """Return the mean over rows of the squared error summed over outputs, or of the cross-entropy in nats."""
    import torch

    if config.loss == "cross_entropy":
        return torch.nn.functional.cross_entropy(output, target)
    return ((output - target) ** 2).sum(dim=1).mean()
