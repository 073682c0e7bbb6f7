"""The spread of accuracy: the part of the finite set of points is taken out exactly, under every weight and design."""

from itertools import combinations

import numpy as np
import pytest

from biasvar.decomposition import decompose
from biasvar.decomposition.spread.accuracy import calibrated_spread, spread_of_accuracy

POINTS = 60


def decomposed(right, design="joint", **options):
    """Decompose models [*sizes, N] that are right or wrong about two classes."""
    target = np.arange(right.shape[-1]) % 2
    votes = np.where(right, target, 1 - target)
    return decompose(votes, target, loss="zero_one", design=design, labels=[0, 1], resamples=2, **options)


def spread(right, design="joint", level=0.95, **options):
    return spread_of_accuracy(decomposed(right, design, **options), level)


def models(seed, sizes, scale=0.0, points=POINTS):
    """Models that are right independently at each point with probability p_n, but for an effect of each model."""
    generator = np.random.default_rng(seed)
    share = np.linspace(0.55, 0.95, points) + scale * generator.standard_normal((*sizes, 1))
    return generator.random((*sizes, points)) < share


@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_the_covariance_between_points(weighted):
    right = models(0, (7,), 0.1)
    weights = np.random.default_rng(1).exponential(size=POINTS) if weighted else None
    share = np.full(POINTS, 1 / POINTS) if weights is None else weights / weights.sum()
    found = spread(right, weights=weights)["all"]
    terms = np.outer(share, share) * np.cov(right.T.astype(float))
    between = terms.sum() - np.trace(terms)
    assert found.variance == pytest.approx((right @ share).var(ddof=1))
    assert found.of_points == pytest.approx(np.trace(terms))
    assert found.between_points == pytest.approx(between)
    assert found.over_distribution == pytest.approx(between / (1 - share @ share))


def test_it_is_the_published_formula():
    right = models(2, (9,), 0.1)
    share = right.mean(axis=0)
    found = spread(right)["all"]
    of_points = np.mean(share * (1 - share)) * 9 / (8 * POINTS)
    assert found.between_points == pytest.approx(right.mean(axis=1).var(ddof=1) - of_points)
    assert found.over_distribution == pytest.approx(found.between_points * POINTS / (POINTS - 1))


def test_points_that_all_models_get_wrong_together_have_no_part_of_their_own_but_one_over_n():
    right = np.repeat(np.arange(10)[:, None] % 3 > 0, POINTS, axis=1)
    found = spread(right)["all"]
    assert found.of_points == pytest.approx(found.variance / POINTS)
    assert found.over_distribution == pytest.approx(found.variance)


def mean_over_studies(statistic, scale, studies=200):
    values = np.array([statistic(spread(models(seed, (6,), scale))["all"]) for seed in range(studies)])
    return values.mean(), values.std(ddof=1) / np.sqrt(studies)


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("scale", [0.0, 0.03])
def test_it_is_unbiased_where_the_spread_as_it_is_measured_is_not(scale):
    # A share of right ones shifted by the model's effect makes the covariance of any two points scale^2.
    truth = scale**2
    mean, error = mean_over_studies(lambda found: found.over_distribution, scale)
    assert abs(mean - truth) <= 4 * error
    naive, error = mean_over_studies(lambda found: found.variance, scale)
    assert naive - truth > 10 * error


@pytest.mark.slow
@pytest.mark.ci
def test_weighted_points_are_unbiased_too():
    weights = np.random.default_rng(0).exponential(size=POINTS)
    values = [spread(models(seed, (6,), 0.03), weights=weights)["all"].over_distribution for seed in range(200)]
    assert abs(np.mean(values) - 0.03**2) <= 4 * np.std(values) / np.sqrt(200)


