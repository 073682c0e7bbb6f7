"""From contributions to the verdict on one claim, by what it expects."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite, nan

import numpy as np
import scipy

from biasvar.results.claims.sample import Sample, combined, ratio_interval
from biasvar.results.claims.verdict import FAILS, OPEN, Verdict, needed, of_equality, of_order
from biasvar.results.numbers import number
from biasvar.results.shapes.paired import FEWEST, median_with_interval
from biasvar.results.shapes.tails import dominated
from biasvar.study.claims.claim import Claim

MEDIAN = "pseudo-median of the differences: their mean does not settle"
UNBOUNDED = "its interval has no bound"
UNSETTLED = "the mean does not settle: a few replicates decide it"


@dataclass(frozen=True)
class Evidence:
    """What one claim compares: a sample for each of its cells, in order.

    ``unsettled`` says whether some of their means are known not to settle, and ``per_replicate`` whether contributions
    are numbers of single replicates, which have a median. ``truth`` is the value of a closed form.
    """

    samples: Sequence[Sample]
    unsettled: bool = False
    per_replicate: bool = False
    truth: float = nan


def judge(claim: Claim, evidence: Evidence, level: float) -> Verdict:
    """Return the verdict on a claim, with an interval of this level."""
    return JUDGES[claim.expect](claim, evidence, level)


def of_differences(claim: Claim, evidence: Evidence, level: float) -> Verdict:
    """Return the verdict on the order of two cells, or of one and a number."""
    first, last = evidence.samples[0], evidence.samples[-1]
    above = claim.expect in ("rises", "greater")
    least = claim.value or 0.0
    if claim.expect in ("rises", "falls"):
        first, last = last, first
    sample = first if len(evidence.samples) == 1 else combined([first, last], [1, -1])
    expected = f"{'above' if above else 'below'} {number(least)}"
    return ordered(sample, evidence, least, above, level, expected)


def of_extreme(claim: Claim, evidence: Evidence, level: float) -> Verdict:
    """Return the verdict on a cell that is said to be below, or above, every other.

    It holds if each difference is on the claimed side, for which each may have the whole level (Berger 1982). For one
    on the other side the level is shared among all. The difference shown is the one that decides.
    """
    own, *others = evidence.samples
    above = claim.expect == "largest_at"
    expected = f"{'above' if above else 'below'} 0 against each of {len(others)}"
    if not others:
        return Verdict(expected, note="there is no other cell")
    gaps = [combined([own, other], [1, -1]) for other in others]
    against = [ordered(gap, evidence, 0.0, above, 1 - (1 - level) / len(gaps), expected) for gap in gaps]
    if fails := [one for one in against if one.verdict == FAILS]:
        return max(fails, key=lambda one: abs(one.measured))
    each = [ordered(gap, evidence, 0.0, above, level, expected) for gap in gaps]
    return min(each, key=lambda one: one.low if above else -one.high)


def ordered(sample: Sample, evidence: Evidence, least: float, above: bool, level: float, expected: str) -> Verdict:
    """Return the verdict on one number that is said to be above or below another."""
    note = ""
    if sample.fault:
        return Verdict(expected, note=sample.fault)
    if evidence.unsettled or heavy(sample):
        if not evidence.per_replicate or len(sample.by_source) > 1:
            return Verdict(expected, sample.value, note=UNSETTLED)
        (values,) = sample.by_source.values()
        critical = float(scipy.special.ndtri((1 + level) / 2))
        measured, low, high = median_with_interval(values.to_numpy(), critical)
        note = MEDIAN
    else:
        measured, (low, high) = sample.value, sample.interval(level)
    found = of_order(low - least, high - least, above)
    half = (high - low) / 2
    note = note if isfinite(half) else UNBOUNDED
    wanted = needed(sample.replicates, half, abs(measured - least)) if found == OPEN else nan
    return Verdict(expected, measured, low, high, found, wanted, note)


def of_number(claim: Claim, evidence: Evidence, level: float) -> Verdict:
    """Return the verdict on a quantity, or a difference, that is said to equal a number."""
    samples = evidence.samples
    sample = samples[0] if len(samples) == 1 else combined(samples, [1, -1])
    assert claim.value is not None  # as its expectation requires
    return equal(sample, evidence, bounds(claim.value, claim.within), sample.interval(level))


def of_closed_form(claim: Claim, evidence: Evidence, level: float) -> Verdict:
    """Return the verdict on a quantity that is said to have the value of its closed form."""
    (sample,) = evidence.samples
    return equal(sample, evidence, bounds(evidence.truth, claim.within), sample.interval(level))


def of_ratio(claim: Claim, evidence: Evidence, level: float) -> Verdict:
    """Return the verdict on the ratio of two cells."""
    above, below = evidence.samples
    assert claim.value is not None  # as its expectation requires
    evidence = replace(evidence, unsettled=evidence.unsettled or heavy(below))
    found = equal(above, evidence, bounds(claim.value, claim.within), ratio_interval(above, below, level))
    return Verdict(**vars(found) | {"measured": above.value / below.value if below.value else nan})


def equal(sample: Sample, evidence: Evidence, within: tuple[float, float], interval: tuple[float, float]) -> Verdict:
    """Return the verdict on a number with this interval that is said to lie within bounds."""
    expected = f"{number(within[0])} to {number(within[1])}"
    if sample.fault:
        return Verdict(expected, note=sample.fault)
    if evidence.unsettled or heavy(sample):
        return Verdict(expected, sample.value, note=UNSETTLED)
    low, high = interval
    found = of_equality(low, high, *within)
    middle, half = (low + high) / 2, (high - low) / 2
    distance = min(abs(middle - end) for end in within)
    wanted = needed(sample.replicates, half, distance) if found == OPEN else nan
    return Verdict(expected, sample.value, low, high, found, wanted, "" if isfinite(half) else UNBOUNDED)


def bounds(value: float, within: float | None) -> tuple[float, float]:
    """Return the numbers that count as equal to one: to a share of it, or around 0 by an absolute distance."""
    assert within is not None
    half = within * abs(value) if value else within
    return value - half, value + half


def heavy(sample: Sample) -> bool:
    """Return whether one seed dominates the spread of some source: its tails are heavy."""
    return any(
        len(values) >= FEWEST and dominated(values.to_numpy(dtype=float)[None])[0]
        for values in sample.by_source.values()
        if np.ptp(values.to_numpy(dtype=float)) > 0
    )


JUDGES: Mapping[str, Callable[[Claim, Evidence, float], Verdict]] = {
    "rises": of_differences,
    "falls": of_differences,
    "greater": of_differences,
    "less": of_differences,
    "equals": of_number,
    "ratio": of_ratio,
    "closed_form": of_closed_form,
    "smallest_at": of_extreme,
    "largest_at": of_extreme,
}
