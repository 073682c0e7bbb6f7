"""P(A better): exact cases, and other people's implementations."""

import numpy as np
import pytest
import scipy.stats

from biasvar.results.comparison.better import independent_pairs, share_better

LEVEL = 0.95


def scores(one, other):
    return np.where(one[:, None] < other, 1.0, np.where(one[:, None] == other, 0.5, 0.0))


def test_equal_risks_are_ties_and_ties_count_half():
    risk_R = np.arange(6.0)
    for paired in (True, False):
        share, low, high = share_better(risk_R, risk_R, paired, LEVEL)
        assert share == 0.5 and low == pytest.approx(1 - high) and low < 0.2


@pytest.mark.parametrize(("wins", "n"), [(0, 7), (3, 10), (20, 20), (11, 50)])
def test_paired_is_the_interval_of_clopper_and_pearson(wins, n):
    one, other = np.zeros(n), np.where(np.arange(n) < wins, 1.0, -1.0)
    share, low, high = share_better(one, other, True, 0.9)
    exact = scipy.stats.binomtest(wins, n).proportion_ci(0.9, method="exact")
    assert share == wins / n and (low, high) == pytest.approx((exact.low, exact.high))


def test_unpaired_is_the_statistic_of_mann_and_whitney_over_all_pairs():
    generator = np.random.default_rng(0)
    one, other = generator.integers(0, 9, 8).astype(float), generator.integers(2, 11, 13).astype(float)
    share, low, high = share_better(one, other, False, LEVEL)
    assert share == pytest.approx(scipy.stats.mannwhitneyu(other, one).statistic / (8 * 13))
    assert 0 <= low < share < high <= 1


def test_the_number_of_independent_pairs_is_by_delong_within_what_others_allow():
    generator = np.random.default_rng(1)
    narrow, wide = np.full(40, 0.1) + 1e-6 * generator.standard_normal(40), generator.standard_normal(12)
    found = scores(narrow, wide)
    p, inflated = found.mean(), (scipy.stats.t.ppf(0.975, 11) / scipy.stats.norm.ppf(0.975)) ** 2
    by_delong = p * (1 - p) / (found.mean(axis=0).var(ddof=1) / 12)
    assert by_delong / inflated < independent_pairs(found, LEVEL) == 12
    generator = np.random.default_rng(2)
    many, more = generator.standard_normal(400), generator.standard_normal(300)
    found = scores(many, more)
    p, inflated = found.mean(), (scipy.stats.t.ppf(0.975, 299) / scipy.stats.norm.ppf(0.975)) ** 2
    by_delong = found.mean(axis=1).var(ddof=1) / 400 + found.mean(axis=0).var(ddof=1) / 300
    expected = p * (1 - p) / (by_delong * inflated)
    assert 300 < expected < 360_000 / 701
    assert independent_pairs(found, LEVEL) == pytest.approx(expected)
    apart = scores(np.zeros(10), np.ones(20))
    assert independent_pairs(apart, LEVEL) == pytest.approx(600 / 31)


def test_samples_that_do_not_overlap_are_not_certain():
    share, low, high = share_better(np.zeros(10), np.ones(10), False, LEVEL)
    assert share == high == 1 and 0.7 < low < 0.9


def test_rounding_is_a_tie_and_swapping_turns_the_share():
    one = np.array([1.0, 2.0, 3.0, 4.0])
    assert share_better(one, one * (1 + 1e-15), True, LEVEL).value == 0.5
    other = np.array([2.0, 1.0, 5.0])
    share, low, high = share_better(one, other, False, LEVEL)
    turned = share_better(other, one, False, LEVEL)
    assert (1 - turned.value, 1 - turned.high, 1 - turned.low) == pytest.approx((share, low, high))


COVERAGE = {
    "gaussian": lambda generator, n, shift: generator.standard_normal(n) + shift,
    "cauchy": lambda generator, n, shift: generator.standard_cauchy(n) + shift,
    "exponential": lambda generator, n, shift: generator.exponential(1 + shift, n),
    "narrow": lambda generator, n, shift: (1.0 if shift else 0.05) * generator.standard_normal(n) + shift,
}


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(6, 6), (10, 30), (20, 20), (50, 50)])
@pytest.mark.parametrize("kind", COVERAGE)
@pytest.mark.parametrize("shift", [0.5, 2.0])
def test_intervals_of_independent_samples_cover(kind, sizes, shift):
    """At a nominal 95 %."""
    draw, generator = COVERAGE[kind], np.random.default_rng(3)
    many, few = draw(generator, 4000, 0.0), draw(generator, 4000, shift)
    truth = (many[:, None] < few).mean()
    covered = 0
    for _ in range(1500):
        _, low, high = share_better(draw(generator, sizes[0], 0.0), draw(generator, sizes[1], shift), False, LEVEL)
        covered += low <= truth <= high
    print(kind, sizes, shift, f"{truth:.3f}", covered / 1500)
    assert covered / 1500 >= 0.94
