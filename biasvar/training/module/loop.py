"""The training loop of one torch.nn.Module, with torch's own optimisers.

Initial weights, orders of rows, and what is drawn in training have a stream each, so that each can be fixed or varied
alone: the global generators are seeded before the network is made, and again before every step.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch

from biasvar import seeds
from biasvar.models.module.building import generators_restored, seed_generators
from biasvar.training.kernel.optimizers import BETA1, BETA2, EPSILON
from biasvar.training.stack import draws
from biasvar.training.stack.losses import LOSSES
from biasvar.training.stepwise import PREDICTION_ROWS
from biasvar.training.training_config import Task, Trained, TrainingConfig, trained


def train(build: Callable[[int], torch.nn.Module], task: Task, device: str = "cpu") -> Trained:
    """Train the network that ``build`` returns for a seed; the formulas are those of ``training_config``."""
    config, streams = task.config, task.streams
    dtype = torch.float64 if config.dtype == "float64" else torch.float32
    with generators_restored(device), torch.enable_grad():
        network = build(int(streams.initialisation)).to(device=device, dtype=dtype)
        torch.set_num_threads(1)  # the bits on a CPU depend on it
        rows = {"x": task.x_nD, "y": task.y_nK, "evaluation": task.x_eval_ND, **task.others}
        x, y, x_eval, *others = (torch.as_tensor(array, dtype=dtype, device=device) for array in rows.values())
        diverged_epoch, loss = descend(network, x, y, task)
        train_nK, eval_NK, *elsewhere = (predict(network, one, config) for one in (x, x_eval, *others))
    other_rows = dict(zip(task.others, elsewhere, strict=True))
    return trained(eval_NK, train_nK, diverged_epoch, loss, config, other_rows, lambda: decayed(network))


def descend(network: torch.nn.Module, x: torch.Tensor, y: torch.Tensor, task: Task) -> tuple[int, float]:
    """Train a network in place; return the epoch in which it diverged, or 0, and the mean loss of the last epoch."""
    config, streams = task.config, task.streams
    order_1n = np.repeat(np.arange(len(task.x_nD)), task.counts_n)[None]
    starts = range(0, order_1n.shape[1], config.batch_size)
    rates_T = config.learning_rates(config.epochs * len(starts))
    seeds_T = seeds.draw_bits(streams.dropout, np.arange(len(rates_T), dtype=np.uint64))
    optimizer = optimizer_of(network, config)
    step, loss = 0, np.nan
    network.train()
    for epoch in range(config.epochs):
        draws.shuffle(order_1n, [streams.batch_order], epoch)
        total = torch.zeros((), dtype=torch.float64, device=x.device)
        for start in starts:
            rows_B = torch.as_tensor(order_1n[0, start : start + config.batch_size], device=x.device)
            seed_generators(int(seeds_T[step]))
            for group in optimizer.param_groups:
                group["lr"] = float(rates_T[step])
            total += descend_once(network, optimizer, x[rows_B], y[rows_B], config) * len(rows_B)
            step += 1
        loss = float(total) / order_1n.shape[1]
        if not np.isfinite(loss):
            return epoch + 1, loss
    return 0, loss


def descend_once(
    network: torch.nn.Module, optimizer: torch.optim.Optimizer, x_BD: torch.Tensor, y_BK: torch.Tensor,
    config: TrainingConfig,
) -> torch.Tensor:  # fmt: skip
    """Take one step, and return the mean loss of its batch before it."""
    optimizer.zero_grad()
    output_BK = forward(network, x_BD, config)
    loss_1 = LOSSES[config.loss](output_BK.T[None], y_BK.T[None])
    loss_1.sum().backward()
    optimizer.step()
    return loss_1.detach().double()[0]


def forward(network: torch.nn.Module, x_BD: torch.Tensor, config: TrainingConfig) -> torch.Tensor:
    """Return the outputs, [B, K]; products and convolutions are in bfloat16 if the config says so."""
    with torch.autocast(x_BD.device.type, torch.bfloat16, enabled=config.dtype == "bfloat16"):
        return network(x_BD).to(x_BD.dtype)


@torch.no_grad()
def predict(network: torch.nn.Module, x_ND: torch.Tensor, config: TrainingConfig) -> np.ndarray:
    """Return a network's outputs on some rows in evaluation mode, [N, K]."""
    network.eval()
    return torch.cat([forward(network, rows, config).cpu() for rows in x_ND.split(PREDICTION_ROWS)]).numpy()


def optimizer_of(network: torch.nn.Module, config: TrainingConfig) -> torch.optim.Optimizer:
    """Return torch's optimiser of a network's weights, with weight decay on those that are subject to it."""
    learnt = [weight for weight in network.parameters() if weight.requires_grad]
    groups = [
        {"params": [weight for weight in learnt if is_decayed(weight)], "weight_decay": config.weight_decay},
        {"params": [weight for weight in learnt if not is_decayed(weight)], "weight_decay": 0.0},
    ]
    if config.optimizer == "adam":
        return torch.optim.Adam(groups, lr=config.lr, betas=(BETA1, BETA2), eps=EPSILON)
    return torch.optim.SGD(groups, lr=config.lr, momentum=config.momentum)


def is_decayed(weight: torch.Tensor) -> bool:
    """Return whether weight decay acts on a weight: biases and normalisation weights have one axis at most."""
    return weight.ndim > 1


def decayed(network: torch.nn.Module) -> Sequence[np.ndarray]:
    """Return the arrays of a network's weights that are subject to weight decay."""
    learnt = [weight for weight in network.parameters() if weight.requires_grad]
    return [weight.detach().cpu().numpy() for weight in learnt if is_decayed(weight)]