def test_negative_estimates_are_kept_with_an_interval_about_them():
    found = [spread(models(seed, (6,)))["all"] for seed in range(40)]
    assert 10 < sum(one.between_points < 0 for one in found) < 35
    for one in found:
        for name in ("between_points", "over_distribution"):
            low, high = getattr(one, f"{name}_interval")
            assert low < getattr(one, name) < high


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize(("scale", "sizes"), [(0.0, (6,)), (0.03, (12,))])
def test_nineteen_in_twenty_intervals_hold_the_truth(scale, sizes):
    share = np.linspace(0.55, 0.95, POINTS)
    truth = scale**2 * (1 - 1 / POINTS)
    intervals = [spread(models(seed, sizes, scale))["all"].between_points_interval for seed in range(400)]
    assert share.max() + 3 * scale < 1.05, "shares are hardly ever cut at 1"
    assert 0.92 <= np.mean([low <= truth <= high for low, high in intervals]) <= 0.985


def pairs_of(sizes, apart):
    """All pairs of models whose seeds differ in some sources and are equal in the others."""
    every = list(np.ndindex(*sizes))
    return [
        (one, other)
        for one, other in combinations(every, 2)
        if all((a != b) == (place in apart) for place, (a, b) in enumerate(zip(one, other, strict=True)))
    ]


@pytest.mark.parametrize("weighted", [False, True])
def test_crossed_sources_have_the_spread_of_pairs_that_differ_in_them(weighted):
    sizes, right = (3, 4, 2), models(3, (3, 4, 2), 0.1)
    weights = np.random.default_rng(4).exponential(size=POINTS) if weighted else np.ones(POINTS)
    share = weights / weights.sum()
    found = spread(right, "crossed", sources=("data", "init", "dropout"), weights=weights if weighted else None)
    names = {"data": (0,), "init": (1,), "dropout": (2,), "all": (0, 1, 2)}
    names |= {"data+init": (0, 1), "data+dropout": (0, 2), "init+dropout": (1, 2)}
    assert set(found) == set(names)
    for name, apart in names.items():
        apart_N = np.array([right[one].astype(float) - right[other] for one, other in pairs_of(sizes, apart)])
        assert found[name].variance == pytest.approx(np.mean((apart_N @ share) ** 2) / 2)
        assert found[name].of_points == pytest.approx(np.mean(apart_N**2 @ share**2) / 2)


def test_models_of_a_nested_design_share_an_outer_set_or_nothing():
    assert list(spread(models(5, (4, 3)), "nested")) == ["inner", "all"]


def test_one_point_has_no_other():
    found = spread(models(6, (5,), points=1))["all"]
    assert found.between_points == pytest.approx(0)
    assert np.isnan(found.over_distribution)


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("weighted", [False, True])
def test_calibrated_votes_of_two_classes_have_the_spread_that_their_risk_says(weighted):
    # Vote shares are calibrated if a point's label is 1 as often as models vote for it.
    generator = np.random.default_rng(7)
    points, studies, replicates = 80, 200, 10
    weights = generator.exponential(size=points) if weighted else None
    law, found = [], []
    for _ in range(studies):
        share = generator.random(points)
        target, votes = generator.random(points) < share, generator.random((replicates, points)) < share
        options = {"loss": "zero_one", "labels": [0, 1], "design": "joint", "resamples": 2, "weights": weights}
        parts = decompose(votes.astype(int), target.astype(int), **options)
        law.append(calibrated_spread(parts) ** 2)
        found.append(spread_of_accuracy(parts)["all"].variance)
        if not weighted:
            assert law[-1] == pytest.approx(parts.risk / (2 * points))
    apart = np.subtract(law, found)
    assert abs(apart.mean()) <= 4 * apart.std() / np.sqrt(studies)


def test_three_classes_and_distributions_of_labels_have_no_calibrated_law():
    votes = np.random.default_rng(8).integers(0, 2, (5, 10))
    three = decompose(votes, votes[0], loss="zero_one", labels=[0, 1, 2], design="joint", resamples=2)
    distribution = np.full((10, 2), 0.5)
    uncertain = decompose(votes, distribution, loss="zero_one", labels=[0, 1], design="joint", resamples=2)
    assert np.isnan(calibrated_spread(three))
    assert np.isnan(calibrated_spread(uncertain))
