"""The difference of one quantity between two cells, from what each replicate contributes to it."""

from collections.abc import Sequence
from math import hypot, isinf, nan, sqrt
from typing import NamedTuple

import numpy as np
import scipy

from biasvar.results.claims.judging import MEDIAN, UNBOUNDED, UNSETTLED, heavy
from biasvar.results.claims.sample import Sample, combined
from biasvar.results.shapes.paired import median_with_interval

MEAN, PSEUDO_MEDIAN = "mean", "pseudo-median"
NO_INTERVAL = f"{UNSETTLED}, so that it has no interval"


class Difference(NamedTuple):
    """A difference with its interval, NaN where it has none; ``average`` says what it is, ``note`` what to know."""

    value: float = nan
    low: float = nan
    high: float = nan
    average: str = ""
    note: str = ""


def difference(
    samples: tuple[Sample, Sample], level: float, paired: bool, unsettled: bool = False, per_replicate: bool = False
) -> Difference:
    """Return A - B with its interval.

    Paired, it is that of a claim: Student's over differences of equal replicates; else that of Welch (1947). Where
    settings say that a mean does not settle (``unsettled``), or one replicate dominates, numbers of single replicates
    (``per_replicate``) have a pseudo-median, if they are paired; other quantities have no interval then.
    """
    both = combined(samples, [1, -1]) if paired else None
    known = [both] if both is not None else list(samples)
    value = both.value if both is not None else samples[0].value - samples[1].value
    if fault := next((sample.fault for sample in known if sample.fault), ""):
        return Difference(value, average=MEAN, note=fault)
    if unsettled or any(map(heavy, known)):
        if both is None or not per_replicate or len(both.by_source) > 1:
            return Difference(value, average=MEAN, note=NO_INTERVAL)
        (values,) = both.by_source.values()
        found = median_with_interval(values.to_numpy(), float(scipy.special.ndtri((1 + level) / 2)))
        note = f"{MEDIAN}; {UNBOUNDED}" if isinf(found[2]) else MEDIAN
        return Difference(*found, PSEUDO_MEDIAN, note)
    low, high = both.interval(level) if both is not None else welch(samples, level)
    return Difference(value, low, high, MEAN)


def welch(samples: Sequence[Sample], level: float) -> tuple[float, float]:
    """Return the interval of the difference of two independent estimates (Welch 1947).

    Its variance is the sum of those of all sources of both, its degrees of freedom are those of Satterthwaite (1946).
    """
    sources = [values for one in samples for values in one.by_source.values()]
    errors = [(values.var(ddof=1) / len(values), len(values) - 1) for values in sources]
    variance = float(sum(error for error, _ in errors))
    value = samples[0].value - samples[1].value
    if variance == 0:
        return value, value
    freedom = variance**2 / sum(error**2 / n for error, n in errors)
    half = float(scipy.special.stdtrit(freedom, (1 + level) / 2)) * sqrt(variance)
    return value - half, value + half


def over_points(found: Difference, error: float, level: float) -> Difference:
    """Return a mean difference whose interval is about other points too: squared distances add up."""
    if found.average != MEAN or np.isnan(found.low):
        return found
    sampling = float(scipy.special.ndtri((1 + level) / 2)) * error if error > 0 else 0.0
    low = found.value - hypot(found.value - found.low, sampling)
    return found._replace(low=low, high=found.value + hypot(found.high - found.value, sampling))
