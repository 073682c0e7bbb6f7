"""Nested designs: components against closed forms, and wrong estimators that the same numbers catch."""

import numpy as np
import pytest

from biasvar.decomposition import decompose
from biasvar.decomposition.committees.committee import committee_risk
from biasvar.decomposition.committees.correlation import correlation_of

N, OUTER, INNER = 8, 4, 3


def resamples(points, rng):
    """Return fresh sets of uniform numbers, and bootstrap samples of each: [I, J, points, n], one study a point."""
    sets = rng.random((OUTER, 1, points, N))
    return np.take_along_axis(sets, rng.integers(0, N, (OUTER, INNER, points, N)), axis=3)


def of_mean():
    """Return the components of the mean of a bootstrap sample: sigma^2 / n, and sigma^2 (n - 1) / n^2."""
    return 1 / 12 / N, 1 / 12 * (N - 1) / N**2


def of_minimum():
    """Return those of its minimum, from the moments of order statistics.

    The bootstrap minimum is the k-th smallest of the set with probability ((n - k + 1)^n - (n - k)^n) / n^n.
    """
    k = np.arange(1, N + 1)
    chance_k = ((N - k + 1) / N) ** N - ((N - k) / N) ** N
    low, high = np.minimum.outer(k, k), np.maximum.outer(k, k)
    product_kk = low * (high + 1) / ((N + 1) * (N + 2))  # E X_(j) X_(k)
    mean = chance_k @ (k / (N + 1))
    of_means = chance_k @ product_kk @ chance_k
    return of_means - mean**2, chance_k @ np.diag(product_kk) - of_means


TRUTH = {"mean": (np.mean, of_mean()), "minimum": (np.min, of_minimum())}


@pytest.mark.parametrize("name", TRUTH)
def test_components_of_the_bootstrap_within_fresh_sets_are_exact(name):
    statistic, (outer, inner) = TRUTH[name]
    predictions = statistic(resamples(40_000, np.random.default_rng(1)), axis=3)
    truth = predictions.mean()
    parts = decompose(predictions, np.full(40_000, truth), noise=0.0, design="nested")

    def distance(estimate_N, expected):
        return abs(estimate_N.mean() - expected) / (estimate_N.std(ddof=1) / np.sqrt(estimate_N.size))

    found = parts.points
    assert distance(found["variance_outer"], outer) < 4
    assert distance(found["variance_inner"], inner) < 4
    assert distance(found["variance"], outer + inner) < 4
    assert distance(found["bias_squared"], 0.0) < 4
    np.testing.assert_allclose(found["variance_outer"] + found["variance_inner"], found["variance"])
    np.testing.assert_allclose(found["variance_inner"], predictions.var(axis=1, ddof=1).mean(axis=0), atol=1e-15)
    # Not corrected for the finite number of inner draws, the outer component is too large by a third of the inner one.
    assert distance(predictions.mean(axis=1).var(axis=0, ddof=1), outer) > 20
    # Models of one bootstrap, taken for independent replicates, have too much bias.
    joint = decompose(predictions.reshape(-1, 40_000), np.full(40_000, truth), noise=0.0)
    assert distance(joint.points["bias_squared"], 0.0) > 20


def test_a_bagged_committee_is_one_inside_a_fresh_set():
    points = 40_000
    predictions = resamples(points, np.random.default_rng(2)).mean(axis=3)
    parts = decompose(predictions, np.full(points, 0.5), noise=0.0, design="nested")
    outer, inner = of_mean()
    assert correlation_of(parts).rho == pytest.approx(N / (2 * N - 1), rel=0.02), "two bootstrap means of n numbers"
    expected = [outer + inner, outer + inner / INNER]
    np.testing.assert_allclose(committee_risk(parts, "mean", [1, INNER]), expected, rtol=0.02)
    bagged = np.square(predictions.mean(axis=1) - 0.5).mean()
    assert committee_risk(parts, "mean", [INNER])[0] == pytest.approx(bagged, rel=1e-9)


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("name", ["variance_outer", "variance_inner", "variance"])
def test_intervals_of_components_hold_the_truth_as_often_as_they_say(name):
    rng = np.random.default_rng(3)
    truth = {"variance_outer": 1.0, "variance_inner": 0.5, "variance": 1.5}[name]
    held = 0
    for _ in range(400):
        outer, inner = rng.standard_normal((12, 1, 20)), np.sqrt(0.5) * rng.standard_normal((12, 5, 20))
        low, high = decompose(outer + inner, np.zeros(20), noise=0.0, design="nested").interval(name)
        held += low <= truth <= high
    assert 0.91 <= held / 400 <= 0.985


@pytest.mark.parametrize("loss", ["zero_one", "cross_entropy", "absolute_error"])
def test_other_losses_close_too(loss):
    rng = np.random.default_rng(4)
    if loss == "absolute_error":
        parts = decompose(rng.standard_normal((5, 4, 30)), np.zeros(30), loss=loss, noise=0.0, design="nested")
    else:
        weights = rng.random((5, 4, 30, 3)) + 0.1
        predictions = weights / weights.sum(axis=-1, keepdims=True)
        parts = decompose(predictions, rng.integers(0, 3, 30), loss=loss, design="nested", outputs_are="probabilities")
    assert np.abs(parts.points["residual"]).max() < 1e-12 and np.isfinite(parts.interval("risk")).all()
