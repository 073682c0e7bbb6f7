"""What each replicate, or each seed of a crossed source, contributes to a quantity of a cell: ``contributions.csv``.

The contribution of one of n seeds is a pseudo-value: theta + (n - 1) (mean of theta_(-r) - theta_(-r)), with theta_(-r)
the estimate without that seed (Tukey 1958). Their mean is the estimate of the table, and their standard error that of
the jackknife; for a mean of one number per model they are these numbers. Contributions of the same seed in two cells
can be subtracted, so that differences are paired where random numbers are common.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import nan
from typing import Any

import numpy as np
import pandas as pd

from biasvar.decomposition import Decomposition
from biasvar.decomposition.committees.committee import committee_risk
from biasvar.decomposition.committees.members import most_members, shared
from biasvar.decomposition.components import Sources, sets_of
from biasvar.decomposition.deletions import FEWEST, terms_without
from biasvar.decomposition.losses import squared_error
from biasvar.decomposition.terms import NESTED
from biasvar.results.claims.wanted import Wanted
from biasvar.results.ensembles import CellEnsemble
from biasvar.results.tables import as_read
from biasvar.study.claims.quantities import OF_COMMITTEES, OF_MEMBERS

FILE = "contributions.csv"
COLUMNS = (*Wanted._fields, "source", "seed", "value", "note")
WITHOUT_NOISE = {"bias_squared", "bias", "systematic_effect", "kw_bias_squared", "noise", "net_noise"}

Found = Mapping[str, tuple[Sequence[int], np.ndarray]]
"""The contributions by source: the numbers of its seeds, and a value for each."""


class NotKnown(Exception):
    """A quantity that a cell does not have; the message says why."""


@dataclass
class ContributionCollector:
    """Collects what claims want of each cell."""

    wanted: Mapping[int, Sequence[Wanted]]
    rows: list[dict[str, Any]] = field(default_factory=list)

    def collect(self, ensemble: CellEnsemble, parts: Mapping[str, Decomposition]) -> None:
        """Collect from a cell and its decomposition under each loss."""
        left_out = LeftOut(ensemble, self.wanted.get(ensemble.number, ()))
        for asked in left_out.wanted:
            about = asked._asdict()
            try:
                found = contributions(ensemble, parts, asked, left_out)
            except NotKnown as error:
                self.rows.append(about | {"source": "", "seed": nan, "value": nan, "note": str(error)})
                continue
            for source, (seeds, values) in found.items():
                rows = zip(seeds, values, strict=True)
                self.rows += [about | {"source": source, "seed": seed, "value": one, "note": ""} for seed, one in rows]

    def table(self) -> pd.DataFrame:
        """Return the collected rows."""
        return as_read(pd.DataFrame(self.rows, columns=COLUMNS))


@dataclass
class LeftOut:
    """The estimates of a cell without each seed of a source: one decomposition gives all that is wanted of a loss."""

    ensemble: CellEnsemble
    wanted: Sequence[Wanted]
    found: dict[tuple[str, int], list[dict[Wanted, float]]] = field(default_factory=dict)

    def values(self, asked: Wanted, place: int) -> np.ndarray:
        """Return what is asked for without each seed of the source at a place, [n_s]."""
        loss = asked.loss or self.ensemble.losses[0]
        if (loss, place) not in self.found:
            seeds = range(self.ensemble.sizes[place])
            self.found[loss, place] = [self.without(seed, loss, place) for seed in seeds]
        return np.array([values[asked] for values in self.found[loss, place]])

    def without(self, seed: int, loss: str, place: int) -> dict[Wanted, float]:
        """Return everything that is wanted of a loss without one seed of a source."""
        outputs = np.delete(self.ensemble.outputs[..., :, :], seed, axis=place)  # type: ignore[index]
        (parts,) = self.ensemble.with_outputs(outputs).decompose([loss]).values()
        of_loss = [one for one in self.wanted if (one.loss or self.ensemble.losses[0]) == loss]
        found = {one: parts.value(one.quantity) for one in of_loss if one.quantity in parts.points}
        for one in of_loss:
            if one.quantity == OF_COMMITTEES:
                with suppress(NotKnown):
                    found[one] = committee_of(parts, one)
        return found


def contributions(
    ensemble: CellEnsemble, parts: Mapping[str, Decomposition], asked: Wanted, left_out: LeftOut | None = None
) -> Found:
    """Return the contributions to one quantity of a cell.

    Raises
    ------
    NotKnown
        With the reason.
    """
    loss = asked.loss or ensemble.losses[0]
    if loss not in parts:
        known = f"this study has {', '.join(ensemble.losses)}"
        raise NotKnown(f"the risk under {loss} is infinite" if loss in ensemble.losses else f"no {loss}: {known}")
    if asked.quantity in OF_MEMBERS:
        values_M = of_members(ensemble, loss, asked.quantity)
        return by_source(ensemble, lambda place: marginal(values_M.reshape(ensemble.sizes), place))
    found = parts[loss]
    if asked.quantity == OF_COMMITTEES:
        value = committee_of(found, asked)
    elif asked.quantity in found.points:
        value = found.value(asked.quantity)
    else:
        raise NotKnown(why_not(found, asked.quantity))
    if asked.quantity == "risk":  # a mean over models, as it is of every loss
        losses_M = found.risk_of_models - found.risk_of_models.mean()
        return by_source(ensemble, lambda place: value + marginal(losses_M.reshape(ensemble.sizes), place))
    if asked.quantity not in (*found.estimated, OF_COMMITTEES):  # the same whatever the models
        return by_source(ensemble, lambda place: np.full(ensemble.sizes[place], value))
    if min(ensemble.sizes[place] for place in independent(ensemble)) < FEWEST:
        raise NotKnown(f"fewer than {FEWEST} replicates or seeds")

    def pseudo_values(place: int) -> np.ndarray:
        without_n = deleted(left_out or LeftOut(ensemble, [asked]), found, asked, place)
        return value + (len(without_n) - 1) * (without_n.mean() - without_n)

    return by_source(ensemble, pseudo_values)


def by_source(ensemble: CellEnsemble, values: Any) -> Found:
    """Return ``values`` of the place of each source whose seeds are independent."""
    return {ensemble.sources[place]: (ensemble.kept[place], values(place)) for place in independent(ensemble)}


def independent(ensemble: CellEnsemble) -> tuple[int, ...]:
    """Return the places of the sources whose seeds are independent draws: of a nested design the outer sets."""
    return (0,) if ensemble.sources == NESTED else tuple(range(len(ensemble.sizes)))


def marginal(grid: np.ndarray, place: int) -> np.ndarray:
    """Return the means over every axis but one, [n_s]."""
    return grid.mean(axis=tuple(other for other in range(grid.ndim) if other != place))


def of_members(ensemble: CellEnsemble, loss: str, name: str) -> np.ndarray:
    """Return one number per model, [M]."""
    measured = ensemble.measured
    values_M = measured.train_risk.get(loss) if name == "train_risk" else measured.measures.get(name)
    if values_M is None or not np.isfinite(values_M).all():
        why = (
            "is not finite in some models" if values_M is not None else "was not measured: add it to training.measures"
        )
        raise NotKnown(f"{name} {why}")
    return values_M


def why_not(parts: Decomposition, name: str) -> str:
    """Return why a decomposition lacks a term."""
    if name in WITHOUT_NOISE and f"{name}_plus_noise" in parts.points:
        return f"the noise is not known here, so that {name} cannot be told from it: {name}_plus_noise is known"
    if name.startswith("variance_"):
        return f"{name} needs design=crossed over its sources, or a nested design"
    return f"{name} is not defined under {parts.loss}"


def deleted(left_out: LeftOut, parts: Decomposition, asked: Wanted, place: int) -> np.ndarray:
    """Return the quantity without each seed of a source, up to a constant: [n_s]."""
    if parts.loss == "squared_error" and (asked.quantity == OF_COMMITTEES or not asked.quantity.startswith("kw_")):
        terms_ST = terms_without(squared_error.gram(parts.ensemble), parts.sizes, (place,))
        weights = weights_of(parts, asked)
        return terms_ST @ np.array([weights.get(key, 0.0) for key in [(), *sets_of(len(parts.sizes))]])
    return left_out.values(asked, place)


def weights_of(parts: Decomposition, asked: Wanted) -> Mapping[Sources, float]:
    """Return the weights of bias squared, (), and the components in a quantity under squared error."""
    if asked.quantity != OF_COMMITTEES:
        return parts.weights_in(asked.quantity)
    common = set(shared(parts.ensemble))
    sets = sets_of(len(parts.sizes))
    return {s: 1.0 if set(s) <= common else 1 / asked.members for s in [(), *sets]}


def committee_of(parts: Decomposition, asked: Wanted) -> float:
    """Return the risk of a committee."""
    rules, most = parts.family.COMMITTEES, most_members(parts.ensemble)
    rule = asked.rule or (rules[0] if rules else "")
    if rule not in rules:
        raise NotKnown(f"{parts.loss} has no committees by {rule}" if rule else f"{parts.loss} has no committees")
    if not 1 <= asked.members <= most:
        raise NotKnown(f"a committee of {asked.members} needs as many independent models, and there are {most}")
    return float(committee_risk(parts, rule, [asked.members])[0])
