"""A study's estimates beside their closed forms."""

from dataclasses import dataclass, field
from math import isfinite, isinf, nan

import numpy as np
import scipy

from biasvar.decomposition import Decomposition
from biasvar.results.ensembles import CellEnsemble
from biasvar.results.verification.closed_forms import SURE, closed_form
from biasvar.results.verification.form import ClosedForm
from biasvar.study.config import Study
from biasvar.study.plan import Plan, read_at

ROUNDING = 1e-20  # of the mean square of the fitted targets: predictions are accurate to ten digits
NOMINAL, CERTAIN = 0.95, 0.9999  # levels: chance alone puts about one true value in 1,000 beyond the second


@dataclass(frozen=True)
class Comparison:
    """A term of a cell, measured and from its closed form.

    ``distance`` is in standard errors, NaN without one. ``error`` is the possible error of an asymptotic form, in units
    of the term. ``holds`` is None if nothing can be concluded, and ``why`` says why.
    """

    cell: str
    loss: str
    term: str
    source: str
    measured: float
    truth: float
    exact: bool
    distance: float
    error: float
    holds: bool | None
    why: str = ""


@dataclass
class ComparisonCollector:
    """Compares each cell's terms with their closed forms while the cell is in memory."""

    plan: Plan
    found: list[Comparison] = field(default_factory=list)
    seen: set[tuple] = field(default_factory=set)

    def collect(self, ensemble: CellEnsemble, parts: dict[str, Decomposition]) -> None:
        """Compare one cell's terms, if bias is measured against the distribution itself."""
        if ensemble.reference != "distribution":
            return
        for loss, estimated in parts.items():
            cell = self.plan.cells[ensemble.number]
            study = cell.study
            form = closed_form(study, loss, read_at(cell, "epoch"))
            if form is None or (form.about == "points" and self.has_seen(study, loss)):
                continue
            self.found += compare(name_of(ensemble, form), estimated, form)

    def has_seen(self, study: Study, loss: str) -> bool:
        """Return whether the evaluation points of a cell have already been seen under this loss."""
        points = (repr(study.data), loss)
        met = points in self.seen
        self.seen.add(points)
        return met


def name_of(ensemble: CellEnsemble, form: ClosedForm) -> str:
    """Return a cell's axes in words; terms that depend on the points alone belong to no cell."""
    if form.about == "points":
        return "evaluation points"
    return ", ".join(f"{key.split('.')[-1]}={value}" for key, value in ensemble.axes.items()) or "the only cell"


def compare(cell: str, parts: Decomposition, form: ClosedForm) -> list[Comparison]:
    """Return the comparison of each term that both have.

    A term holds if the truth lies in its interval, widened to a level of 0.9999, by the error of an asymptotic form,
    and by the rounding of fits.
    """
    spent = form.truths.get("risk", sum(form.truths.get(name, 0.0) for name in ("bias_squared", "variance")))
    error = form.error * spent if isfinite(spent) else 0.0
    slack = error + ROUNDING * float(np.mean(np.square(parts.ensemble.reference.target_NK)))
    comparisons = []
    for term, truth in form.truths.items():
        measured = getattr(parts, term, None)
        if measured is None:
            continue
        deviation, (low, high) = spread_of(parts, term, form)
        holds = None if form.not_tested or isinf(truth) else low - slack <= truth <= high + slack
        distance = (measured - truth) / deviation if deviation > 0 and isfinite(truth) else nan
        comparisons.append(
            Comparison(
                cell=cell,
                loss=parts.loss,
                term=term,
                source=form.source,
                measured=measured,
                truth=truth,
                exact=form.error == 0,
                distance=distance,
                error=error,
                holds=holds,
                why=form.not_tested,
            )
        )
    return comparisons


def spread_of(parts: Decomposition, term: str, form: ClosedForm) -> tuple[float, tuple[float, float]]:
    """Return the standard error of a term, and the interval that should contain its true value.

    The interval is that of level 0.95, each side extended by the ratio of Student's quantiles with one degree of
    freedom fewer than the fewest seeds: with few replicates the far tails are heavier than a normal's. Terms that
    depend only on the points, which are a sample, have a known standard error.
    """
    value = parts.value(term)
    if term in form.deviations:
        deviation = form.deviations[term]
        return deviation, (value - SURE * deviation, value + SURE * deviation)
    low, high = parts.interval(term, NOMINAL)
    freedom = min(parts.sizes) - 1
    longer = float(
        scipy.special.stdtrit(freedom, (1 + CERTAIN) / 2) / scipy.special.stdtrit(freedom, (1 + NOMINAL) / 2)
    )
    return parts.standard_error(term), (value - longer * (value - low), value + longer * (high - value))
