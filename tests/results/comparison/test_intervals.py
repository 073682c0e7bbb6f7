"""The interval of one difference: those of others where they exist, and none where none can be had."""

from math import inf

import numpy as np
import pytest
import scipy.stats

from biasvar.results.claims.sample import Sample
from biasvar.results.comparison.intervals import MEAN, PSEUDO_MEDIAN, Difference, difference, over_points
from tests.results.claims.samples import sample

GENERATOR = np.random.default_rng(0)
ONE, OTHER = GENERATOR.standard_normal(12), 0.5 + 3 * GENERATOR.standard_normal(12)
HEAVY = np.array([0.1, -0.2, 0.15, 0.05, -0.1, 0.2, 0.0, -0.05, 0.12, -0.13, 50.0, 0.01])


def test_independent_samples_have_the_interval_of_welch():
    found = difference((sample(ONE), sample(OTHER[:7])), 0.9, paired=False)
    expected = scipy.stats.ttest_ind(ONE, OTHER[:7], equal_var=False).confidence_interval(0.9)
    assert found.value == pytest.approx(ONE.mean() - OTHER[:7].mean()) and found.average == MEAN
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-12)


def test_pairs_have_the_interval_of_student():
    found = difference((sample(ONE), sample(OTHER)), 0.95, paired=True)
    expected = scipy.stats.ttest_rel(ONE, OTHER).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-12)


def test_several_sources_add_their_variances():
    both = Sample({**sample(ONE, source="data").by_source, **sample(ONE[:5], source="init").by_source})
    found = difference((both, sample(OTHER)), 0.95, paired=False)
    variances = [values.var(ddof=1) / len(values) for values in (ONE, ONE[:5], OTHER)]
    freedom = sum(variances) ** 2 / sum(v**2 / n for v, n in zip(variances, (11, 4, 11), strict=True))
    half = scipy.stats.t.ppf(0.975, freedom) * np.sqrt(sum(variances))
    assert found.high - found.value == pytest.approx(half)


def test_what_never_varies_has_no_width():
    for paired in (True, False):
        assert difference((sample([2.0] * 5), sample([1.5] * 5)), 0.95, paired)[:3] == (0.5, 0.5, 0.5)


def test_heavy_pairs_of_risks_have_a_pseudo_median():
    found = difference((sample(HEAVY), sample(np.zeros(12))), 0.95, paired=True, per_replicate=True)
    assert found.average == PSEUDO_MEDIAN and "pseudo-median" in found.note and found.value < 1 < HEAVY.mean()
    assert found.low < found.value < found.high < 5


@pytest.mark.parametrize(("paired", "per_replicate"), [(True, False), (False, True)])
def test_other_heavy_differences_have_no_interval(paired, per_replicate):
    found = difference((sample(HEAVY), sample(np.zeros(12))), 0.95, paired, per_replicate=per_replicate)
    assert found.value == pytest.approx(HEAVY.mean()) and np.isnan([found.low, found.high]).all()
    assert "does not settle" in found.note


def test_a_mean_that_settings_say_does_not_settle_has_none_either():
    found = difference((sample(ONE), sample(OTHER)), 0.95, paired=False, unsettled=True)
    assert np.isnan(found.low) and "does not settle" in found.note


def test_few_pairs_have_no_bound():
    found = difference((sample(ONE[:3]), sample(OTHER[:3])), 0.95, True, unsettled=True, per_replicate=True)
    assert (found.low, found.high) == (-inf, inf) and "no bound" in found.note


def test_one_pair_has_no_interval():
    found = difference((sample(ONE[:1]), sample(OTHER[:1])), 0.95, paired=True)
    assert np.isnan(found.low) and "fewer than two replicates in common" in found.note


def test_other_points_add_their_squared_error():
    found = over_points(Difference(1.0, 0.7, 1.3, MEAN), 0.4, 0.95)
    half = np.hypot(0.3, 0.4 * scipy.stats.norm.ppf(0.975))
    assert (found.low, found.high) == pytest.approx((1 - half, 1 + half))
