"""The networks that the kernel trains: blocks of a convolution, batch norm, max pooling and ReLU."""

from typing import NamedTuple

from biasvar.models.layers import Activation, Affine, BatchNorm, Convolution, Flatten, Layer, MaxPool
from biasvar.training.member import Member
from biasvar.training.tasks import layers_of


class Block(NamedTuple):
    """A convolution with batch norm, max pooling over ``pool`` x ``pool`` pixels and ReLU, on images of a side."""

    inputs: int
    outputs: int
    side: int
    pool: int


def blocks_of(member: Member) -> list[Block]:
    """Return a network's convolutions with batch norm, pooling and ReLU; none if it has other layers, or another order.

    A batch norm of one pixel and one row, which torch refuses, needs a side of 4; so the kernel trains none of these.
    """
    data = member.data
    if getattr(member.model, "dropout", 0.0) or len(data.shape) != 3 or data.shape[1] < 8:
        return []
    layers = [layer for layer in layers_of(member) if not layer.draws_mask]
    blocks: list[Block] = []
    side = data.shape[1]
    for layer in layers:
        if isinstance(layer, Convolution):
            blocks.append(Block(layer.inputs, layer.outputs, side, 1))
        elif isinstance(layer, MaxPool) and blocks:
            blocks[-1] = blocks[-1]._replace(pool=layer.side)
            side //= layer.side
    return blocks if layers == layers_with(blocks, data.outputs) and side == 1 else []


def layers_with(blocks: list[Block], classes: int) -> list[Layer]:
    """Return the layers of a network of such blocks."""
    layers: list[Layer] = []
    for block in blocks:
        pooling = [MaxPool(block.pool)] if block.pool > 1 else []
        layers += [Convolution(block.inputs, block.outputs), BatchNorm(block.outputs), *pooling, Activation("relu")]
    return [*layers, Flatten(), Affine(blocks[-1].outputs, classes)] if blocks else []
