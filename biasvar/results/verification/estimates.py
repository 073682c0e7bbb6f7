"""What a study measures of the quantities that closed forms know."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import scipy

from biasvar.decomposition import Decomposition, means
from biasvar.decomposition.committees.committee import exact_interval, exact_risk
from biasvar.decomposition.committees.correlation import correlation_of, error_of_correlation
from biasvar.results.ensembles import CellEnsemble
from biasvar.results.outer_sets import MOST_MEMBERS
from biasvar.results.verification.form import Committee, Quantity, Untested

NOMINAL = 0.95
Interval = tuple[float, float]


@dataclass(frozen=True)
class Estimate:
    """A measured quantity, its standard error, and its interval at a level."""

    value: float
    standard_error: float
    interval: Callable[[float], Interval]


def estimate_of(quantity: Quantity, parts: Decomposition, ensemble: CellEnsemble) -> Estimate | None:
    """Return what a cell and its decomposition say of a quantity, None where they do not say it."""
    measures = ensemble.measured.measures
    if isinstance(quantity, Committee):
        return of_committee(parts, quantity.members)
    if isinstance(quantity, Untested):
        return from_training_data(ensemble, quantity)
    if quantity in measures:
        return of_mean(parts, measures[quantity])
    if quantity == "excess":
        return None if parts.noise is None else of_mean(parts, parts.risk_of_models, parts.value("noise"))
    if quantity == "rho":
        return student(correlation_of(parts).rho, error_of_correlation(parts), freedom_of(parts))
    if getattr(parts, quantity, None) is None:
        return None
    if quantity == "risk":
        return of_mean(parts, parts.risk_of_models)
    error = parts.standard_error(quantity) if quantity in parts.estimated else 0.0
    return Estimate(parts.value(quantity), error, lambda level: lengthened(parts, quantity, level))


def averaged(estimates: Sequence[Estimate]) -> Estimate:
    """Return the mean of independent estimates of the same quantity, with Student's interval; one is itself."""
    return estimates[0] if len(estimates) == 1 else mean_of(np.array([one.value for one in estimates]))


def mean_of(values_R: np.ndarray) -> Estimate:
    """Return the mean of independent numbers, [R]."""
    error = float(values_R.std(ddof=1)) / sqrt(len(values_R))
    return student(float(values_R.mean()), error, len(values_R) - 1)


def of_mean(parts: Decomposition, values_M: np.ndarray, known: float = 0.0) -> Estimate:
    """Return the mean of a number of each model, less what is known exactly; freedom is by the fewest seeds."""
    values = means.by_seeds(values_M, parts.sizes, parts.ensemble.sources)
    return student(float(values.mean()) - known, means.error_of_grand_mean(values), freedom_of(parts))


def student(value: float, error: float, freedom: int) -> Estimate:
    """Return an estimate with Student's interval."""

    def interval(level: float) -> Interval:
        reach = float(scipy.special.stdtrit(freedom, (1 + level) / 2)) * error
        return value - reach, value + reach

    return Estimate(value, error, interval)


def of_committee(parts: Decomposition, members: float) -> Estimate | None:
    """Return the risk without the noise of a committee; its interval is matched to a chi-square."""
    if parts.noise is None:
        return None
    noise = parts.value("noise")
    value = float(exact_risk(parts, np.array([members]))[0]) - noise

    def interval(level: float) -> Interval:
        low, high = exact_interval(parts, members, level)
        return low - noise, high - noise

    low, high = interval(NOMINAL)
    return Estimate(value, (high - low) / (2 * float(scipy.special.ndtri((1 + NOMINAL) / 2))), interval)


def from_training_data(ensemble: CellEnsemble, quantity: Untested) -> Estimate | None:
    """Return the mean over outer sets of an estimate of a committee's risk."""
    if quantity.members > MOST_MEMBERS:
        return None
    risks_IS = ensemble.outer_sets.risks([quantity.members])[0].get(quantity.column)
    return None if risks_IS is None else mean_of(risks_IS[:, 0])


def lengthened(parts: Decomposition, term: str, level: float) -> Interval:
    """Return the interval of a term that should contain its true value, also at levels near 1.

    It is that of level 0.95, each side extended by the ratio of Student's quantiles: with few seeds the far tails are
    heavier than a normal's. Degrees of freedom are one fewer than the fewest seeds.
    """
    if term not in parts.estimated:
        return parts.value(term), parts.value(term)
    value, (low, high) = parts.value(term), parts.interval(term, NOMINAL)
    longer = np.divide(*(scipy.special.stdtrit(freedom_of(parts), (1 + one) / 2) for one in (level, NOMINAL)))
    return value - float(longer) * (value - low), value + float(longer) * (high - value)


def freedom_of(parts: Decomposition) -> int:
    """Return one degree of freedom fewer than the fewest seeds; in a nested design only outer sets count."""
    return (parts.sizes[0] if parts.ensemble.sources == ("outer", "inner") else min(parts.sizes)) - 1
