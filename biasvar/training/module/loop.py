"""The training loop of one torch.nn.Module, with torch's own optimisers.

Initial weights, orders of rows, and what is drawn in training have a stream each, so that each can be fixed or varied
alone: the global generators are seeded before the network is made, and again before every step.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import numpy as np
import torch

from biasvar import seeds
from biasvar.models.module.building import generators_restored, seed_generators
from biasvar.training.device import set_precision
from biasvar.training.epochs import Alone, train_epochs
from biasvar.training.inputs import Fit, Reading
from biasvar.training.kernel.optimizers import BETA1, BETA2, EPSILON
from biasvar.training.module.averages import recomputed_averages
from biasvar.training.readouts import TRAINING_ROWS, Readout
from biasvar.training.stack import draws
from biasvar.training.stack.augmentation import changed
from biasvar.training.stack.losses import LOSSES
from biasvar.training.stepwise import PREDICTION_ROWS
from biasvar.training.training_config import Task, TrainingConfig, reading


def train(build: Callable[[int], torch.nn.Module], task: Task, device: str = "cpu") -> Fit:
    """Train the network that ``build`` returns for a seed; the formulas are those of ``training_config``."""
    with generators_restored(device), torch.enable_grad():
        return train_epochs(OwnNetwork(build, task, device), [task.checkpoint])[0]


class OwnNetwork(Alone):
    """The state of a network's training: weights, optimiser, the order of rows, and whether it has diverged."""

    def __init__(self, build: Callable[[int], torch.nn.Module], task: Task, device: str):
        self.task, self.config = task, task.config
        set_precision(device, self.config.dtype)
        dtype = torch.float64 if self.config.dtype == "float64" else torch.float32
        self.network = build(int(task.streams.initialisation)).to(device=device, dtype=dtype)
        torch.set_num_threads(1)  # the bits on a CPU depend on it
        self.rows = {name: torch.as_tensor(x, dtype=dtype, device=device) for name, x in task.rows.items()}
        self.y_nK = torch.as_tensor(task.y_nK, dtype=dtype, device=device)
        self.order_1n = np.repeat(np.arange(len(task.x_nD)), task.counts_n)[None]
        self.starts = range(0, self.order_1n.shape[1], self.config.batch_size)
        self.rates_T = self.config.learning_rates(self.config.epochs * len(self.starts))
        self.seeds_T = seeds.draw_bits(task.streams.dropout, np.arange(len(self.rates_T), dtype=np.uint64))
        self.optimizer = optimizer_of(self.network, self.config)
        self.diverged_epoch, self.loss = 0, np.nan

    def train_epoch(self, epoch: int) -> None:
        """Take the steps of epoch ``epoch``, from 0."""
        self.network.train()
        y_nK = self.y_nK
        draws.shuffle(self.order_1n, [self.task.streams.batch_order], epoch)
        total = torch.zeros((), dtype=torch.float64, device=y_nK.device)
        for step, start in enumerate(self.starts, start=epoch * len(self.starts)):
            rows_B = torch.as_tensor(self.order_1n[0, start : start + self.config.batch_size], device=y_nK.device)
            seed_generators(int(self.seeds_T[step]))
            for group in self.optimizer.param_groups:
                group["lr"] = float(self.rates_T[step])
            loss = descend_once(self.network, self.optimizer, self.batch(rows_B, epoch), y_nK[rows_B], self.config)
            total += loss * len(rows_B)
        self.loss = float(total) / self.order_1n.shape[1]
        if not np.isfinite(self.loss):
            self.diverged_epoch = epoch + 1

    def batch(self, rows_B: torch.Tensor, epoch: int) -> torch.Tensor:
        """Return some training rows as they are in an epoch."""
        x_BD = self.rows[TRAINING_ROWS][rows_B]
        if not self.config.augments:
            return x_BD
        (images,) = changed([x_BD.movedim(1, -1)], rows_B[None], self.config, [self.task.streams], epoch)
        return images.movedim(-1, 1).contiguous()

    def averages(self) -> AbstractContextManager[None]:
        """Let batch norms have averages over the batches of the last epoch, whose images are as they are."""
        size, rows = self.config.batch_size, self.rows[TRAINING_ROWS]
        batches = (rows[torch.as_tensor(self.order_1n[0, start : start + size])] for start in self.starts)
        return recomputed_averages(self.network, batches, partial(forward, self.network, config=self.config))

    def read(self, epoch: int, readout: Readout) -> list[Reading]:
        """Return what is read after ``epoch`` epochs, of one member."""
        with self.averages() if self.config.bn_reestimate else nullcontext():
            outputs = {name: predict(self.network, x_ND, self.config) for name, x_ND in self.rows.items()}
        return [reading(self.task, outputs, epoch, self.diverged_epoch, lambda: decayed(self.network))]

    def arrays(self, member: int) -> dict[str, np.ndarray]:
        """Return the arrays that training changes: weights and buffers, the optimiser's, the order and the loss."""
        tensors = {f"network.{name}": tensor for name, tensor in tensors_of(self.network).items()}
        for weight, values in self.optimizer.state_dict()["state"].items():
            kept = {name: value for name, value in values.items() if value is not None}
            tensors |= {f"optimizer.{weight}.{name}": value for name, value in kept.items()}
        found = {name: tensor.detach().cpu().numpy() for name, tensor in tensors.items()}
        return found | {"order": self.order_1n[0], "loss": np.array(self.loss)}

    @torch.no_grad()
    def restore(self, member: int, arrays: Mapping[str, np.ndarray]) -> None:
        """Set the arrays that training changes."""
        self.order_1n[0], self.loss = arrays["order"], float(arrays["loss"])
        for name, tensor in tensors_of(self.network).items():
            tensor.copy_(torch.as_tensor(arrays[f"network.{name}"]))
        kept = self.optimizer.state_dict()
        for name in arrays:
            if name.startswith("optimizer."):
                _, weight, what = name.split(".")
                kept["state"].setdefault(int(weight), {})[what] = torch.as_tensor(arrays[name])
        self.optimizer.load_state_dict(kept)


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


def tensors_of(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Return a network's weights and buffers by name."""
    return dict(network.named_parameters()) | dict(network.named_buffers())


def optimizer_of(network: torch.nn.Module, config: TrainingConfig) -> torch.optim.Optimizer:
    """Return torch's optimiser, with weight decay on weights, or on biases and weights of norms too."""
    learnt = [weight for weight in network.parameters() if weight.requires_grad]
    of_others = config.weight_decay if config.decay == "all" else 0.0
    groups = [
        {"params": [weight for weight in learnt if is_decayed(weight)], "weight_decay": config.weight_decay},
        {"params": [weight for weight in learnt if not is_decayed(weight)], "weight_decay": of_others},
    ]
    if config.adam:
        adam = torch.optim.AdamW if config.decoupled else torch.optim.Adam
        return adam(groups, lr=config.lr, betas=(BETA1, BETA2), eps=EPSILON)
    return torch.optim.SGD(groups, lr=config.lr, momentum=config.momentum)


def is_decayed(weight: torch.Tensor) -> bool:
    """Return whether weight decay always acts on a weight: biases and weights of norms have one axis at most."""
    return weight.ndim > 1


def decayed(network: torch.nn.Module) -> Sequence[np.ndarray]:
    """Return the arrays of a network's weights, without biases and weights of norms."""
    learnt = [weight for weight in network.parameters() if weight.requires_grad]
    return [weight.detach().cpu().numpy() for weight in learnt if is_decayed(weight)]
