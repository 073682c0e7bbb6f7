"""From stored members to the ensemble of a cell, which all estimates in the report are computed from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from biasvar.data.references import reference_target
from biasvar.decomposition import LOSSES, Decomposition, decompose
from biasvar.results.gaps import gaps_of
from biasvar.results.stored_outputs import StoredOutputs, outputs_of
from biasvar.study.plan import Cell, Plan
from biasvar.study.store.shard import Entry
from biasvar.study.store.store import Store
from biasvar.training.readouts import Readout
from biasvar.training.train import losses_of


@dataclass(frozen=True)
class CellEnsemble:
    """The usable members of one cell, and the reference of their outputs.

    ``outputs`` has axes [*sizes, N, K]: sizes is (R,) in a joint design, and the number of seeds of each of ``sources``
    in a crossed one. It may be backed by files that are read in parts, and is None if fewer than two replicates or
    seeds are left. ``entries`` are in the same order. ``kept`` numbers the remaining seeds of each source, so that two
    cells can be paired. ``target`` and ``noise_N`` are passed to ``decompose``; ``reference`` names their kind.
    ``noise_distribution`` names the distribution of the noise in regression, where it is known. ``gaps`` says why
    members are not used.
    """

    number: int
    cell: Cell
    entries: tuple[Entry, ...]
    kept: tuple[tuple[int, ...], ...]
    sizes: tuple[int, ...]
    sources: tuple[str, ...]
    outputs: np.ndarray | StoredOutputs | None
    outputs_are: str
    target: np.ndarray
    noise_N: np.ndarray | None
    noise_distribution: str | None
    reference: str
    gaps: str = ""

    @property
    def losses(self) -> list[str]:
        """The losses that the study asks for and that fit the outputs."""
        study = self.cell.study
        if study.loss != "all":
            return [study.loss]
        return [loss for loss in losses_of(study.data.task, self.outputs_are) if LOSSES[loss].IN_ALL]

    @property
    def target_is(self) -> str:
        """The kind of the target, as ``decompose`` names it."""
        if self.cell.study.data.task == "regression":
            return "values"
        if self.target.ndim == 1:
            return "labels"
        return "counts" if np.issubdtype(self.target.dtype, np.integer) else "distribution"

    def decompose(self) -> dict[str, Decomposition]:
        """Return the decomposition of the cell's risk under each loss.

        Raises
        ------
        ValueError
            For a cell with fewer than two usable replicates or seeds.
        """
        if self.outputs is None:
            raise ValueError(f"cell {self.number} has fewer than two replicates, so that it has no estimate")
        study, joint = self.cell.study, self.sources == ("replicate",)
        return decompose(
            self.outputs,
            self.target,
            loss=self.losses,
            noise=self.noise_N,
            noise_distribution=self.noise_distribution,
            design="joint" if joint else "crossed",
            outputs_are=self.outputs_are,
            target_is=self.target_is,
            sources=None if joint else self.sources,
            resamples=study.interval.resamples,
            seed=study.seed,
        )

    def independent(self, values_M: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the numbers of replicates that share no seed, and their values, [R] each.

        In a crossed design these are the models with the same seed number k in every source: two models that share a
        seed are not independent.
        """
        common = sorted(set.intersection(*(set(seeds) for seeds in self.kept)))
        places = [np.searchsorted(seeds, common) for seeds in self.kept]
        return np.array(common), values_M.reshape(self.sizes)[tuple(places)]


def read_all(study_plan: Plan, store: Store, index: Mapping[str, Entry]) -> Iterator[CellEnsemble]:
    """Yield the ensemble of each cell in order; ``index`` is the store's index."""
    for number, cell in enumerate(study_plan.cells):
        yield read(number, cell, store, index)


def read(number: int, cell: Cell, store: Store, index: Mapping[str, Entry]) -> CellEnsemble:
    """Read one cell's members from the store."""
    study, member = cell.study, cell.members[0]
    sizes = study.design.sizes(study.replicates)
    entries = [entry_at(cell.readout, index.get(m.id)) for m in cell.members]
    usable = np.array([entry is not None and entry.outcome.ok for entry in entries]).reshape(sizes)
    kept = complete(usable)
    places = np.arange(usable.size).reshape(sizes)[np.ix_(*kept)]
    used = tuple(entry for place in places.ravel() if (entry := entries[place]) is not None)
    outputs = None
    if min(places.shape) >= 2:
        outputs = outputs_of(store, used, cell.readout, places.shape, (study.data.n_eval, study.data.outputs))
    known = store.read_evaluation(member)
    target, noise_N, name = reference_target(known, study.data, study.noise.reference, study.seed)
    return CellEnsemble(
        number=number,
        cell=cell,
        entries=used,
        kept=tuple(tuple(map(int, seeds)) for seeds in kept),
        sizes=places.shape,
        sources=study.design.sources,
        outputs=outputs,
        outputs_are=member.outputs_are,
        target=target,
        noise_N=noise_N,
        noise_distribution=None if noise_N is None else study.data.noise_distribution,
        reference=name,
        gaps=gaps_of([entry.outcome if entry else None for entry in entries], len(used)),
    )


def entry_at(readout: Readout, entry: Entry | None) -> Entry | None:
    """Return the store's entry of a member if it has this readout, or has failed."""
    return entry if entry and (entry.outcome.error or readout in entry.places) else None


def complete(usable: np.ndarray) -> list[np.ndarray]:
    """Return the seeds of each source to keep, so that every combination of them is usable.

    The seed with the largest share of gaps is dropped first, until no gap is left: variance components need a full
    grid.
    """
    kept = [np.arange(size) for size in usable.shape]
    while not (rest := usable[np.ix_(*kept)]).all():
        gaps = [1 - rest.mean(axis=tuple(set(range(rest.ndim)) - {axis})) for axis in range(rest.ndim)]
        axis = int(np.argmax([gap.max() for gap in gaps]))
        kept[axis] = np.delete(kept[axis], int(gaps[axis].argmax()))
    return kept
