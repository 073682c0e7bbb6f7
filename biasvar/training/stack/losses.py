"""The losses of a stack: from outputs and targets [M, K, B] to each member's mean over its batch, [M]."""

import torch


def squared_error(output_MKB: torch.Tensor, target_MKB: torch.Tensor) -> torch.Tensor:
    """Return the squared error summed over outputs."""
    return (output_MKB - target_MKB).square().sum(dim=1).mean(dim=1)


def cross_entropy(output_MKB: torch.Tensor, target_MKB: torch.Tensor) -> torch.Tensor:
    """Return the cross-entropy of a softmax over the outputs, in nats."""
    return -(target_MKB * output_MKB.log_softmax(dim=1)).sum(dim=1).mean(dim=1)


LOSSES = {"squared_error": squared_error, "cross_entropy": cross_entropy}
