"""Each expectation against contributions whose answer is known."""

import numpy as np
import pytest
import scipy

from biasvar.results.claims.judging import MEDIAN, UNBOUNDED, UNSETTLED
from biasvar.results.claims.sample import combined
from biasvar.results.claims.verdict import FAILS, HOLDS, OPEN, needed
from tests.results.claims.samples import sample, verdict

ONE = np.array([1.0, 1.1, 0.9, 1.05, 0.95, 1.0])
"""Contributions around 1; Student's 95 % interval is 1 +- 0.0742."""
TWO, WIDE = ONE + 1, 1.3 + 20 * (ONE - 1)


@pytest.mark.parametrize(
    ("expect", "samples", "options", "wanted"),
    [
        ("rises", (ONE, TWO), {}, HOLDS),
        ("rises", (TWO, ONE), {}, FAILS),
        ("rises", (ONE, WIDE), {}, OPEN),
        ("falls", (TWO, WIDE, ONE), {}, HOLDS),
        ("falls", (ONE, TWO), {}, FAILS),
        ("greater", (TWO, ONE), {}, HOLDS),
        ("greater", (TWO, ONE), {"value": 0.9}, HOLDS),
        ("greater", (TWO, ONE), {"value": 1.1}, FAILS),
        ("greater", (ONE,), {"value": 0.9}, HOLDS),
        ("greater", (ONE,), {"value": 0.99}, OPEN),
        ("less", (ONE,), {"value": 1.2}, HOLDS),
        ("less", (TWO, ONE), {}, FAILS),
        ("equals", (ONE,), {"value": 1, "within": 0.1}, HOLDS),
        ("equals", (ONE,), {"value": 1, "within": 0.05}, OPEN),
        ("equals", (ONE,), {"value": 2, "within": 0.1}, FAILS),
        ("equals", (TWO, ONE), {"value": 1, "within": 0.001}, HOLDS),
        ("equals", (ONE - 1,), {"value": 0, "within": 0.1}, HOLDS),
        ("ratio", (2 * ONE, ONE), {"value": 2, "within": 0.001}, HOLDS),
        ("ratio", (TWO, ONE), {"value": 2, "within": 0.2}, HOLDS),
        ("ratio", (TWO, ONE), {"value": 3, "within": 0.1}, FAILS),
        ("closed_form", (ONE,), {"within": 0.1, "truth": 1.0}, HOLDS),
        ("closed_form", (ONE,), {"within": 0.1, "truth": 1.5}, FAILS),
        ("smallest_at", (ONE, TWO, TWO + 1), {}, HOLDS),
        ("smallest_at", (TWO, ONE, TWO + 1), {}, FAILS),
        ("smallest_at", (ONE, TWO, WIDE), {}, OPEN),
        ("largest_at", (TWO, ONE, ONE), {}, HOLDS),
        ("largest_at", (ONE, TWO, ONE - 1), {}, FAILS),
    ],
)
def test_a_verdict_is_that_of_the_whole_interval(expect, samples, options, wanted):
    found = verdict(expect, *map(sample, samples), **options)
    assert found.verdict == wanted
    assert found.low <= found.measured <= found.high
    assert np.isfinite(found.replicates_needed) == (wanted == OPEN)


def test_an_interval_is_students():
    found = verdict("greater", sample(ONE), value=0)
    low, high = scipy.stats.t.interval(0.95, 5, ONE.mean(), ONE.std(ddof=1) / np.sqrt(6))
    np.testing.assert_allclose([found.low, found.high], [low, high])


def test_the_replicates_needed_shrink_the_interval_to_the_distance():
    assert needed(10, 2.0, 1.0) == 40 and np.isnan(needed(10, 2.0, 0.0)) and np.isnan(needed(10, np.inf, 1.0))
    found = verdict("greater", sample(ONE), value=0.99)
    half = (found.high - found.low) / 2
    assert found.replicates_needed == np.ceil(6 * (half / 0.01) ** 2)


def test_differences_are_paired_by_seed_and_leave_out_what_one_lacks():
    noise = np.random.default_rng(0).standard_normal(30)
    both = combined([sample(noise + 1), sample(noise)], [1, -1])
    apart = combined([sample(noise + 1), sample(noise[::-1])], [1, -1])
    assert both.variance < 1e-20 < apart.variance
    few = combined([sample(noise + 1), sample(noise[5:], seeds=range(5, 30))], [1, -1])
    assert few.replicates == 25 and few.value == pytest.approx(1)


@pytest.mark.parametrize("expect", ["greater", "equals"])
def test_without_two_common_replicates_or_with_nan_nothing_is_decided_and_it_says_why(expect):
    options = {"value": 0, "within": 1} if expect == "equals" else {}
    alone = verdict(expect, sample([2.0, 2.1]), sample([1.0, 1.1], seeds=[1, 2]), **options)
    assert (alone.verdict, alone.note) == (OPEN, "its cells have fewer than two replicates in common")
    hole = verdict(expect, sample([2.0, np.nan, 2.1]), **{"value": 0} | options)
    assert (hole.verdict, hole.note) == (OPEN, "some contributions are not finite")


def test_one_replicate_that_dominates_means_that_the_mean_does_not_settle():
    heavy = sample([*np.linspace(0.9, 1.1, 20), 500.0])
    assert verdict("equals", heavy, value=1, within=0.5).note == UNSETTLED
    assert verdict("greater", heavy, value=0).verdict == OPEN, "no pseudo-median of pseudo-values"
    found = verdict("greater", heavy, value=0, per_replicate=True)
    assert (found.verdict, found.note) == (HOLDS, MEDIAN) and found.measured == pytest.approx(1, abs=0.1)
    assert verdict("greater", sample(ONE), value=0, unsettled=True).note == UNSETTLED


def test_a_ratio_to_what_may_be_zero_has_no_bound():
    found = verdict("ratio", sample(ONE), sample(WIDE - 1), value=1, within=0.1)
    assert (found.verdict, found.note, found.low) == (OPEN, UNBOUNDED, -np.inf)


def test_an_extreme_needs_another_cell():
    assert verdict("smallest_at", sample(ONE)).note == "there is no other cell"
