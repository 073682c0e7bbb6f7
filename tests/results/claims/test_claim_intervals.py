"""Intervals of claims cover what they are meant to cover, and deliberately wrong ones do not."""

import numpy as np
import pytest
import scipy

from biasvar.results.claims.sample import Sample, combined, picked, ratio_interval
from tests.results.claims.samples import sample

DRAWS = 1500


def covers(truth, interval):
    return interval[0] <= truth <= interval[1]


def shared(generator, n):
    """Contributions of three cells with means 1, 2 and 4, which share much of their noise."""
    common = generator.standard_normal(n)
    return [sample(mean + common + 0.5 * generator.standard_normal(n)) for mean in (1.0, 2.0, 4.0)]


@pytest.mark.slow
@pytest.mark.ci
def test_intervals_are_simultaneous_over_claims_and_single_ones_are_not():
    generator, n, claims = np.random.default_rng(0), 8, 6
    all_cover, alone_cover, normal_cover = 0, 0, 0
    for _ in range(DRAWS):
        samples = [sample(generator.standard_normal(n)) for _ in range(claims)]
        all_cover += all(covers(0, one.interval(1 - 0.05 / claims)) for one in samples)
        alone_cover += all(covers(0, one.interval(0.95)) for one in samples)
        z = scipy.stats.norm.ppf(1 - 0.025 / claims)
        normal_cover += all(abs(one.value) <= z * np.sqrt(one.variance) for one in samples)
    assert 0.935 < all_cover / DRAWS < 0.97
    assert alone_cover / DRAWS < 0.8 and normal_cover / DRAWS < 0.85, "negative controls"


@pytest.mark.slow
@pytest.mark.ci
def test_pairing_shrinks_the_interval_of_a_difference_and_keeps_its_coverage():
    generator, covered, narrower = np.random.default_rng(1), 0, 0
    for _ in range(DRAWS // 3):
        one, two, _ = shared(generator, 12)
        low, high = combined([two, one], [1, -1]).interval(0.95)
        covered += low <= 1 <= high
        narrower += (high - low) / 2 < 2.2 * np.sqrt(one.variance + two.variance)
    assert 0.92 < covered / (DRAWS // 3) < 0.98 and narrower / (DRAWS // 3) > 0.9


@pytest.mark.slow
@pytest.mark.ci
def test_a_ratio_is_covered_by_fieller_and_a_ratio_of_means_without_its_error_is_not():
    generator, covered, fixed = np.random.default_rng(2), 0, 0
    for _ in range(DRAWS):
        _, two, four = shared(generator, 25)
        covered += covers(2, ratio_interval(four, two, 0.95))
        fixed += covers(2, (np.array(four.interval(0.95)) / two.value))
    assert 0.93 < covered / DRAWS < 0.97 and fixed / DRAWS < 0.9


def test_a_sum_over_crossed_sources_covers():
    generator, covered = np.random.default_rng(3), 0
    for _ in range(DRAWS // 3):
        rows, columns = generator.standard_normal(12), generator.standard_normal(12)
        mean = rows.mean() + columns.mean()
        by_source = {"data": rows + columns.mean(), "init": columns + rows.mean()}
        both = Sample({name: sample(values).by_source["replicate"] for name, values in by_source.items()})
        assert both.value == pytest.approx(mean)
        covered += covers(0, both.interval(0.95))
    assert 0.92 < covered / (DRAWS // 3) <= 0.99


def test_the_variance_over_replicates_is_unbiased_by_its_pseudo_values():
    values = np.random.default_rng(4).standard_normal(9)
    spread = sample(values).spread()
    assert spread.value == pytest.approx(values.var(ddof=1))
    without = [np.delete(values, place).var(ddof=1) for place in range(9)]
    assert spread.variance == pytest.approx(8 / 9 * np.square(without - np.mean(without)).sum())


def test_each_replicate_picks_by_its_own_criterion():
    quantities = [sample([1, 2, 3]), sample([4, 5, 6])]
    criteria = [sample([0.1, 0.9, 0.5]), sample([0.2, 0.3, 0.5])]
    (values,) = picked(quantities, criteria).by_source.values()
    assert values.tolist() == [1, 5, 3]
