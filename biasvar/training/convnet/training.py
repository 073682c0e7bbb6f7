"""Train one convolutional network, epoch by epoch, in compiled code."""

import math
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from biasvar.training.convnet import memory, steps
from biasvar.training.convnet.architecture import Block
from biasvar.training.epochs import Alone, train_epochs
from biasvar.training.inputs import Fit, Reading
from biasvar.training.kernel import routines
from biasvar.training.kernel.mlp import compiled_once
from biasvar.training.modes import outputs_in_mode
from biasvar.training.readouts import EVALUATION, TRAINING_ROWS, Readout
from biasvar.training.training_config import Task, TrainingConfig, reading


def train(blocks: Sequence[Block], task: Task) -> Fit:
    """Train a network of the given blocks and return its fit; axes and formulas are those of ``training_config``."""
    return train_epochs(Network(blocks, task), [task.checkpoint])[0]


class Network(Alone):
    """The state of a network's training: what it has learnt, its optimiser, and its order of rows.

    ``loss`` is its mean loss over the rows of its last epoch.
    """

    def __init__(self, blocks: Sequence[Block], task: Task):
        self.task, self.config, classes = task, task.config, task.y_nK.shape[1]
        config, dtype = task.config, np.dtype(task.config.dtype)
        self.order_n = np.repeat(np.arange(len(task.x_nD), dtype=np.uint64), task.counts_n)
        batch_size = min(config.batch_size, len(self.order_n))
        decayed, others = memory.sizes_of(blocks, classes)
        learnt = steps.Learnt(*(np.zeros(decayed + others, dtype) for _ in range(4)))
        weights, gradients = (memory.views(one, blocks, classes) for one in learnt[:2])
        running, now = memory.statistics(blocks, dtype), memory.statistics(blocks, dtype)
        values = memory.allocate(blocks, batch_size, dtype)
        self.state = steps.State(learnt, weights, gradients, running, now, values)
        self.plan = plan_of(config, math.ceil(len(self.order_n) / batch_size), batch_size, decayed)
        self.rows = {name: np.ascontiguousarray(images, dtype) for name, images in task.rows.items()}
        self.y_nK = np.ascontiguousarray(task.y_nK, dtype)
        self.loss, self.diverged_epoch = math.nan, 0
        draw_weights(weights, task.streams.initialisation)

    def arrays(self, member: int) -> dict[str, np.ndarray]:
        """Return the arrays that training changes: those learnt, the optimiser's, averages, the order and the loss."""
        learnt, running = self.state.learnt, self.state.running
        found = {"parameters": learnt.parameters, "first": learnt.first, "second": learnt.second}
        for name, statistics in running._asdict().items():
            found |= {f"{name}.{block}": values for block, values in enumerate(statistics)}
        return found | {"order": self.order_n, "loss": np.array(self.loss)}

    def restore(self, member: int, arrays: Mapping[str, np.ndarray]) -> None:
        """Set the arrays that training changes."""
        for name, array in self.arrays(member).items():
            array[...] = arrays[name]
        self.loss = float(arrays["loss"])

    def train_epoch(self, epoch: int) -> None:
        """Take the steps of epoch ``epoch``, from 0."""
        images_nCHW, batch_order = self.rows[TRAINING_ROWS], self.task.streams.batch_order
        self.loss = steps.train_epoch(self.plan, epoch, batch_order, images_nCHW, self.y_nK, self.order_n, self.state)
        if not math.isfinite(self.loss):
            self.diverged_epoch = epoch + 1

    def read(self, epoch: int, readout: Readout) -> list[Reading]:
        """Return what is read of it after ``epoch`` epochs; without dropout, all modes of prediction are one pass."""
        found = {
            name: outputs_in_mode(readout, self.task.config.loss, partial(self.predict, name)) for name in self.rows
        }
        outputs = {name: outputs_NK for name, (outputs_NK, _) in found.items()}
        weights, spread_NK = partial(decayed_weights, self.state.weights), found[EVALUATION.rows][1]
        return [reading(self.task, outputs, epoch, self.diverged_epoch, weights, spread_NK)]

    def predict(self, name: str, sample: int) -> np.ndarray:
        """Return the outputs on a set of its rows, [rows, K]."""
        return steps.predict(self.rows[name], self.state)


@compiled_once
def draw_weights(weights, key, sources=steps.SOURCES):
    """Draw the initial weights; see ``streams``."""
    for layer in range(len(weights.kernels)):
        kernel = weights.kernels[layer]
        rows = kernel.reshape(kernel.shape[0], kernel.size // kernel.shape[0])
        routines.initialise(rows, weights.biases[layer], True, key, layer)
        weights.scales[layer][:] = 1
    routines.initialise(weights.matrix, weights.offset, True, key, len(weights.kernels))


def plan_of(config: TrainingConfig, steps_of_epoch: int, batch_size: int, decayed: int) -> steps.Plan:
    """Return a config as the compiled loop needs it."""
    return steps.Plan(
        cross_entropy=config.loss == "cross_entropy",
        adam=config.adam,
        decoupled=config.decoupled,
        lr_T=config.learning_rates(config.epochs * steps_of_epoch),
        momentum=float(config.momentum),
        weight_decay=float(config.weight_decay),
        batch_size=batch_size,
        decayed=decayed,
    )


def decayed_weights(weights: memory.Weights) -> list[np.ndarray]:
    """Return the weights that are subject to weight decay."""
    return [*weights.kernels, weights.matrix]
