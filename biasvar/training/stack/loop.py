"""The training loop of a stack: M members with the same architecture, number of rows and number of steps.

Each member draws its own initial weights, orders and masks from its own streams. They are the compiled kernel's, so in
float64 the two agree to rounding. torch's global random state is not used. Learning rate, momentum, weight decay and
dropout rate may differ between members.
"""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import torch

from biasvar.models.layers import Layer, Run, run_layers
from biasvar.training.stack import draws
from biasvar.training.stack.losses import LOSSES
from biasvar.training.stack.optimizers import OPTIMIZERS
from biasvar.training.stack.parameters import Parameters
from biasvar.training.stack.rows import Rows, rows_of
from biasvar.training.stepwise import PREDICTION_ROWS
from biasvar.training.training_config import Task, Trained, TrainingConfig, trained


def train(layers: Sequence[Layer], tasks: Sequence[Task], device: str = "cpu") -> list[Trained]:
    """Train a stack and return each member's outputs; axes and formulas are those of ``training_config``."""
    torch.set_num_threads(1)  # one thread per member or stack, since the bits on a CPU depend on it
    configs, streams = [task.config for task in tasks], [task.streams for task in tasks]
    dtype = torch.float64 if configs[0].dtype == "float64" else torch.float32
    x, y = (rows_of([getattr(task, name) for task in tasks], dtype, device) for name in ("x_nD", "y_nK"))
    parameters = Parameters(layers, [one.initialisation for one in streams], dtype, device)
    order_Mn = np.stack([np.repeat(np.arange(len(task.x_nD)), task.counts_n) for task in tasks])
    starts = range(0, order_Mn.shape[1], configs[0].batch_size)
    factors_T = configs[0].rate_factors(configs[0].epochs * len(starts))
    optimizer = OPTIMIZERS[configs[0].optimizer](parameters, configs, factors_T)
    mask = draws.mask_drawer(layers, configs, streams, device)
    diverged_M, reached_M = np.zeros(len(tasks), dtype=int), np.zeros(len(tasks))
    step = 0
    for epoch in range(configs[0].epochs):
        draws.shuffle(order_Mn, [one.batch_order for one in streams], epoch)
        total_M = torch.zeros(len(tasks), dtype=torch.float64, device=device)
        for start in starts:
            rows_MB = torch.as_tensor(order_Mn[:, start : start + configs[0].batch_size], device=device)
            run = Run(len(tasks), training=True, mask=mask and partial(mask, step))
            loss_M = descend(layers, parameters, x.batch(rows_MB), y.batch(rows_MB), run, configs[0])
            optimizer.step(step)
            total_M += loss_M * rows_MB.shape[1]
            step += 1
        reached_M = np.where(diverged_M == 0, total_M.cpu().numpy() / order_Mn.shape[1], reached_M)
        diverged_M = np.where((diverged_M == 0) & ~np.isfinite(reached_M), epoch + 1, diverged_M)
        if diverged_M.all():
            break
    finished = []
    for member, (task, outputs) in enumerate(zip(tasks, outputs_of(layers, parameters, tasks, x), strict=True)):
        train_nK, eval_NK, *others = outputs
        other_rows, weights = dict(zip(task.others, others, strict=True)), partial(parameters.decayed, member)
        went = diverged_M[member], reached_M[member], task.config
        finished.append(trained(eval_NK, train_nK, *went, other_rows, weights))
    return finished


def descend(layers, parameters: Parameters, values, target_MKB, run: Run, config: TrainingConfig) -> torch.Tensor:
    """Set the gradients of each member's loss on its batch, and return the losses, [M]."""
    parameters.gradient.zero_()
    loss_M = LOSSES[config.loss](forward(layers, parameters, values, run, config), target_MKB)
    loss_M.sum().backward()  # a member's loss depends on its own weights only
    return loss_M.detach().double()


def forward(layers, parameters: Parameters, values, run: Run, config: TrainingConfig) -> torch.Tensor:
    """Return the outputs, [M, K, B]; products and convolutions are in bfloat16 if the config says so."""
    with torch.autocast(values.device.type, torch.bfloat16, enabled=config.dtype == "bfloat16"):
        values = run_layers(layers, values, parameters.arrays, run)
    return values.to(parameters.values.dtype)


@torch.no_grad()
def predict(layers, parameters: Parameters, rows: Rows, config: TrainingConfig) -> np.ndarray:
    """Return every member's outputs on its rows without dropout, [M, rows, K]."""
    run = Run(rows.members, training=False)
    places_Mn = torch.arange(rows.count, device=parameters.values.device).expand(rows.members, -1)
    tiles = [
        forward(layers, parameters, rows.batch(places_MB), run, config).cpu()
        for places_MB in places_Mn.split(PREDICTION_ROWS, dim=1)
    ]
    return torch.cat(tiles, dim=2).transpose(1, 2).contiguous().numpy()


def outputs_of(layers, parameters: Parameters, tasks: Sequence[Task], x: Rows) -> Iterator[list[np.ndarray]]:
    """Yield each member's outputs on its training rows ``x``, at the evaluation points, and at the other rows."""
    value = parameters.values
    sets = [[task.x_eval_ND for task in tasks], *([task.others[name] for task in tasks] for name in tasks[0].others)]
    rows = [x, *(rows_of(arrays, value.dtype, str(value.device)) for arrays in sets)]
    outputs = [predict(layers, parameters, one, tasks[0].config) for one in rows]
    for task, (train_nK, *elsewhere) in zip(tasks, zip(*outputs, strict=True), strict=True):
        yield [train_nK[: len(task.x_nD)], *elsewhere]
