"""Batch norm's running averages of a network of the user's own, recomputed when it is read."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import torch

from biasvar.models.module.batch_norms import batch_norms


@contextmanager
def recomputed_averages(
    network: torch.nn.Module, batches: Iterable[torch.Tensor], forward: Callable[[torch.Tensor], torch.Tensor]
) -> Iterator[None]:
    """Let a network's batch norms have plain averages over batches, without dropout; then those of before again."""
    norms = batch_norms(network)
    before = [(norm.momentum, {name: buffer.clone() for name, buffer in norm.named_buffers()}) for norm in norms]
    network.eval()
    for norm in norms:
        norm.train()
        norm.reset_running_stats()
        norm.momentum = None  # plain averages, by torch's convention
    with torch.no_grad():
        for batch in batches:
            forward(batch)
    yield
    for norm, (momentum, buffers) in zip(norms, before, strict=True):
        norm.momentum = momentum
        for name, buffer in norm.named_buffers():
            buffer.copy_(buffers[name])
