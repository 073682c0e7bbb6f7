"""The outer sets of a cell with a nested design: its models' outputs at all rows of the set that they share."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from biasvar.data.training_set import fitted_rows, pool_of, seed_of_pool
from biasvar.results.outer_sets import OuterSet, OuterSets
from biasvar.results.stored.stored_outputs import outputs_of
from biasvar.study.config import Study
from biasvar.study.plan import Cell
from biasvar.study.store.shard import Entry
from biasvar.study.store.store import Store

NO_POOL = "needs training.rows=[evaluation,pool]"
NO_CLASSES = "known for numbers only, not for classes"
NO_SUBSAMPLE = "risk_gcv, risk_cgcv: need resampling=subsample"
NO_SMOOTHER = "risk_gcv, risk_cgcv: need training=exact, which knows the degrees of freedom"


def outer_sets_of(
    store: Store, cell: Cell, used: Sequence[Entry], kept: Sequence[Sequence[int]], freedom_M: np.ndarray | None
) -> OuterSets:
    """Return the outer sets of a cell, with the usable models of each in order; or the reason why there are none."""
    study = cell.study
    if study.design.kind != "nested":
        return OuterSets(lacking=NO_POOL)
    if study.data.task != "regression":
        return OuterSets(lacking=NO_CLASSES)
    if any(replace(cell.readout, rows="pool") not in entry.places for entry in used):
        return OuterSets(lacking=NO_POOL)
    sizes = (len(kept[0]), len(kept[1]))
    no_gcv = NO_SUBSAMPLE if study.resampling.kind != "subsample" else NO_SMOOTHER if freedom_M is None else ""
    freedom_IJ = freedom_M.reshape(sizes) if freedom_M is not None and not no_gcv else None
    return OuterSets(StoredSets(store, cell, used, kept), study.data.n_train, freedom_IJ, no_gcv)


@dataclass(frozen=True)
class StoredSets:
    """The outer sets, of which one at a time is read from the store, and drawn again."""

    store: Store
    cell: Cell
    used: Sequence[Entry]
    kept: Sequence[Sequence[int]]

    def __iter__(self) -> Iterator[OuterSet]:
        study, (outer, inner) = self.cell.study, self.kept
        readout = replace(self.cell.readout, rows="pool")
        shape = (study.data.available(), study.data.outputs)
        for place, number in enumerate(outer):
            own = self.used[place * len(inner) : (place + 1) * len(inner)]
            outputs = outputs_of(self.store, own, readout, (len(inner),), shape)
            target_nK, fitted_Jn = rows_of(study, number, inner)
            yield OuterSet(np.asarray(outputs[..., :, :], dtype=float), target_nK, fitted_Jn)


def rows_of(study: Study, outer: int, inner: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the targets of an outer set [n, K], and whether each inner model was fitted to each row, [J, n]."""
    target_n = pool_of(study.data, seed_of_pool(study.seed, outer)).y_n
    fitted_Jn = np.zeros((len(inner), len(target_n)), dtype=bool)
    for place, number in enumerate(inner):
        fitted_Jn[place, fitted_rows(study.data, study.resampling, study.seed, number, outer)] = True
    return target_n[:, None], fitted_Jn
