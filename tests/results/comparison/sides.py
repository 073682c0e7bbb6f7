"""Studies of hand-made ensembles, for comparisons."""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from biasvar.data.rows import Evaluation
from biasvar.results.cells import Cells, Head
from biasvar.results.ensembles import CellEnsemble
from biasvar.study.config import Figure, Interval

POINTS = np.random.default_rng(7).standard_normal((15, 2))
TARGET = np.random.default_rng(8).standard_normal((15, 1))
COLUMNS = {"n_ok": 9, "n_planned": 9, "status": "ok", "outputs": 1, "n_eval": 15, "design": "joint", "vary": "data"}
COLUMNS |= {"resampling": "fresh", "fixed": "", "n_train": 30, "capacity_key": "width", "parameters": 4}


@dataclass(frozen=True)
class Made(Cells):
    """A study of these cells; ``seed`` is that of its replicates, None where it is not known."""

    kind = "made"
    cells: tuple[CellEnsemble, ...]
    seed: int | None = 0
    interval: Interval = field(default_factory=Interval)
    x_ND: np.ndarray = field(default_factory=lambda: POINTS)
    vary: tuple[str, ...] = ("data",)

    @property
    def head(self):
        return Head("made", tuple(self.cells[0].axes), 0, self.interval, 1e-3, Figure())

    @property
    def values(self):
        return [dict(cell.axes) for cell in self.cells]

    def ensemble(self, number):
        return self.cells[number]

    def evaluation(self, cell):
        return Evaluation(self.x_ND, self.cells[cell].target)

    def study(self, cell) -> Any:
        return None if self.seed is None else SimpleNamespace(seed=self.seed, design=SimpleNamespace(varied=self.vary))

    def class_name(self, cell, number):
        return f"{number:g}"

    def predictions(self, cell, warn, points_n=None):
        raise NotImplementedError

    def fingerprint(self):
        return str(id(self))


def numbers(generator, common_R=None, spread=1.0, replicates=9, width=1, **changes):
    """A cell of regression over replicates; ``common_R`` is what it shares with others in each of them."""
    outputs = TARGET + spread * generator.standard_normal((replicates, len(TARGET), 1)) / 2
    if common_R is not None:
        outputs = outputs + common_R[:, None, None]
    cell = CellEnsemble(
        (tuple(range(replicates)),), (replicates,), ("replicate",), outputs, "values", TARGET,
        noise_N=np.full(len(TARGET), 0.3), axes={"width": width}, columns=COLUMNS | {"capacity": width},
    )  # fmt: skip
    return replace(cell, **changes)


def study(*cells, **options):
    """A study of cells, which are numbered in order."""
    return Made(tuple(replace(cell, number=place) for place, cell in enumerate(cells)), **options)
