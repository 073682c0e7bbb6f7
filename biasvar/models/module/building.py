"""Build a network of the user's own, with all randomness from a seed."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch.nn.parameter import is_lazy


@contextmanager
def generators_restored(device: str = "cpu") -> Iterator[None]:
    """Leave the global generators of torch, numpy and Python as they are, whatever the block does to them."""
    python, legacy = random.getstate(), np.random.get_state()  # noqa: NPY002  own code may use it
    with torch.random.fork_rng([] if device == "cpu" else [torch.device(device)]):
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(legacy)  # noqa: NPY002


def seed_generators(seed: int) -> None:
    """Seed the global generators of torch, numpy and Python by 64 bits."""
    torch.manual_seed(seed)
    np.random.seed([seed % 2**32, seed >> 32])  # noqa: NPY002
    random.seed(seed)


def built(
    factory: Callable[..., torch.nn.Module],
    shape: tuple[int, ...],
    outputs: int,
    keywords: Mapping[str, Any],
    seed: int,
) -> torch.nn.Module:
    """Return a network with initial weights from a seed; lazy layers take their shapes from one input."""
    seed_generators(seed)
    network = factory(shape, outputs, **keywords)
    if isinstance(network, torch.nn.Module) and any(map(is_lazy, (*network.parameters(), *network.buffers()))):
        with torch.no_grad():
            network.eval()(torch.zeros(1, *shape))
    return network
