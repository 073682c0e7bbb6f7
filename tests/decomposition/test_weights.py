"""Weights of points: in every mean over points and in its interval, as if points were repeated or left out."""

import numpy as np
import pytest

from biasvar.decomposition import decompose, tiles
from biasvar.decomposition.committees.committee import committee_risk, exact_interval
from biasvar.decomposition.gaussian import error_of_mean
from biasvar.decomposition.sensitivity import sensitivity

GENERATOR = np.random.default_rng(0)
N, R, K = 40, 12, 3
LOGITS = GENERATOR.standard_normal((R, N, K))
NUMBERS = GENERATOR.standard_normal((R, N)) + GENERATOR.standard_normal(N)
SHARES = GENERATOR.dirichlet(np.ones(K), N)
SHARES[:4] = [0.5, 0.5, 0.0]  # several optimal classes
VOTES = GENERATOR.multinomial(9, SHARES)
WEIGHTS = GENERATOR.integers(0, 4, N)
SCALE = GENERATOR.uniform(0.1, 2, N)
CASES = {
    "squared error": (NUMBERS, np.zeros(N), {"noise": SCALE}),
    "squared error of classes": (LOGITS, SHARES, {"outputs_are": "logits"}),
    "squared error and votes": (LOGITS, VOTES, {"outputs_are": "logits"}),
    "squared error, crossed": (LOGITS.reshape(4, 3, N, K), SHARES, {"outputs_are": "logits", "design": "crossed"}),
    "zero-one": (LOGITS, SHARES, {"loss": "zero_one", "outputs_are": "logits"}),
    "zero-one and labels": (LOGITS, SHARES.argmax(1), {"loss": "zero_one", "outputs_are": "logits"}),
    "zero-one, crossed": (
        LOGITS.reshape(4, 3, N, K), SHARES, {"loss": "zero_one", "outputs_are": "logits", "design": "crossed"}
    ),
    "cross-entropy": (LOGITS, VOTES, {"loss": "cross_entropy", "outputs_are": "logits"}),
    "absolute error": (NUMBERS, GENERATOR.standard_normal((N, 5)), {"loss": "absolute_error"}),
    "absolute error and noise": (
        NUMBERS, np.zeros(N), {"loss": "absolute_error", "noise": SCALE, "noise_distribution": "laplace"}
    ),
}  # fmt: skip


def at(points, case, **more):
    """Decompose a case at some of its points, each as often as it is named."""
    predictions, target, options = CASES[case]
    options = {name: value[points] if np.ndim(value) else value for name, value in options.items()}
    axis = predictions.ndim - (1 if predictions is NUMBERS else 2)
    return decompose(np.take(predictions, points, axis), target[points], resamples=200, **options, **more)


def numbers_of(parts, over="replicates"):
    """Return every number of a decomposition that rests on means over points."""
    found = {"risks": parts.risk_of_models, "plug_in": list(parts.plug_in.values())}
    for name in [name for name in parts.points if name not in ("c1", "c2", "residual")]:
        found[name] = parts.value(name)
    for name in parts.estimated:
        found[f"{name} error"] = parts.standard_error(name)
        for method in ("bootstrap", parts.default_method):
            found[f"{name} {method}"] = parts.interval(name, method=method, over=over)
    found["sensitivity"] = [(row.plug_in, row.corrected) for row in sensitivity(parts)]
    for rule in parts.family.COMMITTEES:
        found[rule] = committee_risk(parts, rule, [1, 2, 3])
    if parts.loss == "squared_error":
        found["committee"] = exact_interval(parts, 2, 0.95)
    if parts.contested:
        found["contested"] = [parts.contested.share, *parts.contested.bias, *parts.contested.central]
    return found


