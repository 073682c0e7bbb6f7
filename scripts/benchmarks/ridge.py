"""Ridge regression over a path of penalties on bootstrap samples, as scikit-learn and as an exact training do it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.baselines import in_a_process_a_core, in_one_process
from benchmarks.contenders import Contender, Work
from benchmarks.product import CORES, train_all
from benchmarks.random_rows import RandomRows
from benchmarks.workload import Workload
from biasvar.data.resampling import SCHEMES
from biasvar.data.training_set import evaluation_of, pool_of
from biasvar.models import FAMILIES
from biasvar.study.plan import pack
from biasvar.training import TRAININGS
from biasvar.training.member import Draws, Member

ALPHAS = np.logspace(-6, 2, 25)


@dataclass(frozen=True)
class Shape:
    """How many rows a bootstrap sample has, how many features, and how many points are predicted."""

    rows: int
    features: int
    n_eval: int = 1000


ROWS = (  # rows, features, replicates of ours, of (a) and of (c)
    (100, 20, 200, 40, 80),
    (200, 100, 150, 20, 40),
    (500, 100, 150, 20, 40),
    (1000, 100, 100, 12, 24),
    (200, 400, 40, 8, 16),
    (500, 500, 20, 2, 4),
    (200, 2000, 20, 2, 4),
)


def workloads() -> list[Workload]:
    """Return the rows of the table."""
    return [workload(Shape(rows, features), *replicates) for rows, features, *replicates in ROWS]


def workload(shape: Shape, ours_replicates: int, a_replicates: int, c_replicates: int) -> Workload:
    """Return one row of the table."""
    contenders = (
        Contender("a1", in_one_process, (fit_replicates, (shape,), a_replicates)),
        Contender("c", in_a_process_a_core, (fit_replicates, (shape,), c_replicates)),
        Contender("ours", ours, (shape, ours_replicates)),
    )
    name = f"ridge {shape.rows} x {shape.features}, {len(ALPHAS)} penalties"
    return Workload(name, "fit", 0.0, contenders)


def data_of(shape: Shape) -> RandomRows:
    """Return the data source, whose pool has as many rows as a bootstrap sample."""
    return RandomRows(shape=(shape.features,), n_train=shape.rows, n_pool=shape.rows, n_eval=shape.n_eval)


def members_of(shape: Shape, replicates: int) -> list[Member]:
    """Return a member for each replicate and penalty; alpha is n weight_decay / 2."""
    data, model = data_of(shape), FAMILIES["linear"](features=shape.features)
    trainings = [TRAININGS["exact"](weight_decay=2 * float(alpha) / shape.rows) for alpha in ALPHAS]
    return [
        Member(data, SCHEMES["bootstrap"](), model, training, "cpu", 0, Draws.joint(replicate))
        for replicate in range(replicates)
        for training in trainings
    ]


def ours(shape: Shape, replicates: int) -> Work:
    """Return the work of fitting all members as a sweep does."""
    train_all(pack(members_of(shape, CORES)))
    jobs = pack(members_of(shape, replicates))

    def work() -> float:
        return len(train_all(jobs))

    return work


def fit_replicates(shape: Shape, numbers: Sequence[int]) -> float:
    """Fit every penalty to every replicate on one thread; return the number of fits."""
    with threadpool_limits(1):
        return sum(len(fit_path(shape, number)) for number in numbers)


def fit_path(shape: Shape, number: int) -> list[np.ndarray]:
    """Return the predictions of every penalty on the rows of one replicate, [N] each."""
    from sklearn.linear_model import Ridge

    data = data_of(shape)
    pool, x_ND = pool_of(data, 0), evaluation_of(data, 0).x_ND
    rows = SCHEMES["bootstrap"]().rows(0, number, shape.rows, shape.rows)
    x_nD, y_n = pool.x_nD[rows], pool.y_n[rows]
    return [Ridge(alpha=alpha, fit_intercept=False).fit(x_nD, y_n).predict(x_ND) for alpha in ALPHAS]
