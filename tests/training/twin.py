"""Train a multilayer perceptron with torch's autograd and optimisers: the twin that the kernel is tested against.

It draws the same initial weights, orders and masks as :mod:`biasvar.training.kernel.mlp` from the same streams, so that
in float64 the two agree to rounding. Nothing of torch's own random state is used.
"""

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
            loss = compute_loss(config, forward(config, layers, x[rows], streams.dropout, step), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
            step += 1
        mean = total / len(order)
        if not np.isfinite(mean):
            diverged_epoch = epoch + 1
            break
    return predict(config, layers, x, x_eval, diverged_epoch, mean)


def predict(config, layers, x_nD, x_eval_ND, diverged_epoch, loss) -> Fit:
    """Return the outputs without dropout, NaN throughout if the member has diverged."""
    import torch

    with torch.no_grad():
        eval_NK, train_nK = (forward(config, layers, x).cpu().numpy() for x in (x_eval_ND, x_nD))
    if not diverged_epoch and not (np.isfinite(train_nK).all() and np.isfinite(eval_NK).all()):
        diverged_epoch = config.epochs
    if diverged_epoch:
        eval_NK, train_nK = np.full_like(eval_NK, np.nan), np.full_like(train_nK, np.nan)
    rows = {EVALUATION.rows: eval_NK, TRAINING_ROWS: train_nK}
    return Fit({EVALUATION: Reading(rows, {}, diverged_epoch)}, loss)


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


def draw_mask(key: np.uint64, draw: int, features: int, rows: int, rate: float) -> np.ndarray:
    """Return the factors of a dropout mask, [rows, features]: 0 or 1/(1-p)."""
    elements = np.arange(features * rows)
    shifts = (elements % 4 * 16).astype(np.uint64)
    bits16 = draw_bits(key, counter(draw, elements // 4)) >> shifts & np.uint64(RESOLUTION - 1)
    threshold = dropout_threshold(rate)
    kept = bits16 >= np.uint64(threshold)
    return (kept / (1.0 - threshold / RESOLUTION)).reshape(features, rows).T


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
    if config.optimizer == "adam":
        return torch.optim.Adam(groups, lr=config.lr)
    return torch.optim.SGD(groups, lr=config.lr, momentum=config.momentum)


def forward(config: NetworkConfig, layers: list, values, dropout_key=None, step: int = 0):
    """Return the outputs on rows, with the dropout masks of a step if there is a key for them."""
    import torch

    activation = torch.tanh if config.activation == "tanh" else torch.relu
    hidden_layers = len(layers) - 1
    for i, layer in enumerate(layers):
        values = torch.nn.functional.linear(values, *layer)
        if i < hidden_layers:
            values = activation(values)
            if dropout_key is not None and config.dropout:
                rows, features = values.shape
                mask = draw_mask(dropout_key, step * hidden_layers + i, features, rows, config.dropout)
                values = values * torch.as_tensor(mask, dtype=values.dtype, device=values.device)
    return values


def compute_loss(config: NetworkConfig, output, target):
    """Return the mean over rows of the squared error summed over outputs, or of the cross-entropy in nats."""
    import torch

    if config.loss == "cross_entropy":
        return torch.nn.functional.cross_entropy(output, target)
    return ((output - target) ** 2).sum(dim=1).mean()
