"""Multilayer perceptrons: many members on training sets of their own, trained for some epochs, predicting N points."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.baselines import in_a_process_a_core, in_one_process
from benchmarks.contenders import Contender, Work
from benchmarks.gemm_peak import gemm_peak
from benchmarks.product import CORES, train_all
from benchmarks.torch_loop import fit_and_predict, indexed, loaded, tensors, train_one_by_one
from benchmarks.workload import Workload
from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.models import FAMILIES
from biasvar.study.plan import pack
from biasvar.training import TRAININGS
from biasvar.training.member import Draws, Member

MOMENTUM, WEIGHT_DECAY = 0.9, 1e-4


@dataclass(frozen=True)
class Shape:
    """A network, its data and its training."""

    inputs: int
    width: int
    depth: int = 1
    classes: int = 0  # 0: regression on one output
    rows: int = 500
    batch: int = 64
    optimizer: str = "sgd"
    dropout: float = 0.0
    epochs: int = 20
    lr: float = 0.01
    n_eval: int = 1000

    @property
    def units(self) -> int:
        """Optimiser steps of a training on full batches, as the baselines do it."""
        return self.epochs * (self.rows // self.batch)

    @property
    def our_units(self) -> float:
        """Steps of a training that takes the rest of each epoch's rows too, the smaller last one by its share."""
        return self.epochs * self.rows / self.batch

    @property
    def flops(self) -> float:
        """Multiplications and additions of one step: forward, and the gradients of weights and of hidden layers."""
        sizes = (self.inputs, *[self.width] * self.depth, self.classes or 1)
        forward = sum(2.0 * self.batch * below * above for below, above in pairwise(sizes))
        return 3 * forward - 2.0 * self.batch * sizes[0] * sizes[1]


ADAM = {"inputs": 100, "depth": 2, "classes": 10, "rows": 1000, "batch": 128, "optimizer": "adam"}
ROWS = (  # name, shape, members of ours, of (a) and of (c)
    ("MLP 20-16-1, SGD", Shape(20, 16), 400, 10, 40),
    ("MLP 20-64-1, SGD", Shape(20, 64), 200, 10, 40),
    ("MLP 20-256-1, SGD", Shape(20, 256), 50, 8, 30),
    ("MLP 20-64-1, SGD, dropout 0.2", Shape(20, 64, dropout=0.2), 200, 10, 40),
    ("MLP 100-64-64-10, Adam", Shape(width=64, **ADAM), 50, 6, 20),
    ("MLP 100-256-256-10, Adam", Shape(width=256, **ADAM), 20, 4, 10),
)


def workloads() -> list[Workload]:
    """Return the rows of the table."""
    return [workload(name, shape, *members) for name, shape, *members in ROWS]


def workload(name: str, shape: Shape, ours_members: int, a_members: int, c_members: int) -> Workload:
    """Return one row of the table."""
    contenders = (
        Contender("a", in_one_process, (train_one_by_one, (train_member, shape, loaded, CORES), a_members)),
        Contender("a1", in_one_process, (train_one_by_one, (train_member, shape, loaded, 1), a_members)),
        Contender("c", in_a_process_a_core, (train_one_by_one, (train_member, shape, indexed, 1), c_members)),
        Contender("ours", ours, (shape, ours_members)),
        gemm_peak("float32"),
    )
    return Workload(name, "member-step", shape.flops, contenders)


def data_of(shape: Shape):
    """Return the data source."""
    size = {"n_train": shape.rows, "n_eval": shape.n_eval, "dimension": shape.inputs}
    return SOURCES["gaussian_classes"](classes=shape.classes, **size) if shape.classes else SOURCES["linear"](**size)


def members_of(shape: Shape, members: int) -> list[Member]:
    """Return members that differ in training set, initial weights, batch order and dropout."""
    model = FAMILIES["mlp"](width=shape.width, depth=shape.depth, dropout=shape.dropout)
    training = TRAININGS["sgd"](
        optimizer=shape.optimizer,
        lr=shape.lr,
        momentum=MOMENTUM,
        weight_decay=WEIGHT_DECAY,
        epochs=shape.epochs,
        batch_size=shape.batch,
    )
    parts = (data_of(shape), SCHEMES["fresh"](), model, training, "cpu", 0)
    return [Member(*parts, Draws.joint(replicate)) for replicate in range(members)]


def ours(shape: Shape, members: int) -> Work:
    """Return the work of training all members as a sweep does; the kernel is compiled or loaded before."""
    train_all(pack(members_of(shape, CORES)))
    jobs = pack(members_of(shape, members))

    def work() -> float:
        train_all(jobs)
        return members * shape.our_units

    return work


def train_member(shape: Shape, draw_batches: Callable, number: int):
    """Return the predictions of one trained network."""
    import torch

    x, y, x_eval = tensors(data_of(shape), number)
    torch.manual_seed(number)
    network = build(shape)
    if shape.optimizer == "adam":
        optimizer = torch.optim.Adam(network.parameters(), lr=shape.lr, weight_decay=WEIGHT_DECAY)
    else:
        optimizer = torch.optim.SGD(network.parameters(), shape.lr, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY)
    loss_of = torch.nn.CrossEntropyLoss() if shape.classes else torch.nn.MSELoss()
    return fit_and_predict(network, optimizer, loss_of, draw_batches(x, y, shape.batch, shape.epochs), x_eval)


def build(shape: Shape):
    """Return a new network."""
    from torch import nn

    layers, inputs = [], shape.inputs
    for _ in range(shape.depth):
        layers += [nn.Linear(inputs, shape.width), nn.ReLU()] + ([nn.Dropout(shape.dropout)] if shape.dropout else [])
        inputs = shape.width
    return nn.Sequential(*layers, nn.Linear(inputs, shape.classes or 1))
