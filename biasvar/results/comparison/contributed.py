"""What each replicate of a cell contributes to its risk and parts, decomposed for the replicates that are compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from biasvar.decomposition import Decomposition
from biasvar.results.cells import Cells
from biasvar.results.claims.contributions import LeftOut, NotKnown, contributions
from biasvar.results.claims.sample import Sample
from biasvar.results.claims.wanted import Wanted
from biasvar.results.ensembles import CellEnsemble

Kept = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Contributed:
    """One loss of one cell: each quantity's estimate, and its sample or why it has none.

    ``risk_R`` has the risk of each replicate that shares no seed with another; ``points`` each quantity at the points.
    """

    values: Mapping[str, float]
    samples: Mapping[str, Sample | str]
    risk_R: np.ndarray
    points: Mapping[str, np.ndarray]


@dataclass
class Side:
    """One of the two studies, whose cells are decomposed once for each choice of replicates."""

    cells: Cells
    known: dict[tuple, dict[str, Contributed | str]] = field(default_factory=dict)
    last: dict[int, CellEnsemble] = field(default_factory=dict)

    def ensemble(self, number: int) -> CellEnsemble:
        """Return a cell; the last one is kept."""
        if number not in self.last:
            self.last = {number: self.cells.ensemble(number)}
        return self.last[number]

    def contributed(self, number: int, kept: Kept, losses: tuple[str, ...]) -> dict[str, Contributed | str]:
        """Return what some replicates of a cell contribute."""
        key = number, kept, losses
        if key not in self.known:
            self.known[key] = contributed(restricted(self.ensemble(number), kept), losses)
        return self.known[key]


def contributed(ensemble: CellEnsemble, losses: Sequence[str]) -> dict[str, Contributed | str]:
    """Return what there is of a cell under each loss; a text says why there is nothing."""
    if ensemble.outputs is None:
        return dict.fromkeys(losses, f"no estimate: {ensemble.gaps or 'fewer than two replicates'}")
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # overflow is refused by what comes after
            parts, infinite = replace(ensemble, losses=tuple(losses)).finite_parts()
            found = {loss: of_loss(ensemble, one) for loss, one in parts.items()}
    except (ArithmeticError, ValueError) as error:
        return dict.fromkeys(losses, f"no estimate: {error}")
    return {**found, **{loss: f"infinite risk: {why}" for loss, why in infinite.items()}}


def of_loss(ensemble: CellEnsemble, parts: Decomposition) -> Contributed:
    """Return the contributions to every quantity of a decomposition."""
    names = [name for name in parts.points if name not in ("residual", "c1", "c2")]
    wanted = [Wanted(ensemble.number, name, parts.loss) for name in names]
    left_out, samples = LeftOut(ensemble, wanted), dict[str, Sample | str]()
    for asked in wanted:
        try:
            by_source = contributions(ensemble, {parts.loss: parts}, asked, left_out)
        except NotKnown as error:
            samples[asked.quantity] = str(error)
            continue
        series = {source: pd.Series(values, index=list(seeds)) for source, (seeds, values) in by_source.items()}
        samples[asked.quantity] = Sample(series)
    _, risk_R = ensemble.independent(parts.risk_of_models)
    return Contributed({name: parts.value(name) for name in names}, samples, risk_R, dict(parts.points))


def restricted(ensemble: CellEnsemble, kept: Kept) -> CellEnsemble:
    """Return a cell with some of its replicates, or of the seeds of each source."""
    if kept == ensemble.kept:
        return ensemble
    outputs, sizes = ensemble.outputs, tuple(map(len, kept))
    if outputs is None or min(sizes) < 2:
        return replace(ensemble, outputs=None, kept=kept, sizes=sizes)
    outputs = outputs[..., :, :]
    for place, (all_seeds, seeds) in enumerate(zip(ensemble.kept, kept, strict=True)):
        outputs = np.take(outputs, np.searchsorted(all_seeds, seeds), axis=place)
    return replace(ensemble, outputs=outputs, kept=kept, sizes=sizes)


def in_common(one: CellEnsemble, other: CellEnsemble) -> Kept:
    """Return the seeds of each source that two cells of one design both have."""
    return tuple(tuple(sorted(set(a) & set(b))) for a, b in zip(one.kept, other.kept, strict=True))
