"""A study's estimates beside their closed forms."""

from dataclasses import dataclass, field
from math import isfinite, isinf, nan

import numpy as np

from biasvar.decomposition import Decomposition
from biasvar.results.ensembles import CellEnsemble
from biasvar.results.verification.estimates import Estimate, estimate_of
from biasvar.results.verification.form import ClosedForm, Quantity
from biasvar.results.verification.forms import closed_forms
from biasvar.results.verification.forms.bayes_error import SURE
from biasvar.study.config import Study
from biasvar.study.plan import Plan, read_at

ROUNDING = 1e-20  # of the mean square of the fitted targets: predictions are accurate to ten digits
SUMMED = 1e-12  # of a quantity: what sums over points may lose
CERTAIN = 0.9999  # level: chance alone puts about one true value in 1,000 beyond it, as tails are not quite normal


@dataclass(frozen=True)
class Comparison:
    """A term of a cell, measured and from its closed form.

    ``distance`` is in standard errors, NaN without one. ``half_width`` is that of the interval, and ``error`` the
    possible error of an asymptotic form, in units of the term. ``holds`` is None if nothing can be concluded, and
    ``why`` says why.
    """

    cell: str
    loss: str
    term: str
    source: str
    measured: float
    truth: float
    exact: bool
    distance: float
    half_width: float
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
        cell = self.plan.cells[ensemble.number]
        for loss, estimated in parts.items():
            for form in closed_forms(cell.study, loss, read_at(cell, "epoch")):
                if form.about == "points" and self.has_seen(cell.study, loss):
                    continue
                self.found += compare(name_of(ensemble, form), estimated, form, ensemble)

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


def compare(
    cell: str,
    parts: Decomposition,
    form: ClosedForm,
    ensemble: CellEnsemble,
    level: float = CERTAIN,
) -> list[Comparison]:
    """Return the comparison of each quantity that both have; ``parts`` is the decomposition of ``ensemble``.

    It holds if the truth lies in the interval of this level, widened by the error of an asymptotic form and by the
    rounding of fits.
    """
    found = {
        quantity: known_error(quantity, parts, form) or estimate_of(quantity, parts, ensemble)
        for quantity in form.truths
    }
    return [
        comparison_of(cell, parts, form, quantity, one, level) for quantity, one in found.items() if one is not None
    ]


def comparison_of(
    cell: str, parts: Decomposition, form: ClosedForm, quantity: Quantity, found: Estimate, level: float
) -> Comparison:
    """Return an estimate beside its closed form; ``parts`` has the reference that predictions are measured against."""
    truth, (low, high) = form.truths[quantity], found.interval(level)
    rounding = ROUNDING * float(np.mean(np.square(parts.ensemble.reference.target_NK)))
    slack = form.allowance(quantity) + rounding + (SUMMED * abs(truth) if isfinite(truth) else 0.0)
    has_distance = found.standard_error > 0 and isfinite(truth)
    return Comparison(
        cell=cell,
        loss=parts.loss,
        term=str(quantity),
        source=form.source,
        measured=found.value,
        truth=truth,
        exact=form.exact,
        distance=(found.value - truth) / found.standard_error if has_distance else nan,
        half_width=(high - low) / 2,
        error=form.allowance(quantity),
        holds=None if form.not_tested or isinf(truth) else low - slack <= truth <= high + slack,
        why=form.not_tested,
    )


def known_error(quantity: Quantity, parts: Decomposition, form: ClosedForm) -> Estimate | None:
    """Return the estimate of a term that depends on the points alone, which are a sample: its error is known."""
    if quantity not in form.deviations:
        return None
    value, deviation = parts.value(str(quantity)), form.deviations[quantity]
    return Estimate(value, deviation, lambda level: (value - SURE * deviation, value + SURE * deviation))
