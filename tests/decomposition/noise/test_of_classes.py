"""Estimates and bounds of a Bayes error that is known: Gaussian classes with known posteriors."""

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import binomtest

from biasvar.decomposition.noise.estimate import Estimate, mean_of, mean_of_sharing
from biasvar.decomposition.noise.neighbours import nearest_neighbours
from biasvar.decomposition.noise.of_classes import cover_hart_bounds, nearest_neighbour_error, soft_label_error


def two_gaussians(points, seed, distance=2.0, dimension=2):
    """Return x, labels and the posterior of two unit Gaussians; the Bayes error is Phi(-distance / 2)."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 2, points)
    x = generator.standard_normal((points, dimension))
    x[:, 0] += distance * (labels - 0.5)
    right = 1 / (1 + np.exp(-distance * x[:, 0]))
    return x, labels, np.stack([1 - right, right], axis=1)


BAYES = float(ndtr(-1.0))


def test_soft_labels_that_miss_one_have_no_negative_error():
    assert soft_label_error(np.array([[1 + 5e-7, 0.0], [0.0, 1 + 5e-7]])).value == 0


def test_soft_labels_that_are_the_law_give_the_bayes_error():
    estimate = soft_label_error(two_gaussians(20_000, 0)[2])
    assert abs(estimate.value - BAYES) < 4 * estimate.standard_error < 0.01


@pytest.mark.parametrize("votes", [1, 3, 10])
def test_shares_of_few_votes_make_the_soft_label_error_too_low(votes):
    distribution = two_gaussians(20_000, 1)[2]
    share = np.random.default_rng(2).binomial(votes, distribution[:, 1]) / votes
    estimate = soft_label_error(np.stack([1 - share, share], axis=1))
    assert estimate.value < BAYES - 4 * estimate.standard_error
    assert votes > 1 or estimate.value == 0


def test_the_downward_bias_at_two_equally_likely_classes_is_as_said():
    m = 100
    share = np.random.default_rng(3).binomial(m, 0.5, 50_000) / m
    estimate = soft_label_error(np.stack([1 - share, share], axis=1))
    assert 0.5 - estimate.value == pytest.approx(1 / np.sqrt(2 * np.pi * m), rel=0.02)


def test_the_nearest_neighbours_error_and_its_bounds_hold_the_bayes_error():
    x, labels, distribution = two_gaussians(4000, 4)
    estimate = nearest_neighbour_error(x, labels)
    # Cover and Hart's limit: the error of the nearest neighbour is the mean of 2 p (1 - p).
    limit = float(np.mean(np.sum(distribution * (1 - distribution), axis=1)))
    assert abs(estimate.value - limit) < 4 * estimate.standard_error
    lower, upper = cover_hart_bounds(estimate.value, 2)
    assert lower < BAYES < upper


def test_more_neighbours_come_nearer_to_the_bayes_error_from_above():
    x, labels, _ = two_gaussians(4000, 5)
    one, many = nearest_neighbour_error(x, labels, 1), nearest_neighbour_error(x, labels, 31)
    assert BAYES - 3 * many.standard_error < many.value < one.value - 3 * many.standard_error


def test_a_point_that_is_its_own_neighbour_is_caught():
    x, labels, _ = two_gaussians(500, 6)
    own = np.argmin(((x[:, None] - x) ** 2).sum(axis=2), axis=1)
    assert np.mean(labels[own] != labels) == 0, "the negative control has no error at all"
    assert nearest_neighbour_error(x, labels).value > 0.1


def test_in_many_dimensions_the_lower_bound_lies_above_the_bayes_error():
    x, labels, _ = two_gaussians(300, 7, dimension=1000)
    lower, upper = cover_hart_bounds(nearest_neighbour_error(x, labels).value, 2)
    assert BAYES < lower < upper, "as its docstring says: a neighbour's distribution is another one there"


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_bounds_meet_where_there_is_nothing_or_everything_to_err(classes):
    most = (classes - 1) / classes
    assert cover_hart_bounds(0, classes) == (0, 0)
    assert cover_hart_bounds(most, classes) == (pytest.approx(most), most)
    # A Bayes error of 0.1 has at most R = R* (2 - K / (K - 1) R*), and the lower bound is its inverse.
    assert cover_hart_bounds(0.1 * (2 - 0.1 / most), classes)[0] == pytest.approx(0.1)
    assert cover_hart_bounds(1.0, classes)[0] == most


@pytest.mark.parametrize("inputs", [(300, 3), (40, 2, 5)])
@pytest.mark.parametrize("k", [1, 4])
def test_neighbours_are_those_of_the_plain_definition(inputs, k, monkeypatch):
    monkeypatch.setattr("biasvar.decomposition.noise.neighbours.DISTANCES_IN_MEMORY", 7 * inputs[0])
    x = np.random.default_rng(8).standard_normal(inputs)
    flat = x.reshape(len(x), -1)
    squares = ((flat[:, None] - flat) ** 2).sum(axis=2) + np.diag(np.full(len(x), np.inf))
    assert np.array_equal(nearest_neighbours(x, k), np.argsort(squares, axis=1)[:, :k])


def test_equal_distances_are_taken_in_a_seeded_order_that_favours_no_place():
    same = np.zeros((1000, 2))
    first = nearest_neighbours(same, 1, seed=1)
    assert np.array_equal(first, nearest_neighbours(same, 1, seed=1))
    assert not np.array_equal(first, nearest_neighbours(same, 1, seed=2))
    assert np.all(first[:, 0] != np.arange(1000)) and first.max() > 10


@pytest.mark.parametrize("k", [1, 15])
def test_the_standard_error_of_the_neighbours_error_is_its_spread_over_samples(k):
    estimates = [nearest_neighbour_error(*two_gaussians(300, seed)[:2], k) for seed in range(200)]
    spread = np.std([one.value for one in estimates], ddof=1)
    assert np.mean([one.standard_error for one in estimates]) == pytest.approx(spread, rel=0.25)


def test_terms_that_share_points_are_not_counted_as_independent():
    # Each term is there twice: the naive standard error is too small by sqrt(2).
    terms = np.repeat(np.random.default_rng(9).standard_normal(500), 2)
    points = np.repeat(np.arange(500), 2)[:, None]
    assert mean_of_sharing(terms, points, 500).standard_error == pytest.approx(
        np.sqrt(2) * mean_of(terms).standard_error, rel=0.01
    )


def test_an_interval_has_the_level_that_it_says():
    assert Estimate(1.0, 0.5).interval(0.95) == pytest.approx((1 - 0.5 * 1.959964, 1 + 0.5 * 1.959964))


X = np.zeros((5, 2))
LABELS = np.array([0, 1, 0, 1, 0])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: nearest_neighbour_error(X, LABELS[:4]), r"labels have shape \(4,\); expected \[N\] with N = 5"),
        (lambda: nearest_neighbour_error(X, np.array([0, 1, np.nan, 1, 0])), "1 labels are NaN"),
        (lambda: nearest_neighbour_error(X, LABELS, k=5), "k = 5; expected k of at least 1 and k"),
        (lambda: nearest_neighbour_error(X, LABELS, k=0), "k = 0; expected"),
        (lambda: nearest_neighbour_error(np.zeros((5, 0)), LABELS), r"inputs have shape \(5, 0\)"),
        (lambda: nearest_neighbour_error(np.full((5, 2), np.inf), LABELS), r"inputs: 10 values are not finite"),
        (lambda: cover_hart_bounds(1.2, 3), "error_1nn = 1.2"),
        (lambda: cover_hart_bounds(0.2, 1), "with 1 classes"),
        (lambda: soft_label_error(np.full((4, 2), 0.4)), "sum to 0.8"),
        (lambda: soft_label_error(np.array([[0.5, 0.5]])), "at least two points"),
        (lambda: soft_label_error(np.array([[1.5, -0.5], [1, 0]])), r"the probability at \(0, 1\) is -0.5"),
    ],
)
def test_bad_input_is_refused_with_what_was_found(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_no_error_among_few_points_leaves_the_error_open():
    for points, high in ((2, 0.975), (20, 1 - 0.025 ** (1 / 10)), (2000, 1 - 0.025 ** (1 / 1000))):
        none = nearest_neighbour_error(np.random.default_rng(0).random((points, 2)), np.zeros(points, dtype=int))
        # Each of P / 2 pairs may agree by chance: no errors have the probability (1 - error)^(P / 2) at most.
        assert none.interval(0.95) == (0.0, pytest.approx(high))
    all_wrong = nearest_neighbour_error(np.array([[0.0], [1.0]]), np.array([0, 1]))
    assert all_wrong.value == 1 and all_wrong.interval(0.95) == (pytest.approx(0.025), 1.0)


@pytest.mark.parametrize("points", [2, 5, 20, 200])
@pytest.mark.parametrize("rate", [0.002, 0.05, 0.5])
@pytest.mark.parametrize("k", [1, 15])
def test_the_interval_of_the_neighbours_error_holds_what_it_is_an_estimate_of(points, rate, k):
    # Labels that x says nothing of: two differ with probability 2 p (1 - p); the majority errs p of the time at least.
    if points <= k:
        return
    generator, held, studies = np.random.default_rng(10), 0, 200
    truth = 2 * rate * (1 - rate) if k == 1 else rate
    for seed in range(studies):
        x, labels = generator.random((points, 2)), (generator.random(points) < rate).astype(int)
        low, high = nearest_neighbour_error(x, labels, k, seed).interval(0.95)
        held += (low <= truth <= high) if k == 1 else truth <= high
    assert held >= 0.93 * studies - 4 * np.sqrt(0.05 * 0.95 * studies)


@pytest.mark.parametrize("value", [0.002, 0.2, 0.5, 0.98])
def test_the_interval_of_a_share_is_clopper_and_pearsons_and_nears_the_normal_one(value):
    n = 1000
    found = Estimate(value, (value * (1 - value) / n) ** 0.5, 1.0, n).interval(0.95)
    exact = binomtest(round(value * n), n).proportion_ci(0.95)
    assert found == (pytest.approx(exact.low, rel=1e-9), pytest.approx(exact.high, rel=1e-9))
    assert Estimate(7 * value, 7e-6, 7.0, n).interval(0.95) == pytest.approx(Estimate(7 * value, 7e-6).interval(0.95))
