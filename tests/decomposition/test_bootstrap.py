"""The bootstrap's intervals: where they are Student's, and how often they hold the truth with few values."""

import numpy as np
import pytest
from scipy import stats

from biasvar.decomposition.bootstrap import crossed_counts, distinct, mean_interval, percentile_interval

GRID = (np.arange(200_000) + 0.5) / 200_000


@pytest.mark.parametrize("replicates", [4, 10, 50])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_where_resamples_are_normal_the_interval_is_students(replicates, level):
    # Means of resamples of R values have variance (R - 1) / R of s^2 / R; here s^2 / R = 1.
    resamples_B = np.sqrt((replicates - 1) / replicates) * stats.norm.ppf(GRID)
    low, high = percentile_interval(resamples_B, replicates, level)
    student = stats.t.ppf((1 + level) / 2, replicates - 1)
    assert (low, high) == pytest.approx((-student, student), rel=0.02)
    plain = np.quantile(resamples_B, (1 + level) / 2)
    assert plain < student * (1 - 0.4 / replicates), "plain percentiles are caught"


def test_the_interval_of_a_mean_of_few_values_covers_it_where_plain_percentiles_do_not():
    generator, studies, covered, plain = np.random.default_rng(0), 500, 0, 0
    for seed in range(studies):
        values_R = generator.standard_normal(8)
        low, high = mean_interval(values_R, 1000, seed, 0.95)
        covered += low <= 0 <= high
        means_B = generator.choice(values_R, (1000, 8)).mean(axis=1)
        low, high = np.quantile(means_B, [0.025, 0.975])
        plain += low <= 0 <= high
    assert 0.91 <= covered / studies <= 0.985
    assert plain / studies < 0.905


@pytest.mark.parametrize(("sizes", "most"), [((2,), 3), ((20,), 1000), ((2, 3), 30)])
def test_each_different_resample_is_estimated_once(sizes, most):
    counts = crossed_counts(sizes, 1000, 0)
    different, places_B = distinct(counts)
    assert len(different[0]) <= most and [one.shape[1] for one in different] == list(sizes)
    for one, all_of_it in zip(different, counts, strict=True):
        assert np.array_equal(one[places_B], all_of_it)


def test_the_mean_of_equal_values_is_in_its_interval():
    for value in np.random.default_rng(0).normal(size=50):
        values_R = np.full(7, value)
        low, high = mean_interval(values_R, 100, 0, 0.95)
        assert low <= values_R.mean() <= high
