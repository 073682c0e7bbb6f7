"""The layers of networks. A new one is one file.

Layers are a tree: a block contains layers. A layer is a frozen dataclass with the shapes of its ``weights`` and
``forward(values, weights, run)``, in torch, for M members of one architecture at once. Axes: B rows of the batch.
Vectors are feature-major, [M, features, B]; images are [B, M * channels, height, width], with the channels of a member
side by side, so that one grouped convolution serves all members. Values of different members are never mixed.
"""

from biasvar.models.layers.activation import Activation
from biasvar.models.layers.affine import Affine
from biasvar.models.layers.average_pool import AveragePool
from biasvar.models.layers.batch_norm import BatchNorm
from biasvar.models.layers.convolution import Convolution
from biasvar.models.layers.dropout import Dropout
from biasvar.models.layers.flatten import Flatten
from biasvar.models.layers.group_norm import GroupNorm
from biasvar.models.layers.layer import Layer, Run, Weight, run_layers, walk
from biasvar.models.layers.max_pool import MaxPool
from biasvar.models.layers.residual import Residual

__all__ = [
    "Activation",
    "Affine",
    "AveragePool",
    "BatchNorm",
    "Convolution",
    "Dropout",
    "Flatten",
    "GroupNorm",
    "Layer",
    "MaxPool",
    "Residual",
    "Run",
    "Weight",
    "run_layers",
    "walk",
]
