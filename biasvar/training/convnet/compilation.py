"""Compile the kernel of convolutional networks, or load it from the cache, before anything waits for it."""

from collections.abc import Callable

import numpy as np
from numba.core import event

from biasvar.training.convnet import steps, training
from biasvar.training.convnet.architecture import Block
from biasvar.training.kernel.compilation import Beginning
from biasvar.training.training_config import Streams, Task, TrainingConfig

KEPT = (steps.train_epoch, steps.predict)
SIDES, POOLS = (8, 8, 4, 2), (1, 2, 2, 2)


def prepare(dtype: str, compiling: Callable[[], None]) -> None:
    """Train the narrowest network on one image in a number format, so that the kernel is compiled for it."""
    config = TrainingConfig(
        loss="squared_error", dropout=0.0, optimizer="sgd", lr=0.0, momentum=0.0, weight_decay=0.0, epochs=1,
        batch_size=1, schedule="constant", dtype=dtype,
    )  # fmt: skip
    streams = Streams(*(np.uint64(key) for key in range(4)))
    image, target = np.zeros((1, 1, 8, 8)), np.zeros((1, 1))
    blocks = [Block(1, 1, side, pool) for side, pool in zip(SIDES, POOLS, strict=True)]
    with event.install_listener("numba:compile", Beginning(compiling, KEPT)):
        training.train(blocks, Task(config, streams, image, target, np.ones(1, dtype=np.int64), image))
