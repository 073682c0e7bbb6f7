"""The training loop of a stack: M members with the same architecture, number of rows and number of steps.

Each member draws its own initial weights, orders and masks from its own streams. They are the compiled kernel's, so in
float64 the two agree to rounding. torch's global random state is not used. Learning rate, momentum, weight decay and
dropout rate may differ between members.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, cached_property, partial

import numpy as np
import torch

from biasvar.models.layers import Layer, Run, run_layers
from biasvar.training.device import set_precision
from biasvar.training.epochs import train_epochs
from biasvar.training.inputs import Fit, Reading
from biasvar.training.modes import outputs_in_mode
from biasvar.training.readouts import EVALUATION, TRAINING_ROWS, Readout
from biasvar.training.stack import draws
from biasvar.training.stack.augmentation import augmented
from biasvar.training.stack.losses import LOSSES
from biasvar.training.stack.masks import Masks
from biasvar.training.stack.optimizers import OPTIMIZERS
from biasvar.training.stack.parameters import Parameters
from biasvar.training.stack.rows import Rows, rows_of
from biasvar.training.stepwise import PREDICTION_ROWS
from biasvar.training.training_config import Task, TrainingConfig, reading


def train(layers: Sequence[Layer], tasks: Sequence[Task], device: str = "cpu") -> list[Fit]:
    """Train a stack and return each member's fit; axes and formulas are those of ``training_config``."""
    torch.set_num_threads(1)  # one thread per member or stack, since the bits on a CPU depend on it
    return train_epochs(Stack(layers, tasks, device), [task.checkpoint for task in tasks])