def assert_same(one, other):
    assert one.keys() == other.keys()
    for name, value in one.items():
        np.testing.assert_allclose(value, other[name], rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.fixture(params=[2**21, 2**9], ids=["one tile", "tiles"])
def tile_bytes(request, monkeypatch):
    """Points in one tile, or in several."""
    monkeypatch.setattr(tiles, "TILE_BYTES", request.param)
    monkeypatch.setattr(tiles, "FEWEST_POINTS", 7)


@pytest.mark.parametrize("case", CASES)
def test_whole_weights_are_points_that_come_so_often(case, tile_bytes):
    weighted = at(np.arange(N), case, weights=WEIGHTS)
    repeated = at(np.repeat(np.arange(N), WEIGHTS), case)
    assert_same(numbers_of(weighted), numbers_of(repeated))
    assert abs(weighted.risk / at(np.arange(N), case).risk - 1) > 1e-4, "weights that are left out are caught"


@pytest.mark.parametrize("case", CASES)
def test_a_weight_of_0_leaves_a_point_out_and_only_ratios_matter(case):
    kept = np.flatnonzero(np.arange(N) % 5)
    zero = at(np.arange(N), case, weights=np.where(np.arange(N) % 5, SCALE, 0) * 1e300)
    without = at(kept, case, weights=SCALE[kept])
    for over in ("replicates", "replicates_and_points"):
        assert_same(numbers_of(zero, over), numbers_of(without, over))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("over", ["replicates", "replicates_and_points"])
def test_equal_weights_are_none(case, over):
    assert_same(
        numbers_of(at(np.arange(N), case, weights=np.full(N, 3.0)), over), numbers_of(at(np.arange(N), case), over)
    )


def test_two_groups_of_points_have_their_weighted_mean():
    bias, noise, generator = np.repeat([0.0, 2.0], 500), np.repeat([1.0, 3.0], 500), np.random.default_rng(1)
    predictions = bias + np.repeat([0.5, 1.0], 500) * generator.standard_normal((400, 1000))
    parts = decompose(predictions, np.zeros(1000), noise=noise, weights=np.repeat([3.0, 1.0], 500))
    assert parts.noise == pytest.approx(0.75 * 1 + 0.25 * 3)
    assert parts.bias_squared == pytest.approx(0.25 * 4, rel=0.01)
    assert parts.variance == pytest.approx(0.75 * 0.25 + 0.25 * 1, rel=0.01)
    assert parts.risk == pytest.approx(parts.noise + parts.bias_squared + parts.variance, rel=1e-12)


def test_the_error_over_points_is_that_of_a_sample_drawn_from_another_distribution():
    generator, found, errors = np.random.default_rng(2), [], []
    for _ in range(2000):
        x = generator.uniform(0, 1, 100)  # the mean is over the density 2 x
        terms, weights = x**2 + generator.standard_normal(100), 2 * x
        found.append(np.average(terms, weights=weights))
        errors.append(error_of_mean(terms, weights))
    assert np.mean(found) == pytest.approx(0.5, abs=0.01)
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(np.std(found), rel=0.05)


def test_repeating_points_makes_no_larger_sample():
    terms = GENERATOR.standard_normal(30)
    alone = error_of_mean(terms, np.full(30, 3.0))
    assert alone == pytest.approx(error_of_mean(terms), rel=1e-12)
    assert error_of_mean(np.repeat(terms, 3)) < alone / 1.7, "weights that are taken for counts are caught"
    few = error_of_mean(terms, np.where(np.arange(30) < 2, 1.0, 1e-9))
    assert few == pytest.approx(error_of_mean(terms[:2]) * np.sqrt(0.5 * 30 / 29), rel=1e-6), "two points count"


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones(N - 1), r"weights have shape \(39,\)"),
        (np.ones((N, 1)), "one a point"),
        (-np.ones(N), "expected 0 or more"),
        (np.zeros(N), "and some above"),
        (np.full(N, np.nan), "weights: 40 values are not finite"),
        (np.full(N, "a"), "weights holds texts"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(weights, message):
    with pytest.raises(ValueError, match=message):
        at(np.arange(N), "squared error", weights=weights)


def test_one_point_with_weight_says_nothing_of_others():
    parts = at(np.arange(N), "squared error", weights=np.arange(N) == 3)
    assert np.isfinite(parts.interval("risk")).all()
    with pytest.raises(ValueError, match="one point says nothing about others"):
        parts.interval("risk", over="replicates_and_points")
