"""The layers of batch norm in a network of the user's own."""

import torch
from torch.nn.modules.batchnorm import _BatchNorm


def batch_norms(network: torch.nn.Module) -> list[_BatchNorm]:
    """Return the layers that predict by running averages."""
    return [one for one in network.modules() if isinstance(one, _BatchNorm) and one.running_mean is not None]