class Stack:
    """The state of a stack's training: weights, optimiser, orders of rows, and which members have diverged.

    ``loss_M`` is each member's mean loss over the rows of its last epoch that it did not start diverged.
    """

    def __init__(self, layers: Sequence[Layer], tasks: Sequence[Task], device: str):
        self.layers, self.tasks, self.device = layers, tasks, device
        self.configs, self.streams = [task.config for task in tasks], [task.streams for task in tasks]
        self.config = self.configs[0]
        set_precision(device, self.config.dtype)
        self.dtype = torch.float64 if self.config.dtype == "float64" else torch.float32
        keys = [one.initialisation for one in self.streams]
        self.parameters = Parameters(layers, keys, self.dtype, device, self.config.init)
        self.order_Mn = np.stack([np.repeat(np.arange(len(task.x_nD)), task.counts_n) for task in tasks])
        self.starts = range(0, self.order_Mn.shape[1], self.config.batch_size)
        factors_T = self.config.rate_factors(self.config.epochs * len(self.starts))
        self.optimizer = OPTIMIZERS[self.config.optimizer](self.parameters, self.configs, factors_T)
        self.masks = Masks(layers, self.configs, self.streams, device)
        self.diverged_M, self.loss_M = np.zeros(len(tasks), dtype=int), np.full(len(tasks), np.nan)

    @cached_property
    def rows(self) -> dict[str, Rows]:
        """Every set of rows that members predict; the first is that of their training rows."""
        sets = {name: [task.rows[name] for task in self.tasks] for name in self.tasks[0].rows}
        return {name: rows_of(arrays, self.dtype, self.device) for name, arrays in sets.items()}

    @cached_property
    def targets(self) -> Rows:
        """The targets of the training rows."""
        return rows_of([task.y_nK for task in self.tasks], self.dtype, self.device)

    @property
    def losses(self) -> list[float]:
        """Each member's mean loss, as in ``loss_M``."""
        return self.loss_M.tolist()

    @property
    def all_diverged(self) -> bool:
        """Whether no member can be trained further."""
        return bool(self.diverged_M.all())

    def arrays(self, member: int) -> dict[str, np.ndarray]:
        """Return the arrays of a member that training changes."""
        tensors = {name: piece.cpu().numpy() for name, piece in self.pieces(member).items()}
        return tensors | {"order": self.order_Mn[member], "loss": self.loss_M[member]}

    def restore(self, member: int, arrays: Mapping[str, np.ndarray]) -> None:
        """Set the arrays of a member."""
        self.order_Mn[member], self.loss_M[member] = arrays["order"], arrays["loss"]
        for name, piece in self.pieces(member).items():
            piece.copy_(torch.as_tensor(arrays[name]))

    def pieces(self, member: int) -> dict[str, torch.Tensor]:
        """Return a member's parts of the weights, of the optimiser's vectors and of the layers' other state."""
        vectors = {"weights": self.parameters.values.detach(), **self.optimizer.vectors}
        parts = {name: self.parameters.arrays_in(vector_P) for name, vector_P in vectors.items()}
        parts["layers"] = [array for array in self.parameters.arrays if not array.requires_grad]
        return {f"{name}.{i}": part[member] for name, arrays in parts.items() for i, part in enumerate(arrays)}

    def train_epoch(self, epoch: int) -> None:
        """Take the steps of epoch ``epoch``, from 0."""
        draws.shuffle(self.order_Mn, [one.batch_order for one in self.streams], epoch)
        total_M = torch.zeros(len(self.tasks), dtype=torch.float64, device=self.device)
        x, y = augmented(self.rows[TRAINING_ROWS], self.config, self.streams, epoch), self.targets
        for step, start in enumerate(self.starts, start=epoch * len(self.starts)):
            rows_MB = torch.as_tensor(self.order_Mn[:, start : start + self.config.batch_size], device=self.device)
            run = Run(len(self.tasks), training=True, mask=self.masks.of_step(step))
            loss_M = descend(self.layers, self.parameters, x.batch(rows_MB), y.batch(rows_MB), run, self.config)
            self.optimizer.step(step)
            total_M += loss_M * rows_MB.shape[1]
        self.loss_M = np.where(self.diverged_M == 0, total_M.cpu().numpy() / self.order_Mn.shape[1], self.loss_M)
        self.diverged_M = np.where((self.diverged_M == 0) & ~np.isfinite(self.loss_M), epoch + 1, self.diverged_M)

    def read(self, epoch: int, readout: Readout) -> list[Reading]:
        """Return what is read of each member after ``epoch`` epochs, in a readout's mode of prediction."""
        with self.running_averages():
            found = {
                name: outputs_in_mode(readout, self.config.loss, partial(self.predict, name, readout))
                for name in self.rows
            }
            spread_MNK = found[EVALUATION.rows][1]
            units_MNU = cache(partial(self.predict, EVALUATION.rows, EVALUATION, 0, self.layers[:-1]))
            readings = []
            for member, task in enumerate(self.tasks):
                own = {name: outputs_MNK[member, : len(task.rows[name])] for name, (outputs_MNK, _) in found.items()}
                spread_NK = None if spread_MNK is None else spread_MNK[member]
                weights, units = partial(self.parameters.decayed, member), partial(one_of, units_MNU, member)
                diverged_epoch = int(self.diverged_M[member])
                readings.append(reading(task, own, epoch, diverged_epoch, weights, spread_NK, units))
        return readings

    @contextmanager
    def running_averages(self) -> Iterator[None]:
        """Let batch norm predict by recomputed averages if the config says so; training keeps those that it has.

        They are plain averages over the batches of the last epoch, whose images are as they are, without dropout.
        """
        of_training = self.parameters.arrays
        if self.config.bn_reestimate:
            self.parameters.arrays = self.parameters.restarted()
            for number, start in enumerate(self.starts):
                run = Run(len(self.tasks), training=True, batches=number)
                rows_MB = torch.as_tensor(self.order_Mn[:, start : start + self.config.batch_size], device=self.device)
                with torch.no_grad():
                    forward(self.layers, self.parameters, self.rows[TRAINING_ROWS].batch(rows_MB), run, self.config)
        yield
        self.parameters.arrays = of_training

    @torch.no_grad()
    def predict(self, name: str, readout: Readout, sample: int, layers: Sequence[Layer] | None = None) -> np.ndarray:
        """Return every member's outputs on a set of its rows, in a readout's mode, [M, rows, K].

        With the first ``layers`` given, they are the values after these.
        """
        layers = self.layers if layers is None else layers
        rows, members, first, tiles = self.rows[name], len(self.tasks), 0, []
        places_Mn = torch.arange(rows.count, device=self.device).expand(members, -1)
        for places_MB in places_Mn.split(PREDICTION_ROWS, dim=1):
            run = Run(members, training=False, mask=self.masks.of_rows(name, first, readout, sample))
            tiles.append(forward(layers, self.parameters, rows.batch(places_MB), run, self.config).cpu())
            first += PREDICTION_ROWS
        return torch.cat(tiles, dim=2).transpose(1, 2).contiguous().numpy()


def one_of(values_M: Callable[[], np.ndarray], member: int) -> np.ndarray:
    """Return a member's entry of what is computed for all."""
    return values_M()[member]


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
