"""The ensemble of a cell, which all estimates in the report are computed from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from biasvar.decomposition import LOSSES, Decomposition, decompose
from biasvar.decomposition.losses.infinite import InfiniteRisk
from biasvar.decomposition.terms import NESTED
from biasvar.results.outer_sets import OuterSets
from biasvar.results.stored.stored_outputs import StoredOutputs
from biasvar.study.config import Interval
from biasvar.training.train import losses_of

NO_OUTER_SETS = OuterSets(lacking="known for the models of a study only")


@dataclass(frozen=True)
class Measured:
    """Numbers of the models beside their outputs, in the same order: by loss, and by the name of a measure.

    ``train_risk`` and ``measures`` hold one number per model, [M]; ``constant_risk`` is the mean training risk of the
    best constant. What was not measured is not there.
    """

    train_risk: Mapping[str, np.ndarray] = field(default_factory=dict)
    constant_risk: Mapping[str, float] = field(default_factory=dict)
    measures: Mapping[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class CellEnsemble:
    """The usable members of one cell, and the reference of their outputs.

    ``outputs`` has axes [*sizes, N, K]: sizes is (R,) in a joint design, and the number of seeds of each of ``sources``
    in a crossed one. It may be backed by files that are read in parts, and is None if fewer than two replicates or
    seeds are left. ``kept`` numbers the remaining seeds of each source, so that two cells can be paired. ``target``,
    ``noise_N`` and ``weights_N`` are passed to ``decompose``; ``reference`` names their kind. ``noise_distribution``
    names the distribution of the noise in regression, where it is known. ``columns`` describe the cell in its row of
    the table; ``data`` names its data, and ``gaps`` says why members are not used. ``outer_sets`` has the rows that the
    models of a nested design were drawn from.
    """

    kept: tuple[tuple[int, ...], ...]
    sizes: tuple[int, ...]
    sources: tuple[str, ...]
    outputs: np.ndarray | StoredOutputs | None
    outputs_are: str
    target: np.ndarray
    noise_N: np.ndarray | None = None
    noise_distribution: str | None = None
    weights_N: np.ndarray | None = None
    reference: str = "distribution"
    task: str = "regression"
    losses: tuple[str, ...] = ("squared_error",)
    number: int = 0
    axes: Mapping[str, Any] = field(default_factory=dict)
    data: str = ""
    seed: int = 0
    interval: Interval = field(default_factory=Interval)
    columns: Mapping[str, Any] = field(default_factory=dict)
    measured: Measured = field(default_factory=Measured)
    outer_sets: OuterSets = NO_OUTER_SETS
    gaps: str = ""

    @property
    def target_is(self) -> str:
        """The kind of the target, as ``decompose`` names it."""
        if self.task == "regression":
            return "values"
        if self.target.ndim == 1:
            return "labels"
        return "counts" if np.issubdtype(self.target.dtype, np.integer) else "distribution"

    def with_outputs(self, outputs: np.ndarray) -> "CellEnsemble":
        """Return the cell with outputs of some of its models, [*sizes, N, K]."""
        return replace(self, outputs=outputs, sizes=outputs.shape[: len(self.sizes)])

    def finite_parts(self) -> tuple[dict[str, Decomposition], dict[str, str]]:
        """Return the decomposition under each loss of a finite risk; and of the others why it is infinite."""
        infinite: dict[str, str] = {}
        while len(infinite) < len(self.losses):
            try:
                return self.decompose([loss for loss in self.losses if loss not in infinite]), infinite
            except InfiniteRisk as error:
                where = f"{error.count:,} of {self.outputs.shape[-2]:,} points, the first of them {error.point}"  # type: ignore[union-attr]
                infinite[error.loss] = f"some model gives a possible class probability 0 at {where}"
        return {}, infinite

    def decompose(self, losses: Sequence[str] | None = None) -> dict[str, Decomposition]:
        """Return the decomposition of the cell's risk under each loss, or under some.

        Raises
        ------
        InfiniteRisk
            For the first loss under which the risk is infinite.
        ValueError
            For a cell with fewer than two usable replicates or seeds.
        """
        if self.outputs is None:
            raise ValueError(f"cell {self.number} has fewer than two replicates, so that it has no estimate")
        design = design_of(self.sources)
        return decompose(
            self.outputs,
            self.target,
            loss=list(self.losses if losses is None else losses),
            noise=self.noise_N,
            noise_distribution=self.noise_distribution,
            weights=self.weights_N,
            design=design,
            outputs_are=self.outputs_are,
            target_is=self.target_is,
            sources=self.sources if design == "crossed" else None,
            resamples=self.interval.resamples,
            seed=self.seed,
        )

    def independent(self, values_M: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the numbers of replicates that share no seed, and their values, [R] each.

        In a crossed design these are the models with the same seed number k in every source: two models that share a
        seed are not independent. In a nested design they are means over the models of an outer set.
        """
        if self.sources == NESTED:
            return np.array(self.kept[0]), values_M.reshape(self.sizes).mean(axis=1)
        common = sorted(set.intersection(*(set(seeds) for seeds in self.kept)))
        places = [np.searchsorted(seeds, common) for seeds in self.kept]
        return np.array(common), values_M.reshape(self.sizes)[tuple(places)]


def design_of(sources: tuple[str, ...]) -> str:
    """Return the design that has these leading axes."""
    return {("replicate",): "joint", NESTED: "nested"}.get(sources, "crossed")


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


def losses_asked(loss: str, task: str, outputs_are: str) -> tuple[str, ...]:
    """Return the losses of a cell: the one that is asked for, or each that fits its task and outputs."""
    if loss != "all":
        return (loss,)
    return tuple(one for one in losses_of(task, outputs_are) if LOSSES[one].IN_ALL)


def columns_of_weights(weights_N: np.ndarray | None) -> dict[str, float]:
    """Return the column of a cell's row that says how many equal points its weighted ones stand for (Kish 1965)."""
    if weights_N is None:
        return {}
    share_N = weights_N / weights_N.sum()
    return {"n_eval_effective": float(1 / np.square(share_N).sum())}


def status_of(used: int, planned: int, has_estimate: bool) -> str:
    """Return the status of a cell by how many of its planned members are used."""
    return "ok" if used == planned else "partial" if has_estimate else "missing"
