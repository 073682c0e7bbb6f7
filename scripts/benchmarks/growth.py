"""How time and memory of a study, training and report without figures, grow with its members and with its points."""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.contenders import Contender, Work, take_turns
from benchmarks.product import CORES
from benchmarks.workload import shown

HEADER = ("times", "members", "seconds", "MB", "points", "seconds", "MB")
STUDY = (
    "data=gaussian_classes",
    "data.classes=10",
    "data.n_train=200",
    "resampling=fresh",
    "model=mlp",
    "model.width=16",
    "training=sgd",
    "training.epochs=20",
)
MEMBERS, POINTS, SCALES = 25, 2_000, (1, 2, 4, 8)


@dataclass(frozen=True)
class Cost:
    """What a study took: seconds, and peak memory in MB beyond that of the imports."""

    seconds: float
    memory: float


class Silent:
    """Progress that nobody watches."""

    def start(self, total: int, done: int) -> None:
        """Begin."""

    def advance(self, members: int) -> None:
        """Count."""

    def warn(self, message: str) -> None:
        """Say it nevertheless: what is measured should be a study without fault."""
        print(message, file=sys.stderr)


def rows(members: int, points: int, repeats: int) -> list[list[str]]:
    """Return a row for each scale, and one with the slopes of log cost over log scale: 1 is proportional."""
    by_members = [cost(scale * members, points, repeats) for scale in SCALES]
    by_points = [cost(members, scale * points, repeats) for scale in SCALES]
    table = [
        [str(scale), f"{scale * members:,}", *both(first), f"{scale * points:,}", *both(second)]
        for scale, first, second in zip(SCALES, by_members, by_points, strict=True)
    ]
    slopes = [slope(values) for costs in (by_members, by_points) for values in zip(*map(astuple, costs), strict=True)]
    return [*table, ["slope", "", *slopes[:2], "", *slopes[2:]]]


def both(one: Cost) -> list[str]:
    """Return seconds and memory as text."""
    return [shown(one.seconds), shown(one.memory)]


def slope(values: Sequence[float]) -> str:
    """Return the exponent of a power law through values at the scales."""
    exponent = np.polyfit(np.log(SCALES), np.log(np.maximum(values, 0.1)), 1)[0]
    return f"{round(exponent, 2) + 0.0:.2f}"  # + 0.0: no minus before a zero


def cost(members: int, points: int, repeats: int) -> Cost:
    """Measure a study in a process of its own."""
    turns = take_turns([Contender("study", study, (members, points))], repeats)["study"]
    return Cost(median(turn.seconds for turn in turns), turns[-1].memory_peak - turns[-1].memory_before)


def study(members: int, points: int) -> Work:
    """Return the work of a study's training and report, after a tiny one that imports everything."""
    train_and_report(2, 10)

    def work() -> float:
        train_and_report(members, points)
        return members

    return work


def train_and_report(members: int, points: int) -> None:
    """Run a study in a temporary folder and make its tables."""
    # Imported here, so that processes that measure something else do not carry it.
    from biasvar.composition.compose import compose
    from biasvar.composition.planning import plan_of
    from biasvar.results.saved import results_of
    from biasvar.results.stored.stored_cells import cells_in
    from biasvar.study.run import run

    overrides = [*STUDY, f"replicates={members}", f"data.n_eval={points}", "limits.max_models=100000"]
    study_plan = plan_of(*compose(overrides, None, "config"))
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), study_plan, CORES, Silent())
        results_of(cells_in(Path(folder)), Path(folder))
