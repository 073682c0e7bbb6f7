"""The five-layer convolutional network of Nakkiran et al. 2019 at width k, on random images of 32 x 32 pixels."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.baselines import in_a_process_a_core, in_one_process
from benchmarks.contenders import Contender, Work
from benchmarks.gemm_peak import gemm_peak
from benchmarks.product import CORES, train_all
from benchmarks.random_rows import RandomRows
from benchmarks.torch_loop import fit_and_predict, indexed, loaded, tensors, train_one_by_one
from benchmarks.workload import Workload
from biasvar.data.resampling import SCHEMES
from biasvar.models import FAMILIES
from biasvar.study.plan import pack
from biasvar.training import TRAININGS
from biasvar.training.member import Draws, Member

MOMENTUM, LR, CLASSES, CHANNELS, SIDE = 0.9, 0.05, 10, 3, 32


@dataclass(frozen=True)
class Shape:
    """A network of width k and its training; the epochs keep predictions a small part of the work."""

    k: int
    rows: int = 512
    batch: int = 128
    epochs: int = 4
    n_eval: int = 100

    @property
    def units(self) -> int:
        """Images that one training sees, each as often as there are epochs."""
        return self.epochs * self.rows

    @property
    def flops(self) -> float:
        """Multiplications and additions of an image: forward, gradients of weights, and of all inputs but the images.

        Convolutions are 3 x 3, of k, 2k, 4k and 8k channels on 32, 32, 16 and 8 pixels a side.
        """
        k = self.k
        first, *others = ((CHANNELS, k, 32), (k, 2 * k, 32), (2 * k, 4 * k, 16), (4 * k, 8 * k, 8))
        convolution = [2.0 * 9 * below * above * side**2 for below, above, side in (first, *others)]
        return 3 * (sum(convolution) + 2.0 * 8 * k * CLASSES) - convolution[0]


ROWS = (  # shape, number format of ours, members of ours, of (a) and of (c)
    (Shape(1), "float32", 16, 2, 4),
    (Shape(4), "float32", 16, 2, 4),
    (Shape(8), "float32", 4, 1, 2),
    (Shape(16), "float32", 4, 1, 2),
    (Shape(4), "bfloat16", 16, 2, 4),
    (Shape(16), "bfloat16", 4, 1, 2),
)


def workloads() -> list[Workload]:
    """Return the rows of the table."""
    return [workload(shape, dtype, *members) for shape, dtype, *members in ROWS]


def workload(shape: Shape, dtype: str, ours_members: int, a_members: int, c_members: int) -> Workload:
    """Return one row of the table; the baselines train in float32."""
    contenders = (
        Contender("a", in_one_process, (train_one_by_one, (train_member, shape, loaded, CORES), a_members)),
        Contender("a1", in_one_process, (train_one_by_one, (train_member, shape, loaded, 1), a_members)),
        Contender("c", in_a_process_a_core, (train_one_by_one, (train_member, shape, indexed, 1), c_members)),
        Contender("ours", ours, (shape, dtype, ours_members)),
        gemm_peak("float32"),
    )
    return Workload(f"CNN k = {shape.k}, {dtype}", "image", shape.flops, contenders)


def data_of(shape: Shape) -> RandomRows:
    """Return the data source: training sets are drawn from a pool of twice their size."""
    size = {"n_train": shape.rows, "n_pool": 2 * shape.rows, "n_eval": shape.n_eval}
    return RandomRows(shape=(CHANNELS, SIDE, SIDE), classes=CLASSES, **size)


def members_of(shape: Shape, dtype: str, members: int) -> list[Member]:
    """Return members that differ in training set, initial weights and batch order."""
    training = TRAININGS["sgd"](lr=LR, momentum=MOMENTUM, epochs=shape.epochs, batch_size=shape.batch, dtype=dtype)
    parts = (data_of(shape), SCHEMES["subsample"](), FAMILIES["convnet"](width=shape.k), training, "cpu", 0)
    return [Member(*parts, Draws.joint(replicate)) for replicate in range(members)]


def ours(shape: Shape, dtype: str, members: int) -> Work:
    """Return the work of training all members as a sweep does."""
    train_all(pack(members_of(shape, dtype, CORES)))
    jobs = pack(members_of(shape, dtype, members))

    def work() -> float:
        train_all(jobs)
        return members * shape.units

    return work


def train_member(shape: Shape, draw_batches: Callable, number: int):
    """Return the predictions of one trained network."""
    import torch

    x, y, x_eval = tensors(data_of(shape), number)
    torch.manual_seed(number)
    network = build(shape.k)
    optimizer = torch.optim.SGD(network.parameters(), LR, momentum=MOMENTUM)
    loss_of = torch.nn.CrossEntropyLoss()
    return fit_and_predict(network, optimizer, loss_of, draw_batches(x, y, shape.batch, shape.epochs), x_eval)


def build(k: int):
    """Return a new network."""
    from torch import nn

    layers, below = [], CHANNELS
    for above, pools in ((k, ()), (2 * k, (2,)), (4 * k, (2,)), (8 * k, (2, 4))):
        layers += [nn.Conv2d(below, above, 3, padding=1), nn.BatchNorm2d(above), nn.ReLU(), *map(nn.MaxPool2d, pools)]
        below = above
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(8 * k, CLASSES))
