"""The random draws of a stack, from the streams of its members; see :mod:`biasvar.training.streams`."""

from collections.abc import Sequence

import numpy as np
import torch

from biasvar import seeds
from biasvar.models.layers import Layer, Weight, walk
from biasvar.training.streams import bounded, counter


def initial_values(
    layers: Sequence[Layer], keys: Sequence[np.uint64], init: str = "default"
) -> list[tuple[Weight, np.ndarray]]:
    """Return the weights of all layers, including inner ones, with their initial values, [M, *shape].

    With ``init="zeros"`` none are drawn; scales of norms start at 1 as ever.
    """
    drawn: list[tuple[Weight, np.ndarray]] = []
    number = 0
    for layer in walk(layers):
        first = 0
        for weight in layer.weights:
            array = np.full((len(keys), *weight.shape), weight.start)
            if weight.bound and init == "default":
                count = counter(number, first + np.arange(weight.size))
                uniform = np.stack([seeds.draw_uniform(key, count) for key in keys])
                array += (weight.bound * (2.0 * uniform - 1.0)).reshape(array.shape)
                first += weight.size
            drawn.append((weight, array))
        number += first > 0  # layers without draws have no number
    return drawn


def shuffle(order_Mn: np.ndarray, keys: Sequence[np.uint64], epoch: int) -> None:
    """Permute each member's rows in place (Fisher and Yates)."""
    positions = np.arange(order_Mn.shape[1] - 1, 0, -1)
    count = counter(epoch, positions)
    partners_nM = np.stack([bounded(seeds.draw_bits(key, count), positions + 1) for key in keys], axis=1).astype(int)
    members = np.arange(len(keys))
    order_nM = np.ascontiguousarray(order_Mn.T)
    for position, partner_M in zip(positions, partners_nM, strict=True):
        kept_M = order_nM[position].copy()
        order_nM[position] = order_nM[partner_M, members]
        order_nM[partner_M, members] = kept_M
    order_Mn[:] = order_nM.T


def draw_bits(key: torch.Tensor, count: torch.Tensor) -> torch.Tensor:
    """Return the bits of ``seeds.draw_bits`` as signed numbers: torch has no unsigned arithmetic."""
    z = key + (count + 1) * signed_number(seeds.GOLDEN)
    z = (z ^ shifted(z, 30)) * signed_number(seeds.FIRST)
    z = (z ^ shifted(z, 27)) * signed_number(seeds.SECOND)
    return z ^ shifted(z, 31)


def shifted(z: torch.Tensor, places: int) -> torch.Tensor:
    """Return a logical right shift of z; torch's own shift repeats the sign bit."""
    return (z >> places) & (2 ** (64 - places) - 1)


def signed(values: np.ndarray, device: str) -> torch.Tensor:
    """Return uint64 numbers as int64 with the same bits."""
    return torch.as_tensor(np.ascontiguousarray(values).view(np.int64), device=device)


def signed_number(value: np.uint64) -> int:
    """Return a uint64 constant as an int64 with the same bits."""
    return int(np.asarray(value).view(np.int64))
