"""Compile the kernel, or load it from the cache, before anything waits for it."""

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from numba.core import event

from biasvar.training.kernel import mlp
from biasvar.training.training_config import NetworkConfig, Streams

KEPT = (mlp.fit, mlp.predict)


class Beginning(event.Listener):
    """Calls a function when numba starts to compile one of those in ``kept``; loading from the cache calls nothing."""

    def __init__(self, call: Callable[[], None], kept: Collection[Any]):
        self.call, self.kept = call, kept

    def on_start(self, event: event.Event) -> None:
        """Call it, unless this is one of the small functions that are compiled in every process."""
        if event.data["dispatcher"] in self.kept:
            self.call()

    def on_end(self, event: event.Event) -> None:
        """Do nothing."""


def prepare(dtype: str, compiling: Callable[[], None]) -> None:
    """Train one weight on one row in a number format, so that the kernel is compiled for it."""
    smallest = NetworkConfig(
        loss="squared_error", dropout=0.0, optimizer="sgd", lr=0.0, momentum=0.0, weight_decay=0.0, epochs=1,
        batch_size=1, schedule="constant", dtype=dtype, sizes=(1, 1), activation="relu", bias=False,
    )  # fmt: skip
    streams = Streams(*(np.uint64(key) for key in range(4)))
    row_11 = np.zeros((1, 1))
    with event.install_listener("numba:compile", Beginning(compiling, KEPT)):
        mlp.train(smallest, streams, row_11, row_11, np.ones(1, dtype=np.int64), row_11)
