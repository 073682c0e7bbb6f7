"""Exact training where numbers are large, tiny, moved, equal or few, beside exact arithmetic and least squares."""

from fractions import Fraction

import numpy as np
import pytest

from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.models import FAMILIES
from biasvar.training import TRAININGS
from biasvar.training.exact.least_squares import LeastSquares
from biasvar.training.member import Draws, Member
from biasvar.training.settings.exact import Exact
from biasvar.training.train import train

DECAYS = (0.0, 1e-18, 1e-12, 1e-6, 0.1)


def problem(rows, features):
    generator = np.random.default_rng([rows, features])
    z, z_eval = generator.standard_normal((rows, features)), generator.standard_normal((5, features))
    return z, z_eval, generator.standard_normal((rows, 1)), generator.integers(1, 4, rows)


def fit(z, z_eval, y, counts, weight_decay, intercept=True):
    (fitted,) = LeastSquares(z, z_eval, y, counts, intercept).path([Exact(weight_decay=weight_decay)])
    return fitted


def exact_smoother(z, z_at, counts, intercept, weight_decay):
    """Return the weights of the repeated training rows in the predictions at some points, without any rounding."""
    rows = [[Fraction(value) for value in row] for row in np.repeat(z, counts, axis=0).tolist()]
    points = [[Fraction(value) for value in row] for row in z_at.tolist()]
    n = len(rows)
    if intercept:
        mean = [sum(column) / n for column in zip(*rows, strict=True)]
        rows, points = ([[a - b for a, b in zip(row, mean, strict=True)] for row in m] for m in (rows, points))
    columns = list(zip(*rows, strict=True))
    penalty = Fraction(weight_decay) * n / 2
    system = [
        [sum(a * b for a, b in zip(one, other, strict=True)) + penalty * (i == j) for j, other in enumerate(columns)]
        + list(one)
        for i, one in enumerate(columns)
    ]
    for k, pivot in enumerate(system):
        system[k] = pivot = [value / pivot[k] for value in pivot]
        for i, row in enumerate(system):
            if i != k:
                system[i] = [a - row[k] * b for a, b in zip(row, pivot, strict=True)]
    solved = [row[len(columns) :] for row in system]
    base = Fraction(int(intercept), n)
    by_row = list(zip(*solved, strict=True))
    return np.array([[float(base + sum(a * b for a, b in zip(p, c, strict=True))) for c in by_row] for p in points])


@pytest.mark.parametrize("shape", [(9, 9), (9, 4), (6, 9)])
@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("weight_decay", [1e-30, 1e-18, 1e-16, 1e-12, 1e-9, 1e-2])
def test_ridge_is_that_of_exact_arithmetic_at_every_weight_decay(shape, intercept, weight_decay):
    z, z_eval, y, counts = problem(*shape)
    fitted = fit(z, z_eval, y, counts, weight_decay, intercept)
    repeated = np.repeat(z, counts, axis=0)
    hat = exact_smoother(z, repeated, counts, intercept, weight_decay)
    weights = exact_smoother(z, z_eval, counts, intercept, weight_decay)
    assert np.allclose(fitted.eval_NK, weights @ np.repeat(y, counts, axis=0), rtol=1e-8, atol=1e-8)
    assert np.allclose(np.repeat(fitted.train_nK, counts, axis=0), hat @ np.repeat(y, counts, axis=0), atol=1e-8)
    assert fitted.model.smoother.degrees_of_freedom == pytest.approx(np.trace(hat), rel=1e-8)
    spent = len(repeated) * np.mean(np.sum(weights**2, axis=1))
    assert fitted.model.smoother.effective_parameters == pytest.approx(spent, rel=1e-8)


@pytest.mark.parametrize("weight_decay", [1e-18, 1e-14, 1e-10, 1e-6])
@pytest.mark.parametrize("rows", [31, 40])
def test_a_polynomial_of_degree_30_is_fitted_as_by_stacked_least_squares(rows, weight_decay):
    x = np.random.default_rng(rows).uniform(-1, 1, (rows, 1))
    grid = np.linspace(-0.9, 0.9, 50)[:, None]
    features = FAMILIES["polynomial"](degree=30).feature_matrix
    z, z_eval, y = features(x, 30, None), features(grid, 30, None), np.sin(5 * x)
    fitted = fit(z, z_eval, y, np.ones(rows, int), weight_decay)
    root = np.sqrt(rows * weight_decay / 2)
    stacked = np.vstack([z - z.mean(axis=0), root * np.eye(30)])
    w = np.linalg.lstsq(stacked, np.vstack([y - y.mean(), np.zeros((30, 1))]), rcond=None)[0]
    assert np.allclose(fitted.eval_NK, (z_eval - z.mean(axis=0)) @ w + y.mean(), atol=1e-7)
    assert fitted.model.smoother.degrees_of_freedom <= min(rows, 31) + 1e-9


@pytest.mark.parametrize("weight_decay", DECAYS)
@pytest.mark.parametrize("shape", [(20, 6), (12, 12), (6, 20)])
@pytest.mark.parametrize("factor", [1e-8, 1e8])
def test_what_scales_scales(shape, factor, weight_decay):
    z, z_eval, y, counts = problem(*shape)
    plain = fit(z, z_eval, y, counts, weight_decay)
    targets = fit(z, z_eval, y * factor, counts, weight_decay)
    inputs = fit(z * factor, z_eval * factor, y, counts, weight_decay * factor**2)
    assert np.allclose(targets.eval_NK / factor, plain.eval_NK, rtol=1e-9, atol=1e-9)
    assert np.allclose(inputs.eval_NK, plain.eval_NK, rtol=1e-8, atol=1e-8)
    for other in (targets, inputs):
        assert other.model.smoother.degrees_of_freedom == pytest.approx(
            plain.model.smoother.degrees_of_freedom, rel=1e-8
        )
        assert other.model.smoother.effective_parameters == pytest.approx(
            plain.model.smoother.effective_parameters, rel=1e-8
        )


@pytest.mark.parametrize("weight_decay", DECAYS)
@pytest.mark.parametrize("shape", [(20, 6), (12, 12), (6, 20)])
def test_features_may_be_moved_and_constant_ones_added(shape, weight_decay):
    z, z_eval, y, counts = problem(*shape)
    z, z_eval = (np.round(one * 2**20) / 2**20 for one in (z, z_eval))  # so that moving them rounds nothing
    plain = fit(z, z_eval, y, counts, weight_decay)
    moved = fit(z + 1e6, z_eval + 1e6, y, counts, weight_decay)
    constants = [np.full((len(one), 3), [0.1, 1e6 / 3, -7e-9]) for one in (z, z_eval)]
    added = fit(np.hstack([z, constants[0]]), np.hstack([z_eval, constants[1]]), y, counts, weight_decay)
    for other, error in ((moved, 1e-6), (added, 1e-8)):
        assert np.allclose(other.eval_NK, plain.eval_NK, atol=error)
        assert other.model.smoother.degrees_of_freedom == pytest.approx(
            plain.model.smoother.degrees_of_freedom, rel=error
        )
        assert other.model.smoother.effective_parameters == pytest.approx(
            plain.model.smoother.effective_parameters, rel=error
        )


@pytest.mark.parametrize("weight_decay", DECAYS)
@pytest.mark.parametrize("move", [0, 1e6])
def test_a_feature_that_comes_twice_is_the_feature_times_the_root_of_two(weight_decay, move):
    z, z_eval, y, counts = problem(20, 6)
    z, z_eval = (np.round(one * 2**20) / 2**20 + move for one in (z, z_eval))
    once = fit(z, z_eval, y, counts, weight_decay / 2)
    twice = fit(np.hstack([z, z]), np.hstack([z_eval, z_eval]), y, counts, weight_decay)
    assert np.allclose(once.eval_NK, twice.eval_NK, atol=1e-6 if move else 1e-9)
    assert once.model.smoother.degrees_of_freedom == pytest.approx(twice.model.smoother.degrees_of_freedom)


@pytest.mark.parametrize("weight_decay", DECAYS)
@pytest.mark.parametrize("features", [1, 4])
@pytest.mark.parametrize("rounding", [0, 1])
def test_rows_that_differ_by_rounding_alone_are_one_and_predict_their_mean(weight_decay, features, rounding):
    z = np.full((3, features), 1e6 / 3)
    z[1] += rounding * np.spacing(z[1])
    y = np.array([[0.1], [0.3], [0.2]])
    fitted = fit(z, np.linspace(0, 1e6, 7 * features).reshape(7, features), y, np.array([1, 1, 2]), weight_decay)
    assert np.allclose(fitted.eval_NK, 0.2, atol=1e-6)
    assert fitted.model.smoother.degrees_of_freedom == pytest.approx(
        1
    ) and fitted.model.smoother.effective_parameters == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("n_train", [1, 2, 3])
def test_a_training_set_of_one_distinct_row_gives_a_constant(n_train):
    data = SOURCES["synthetic"](n_pool=3, n_train=n_train, n_eval=20)
    trainings = [TRAININGS["exact"](weight_decay=weight_decay) for weight_decay in DECAYS]
    trained = train(
        [
            Member(data, SCHEMES["bootstrap"](), FAMILIES["polynomial"](degree=1), training, "cpu", 17, Draws.joint(r))
            for r in range(60)
            for training in trainings
        ]
    )
    alike = [one for one in trained if one.outcome.n_distinct == 1]
    assert len(alike) >= len(DECAYS)
    for one in trained:
        assert one.outcome.measures["degrees_of_freedom"] <= one.outcome.n_distinct + 1e-9
    for one in alike:
        assert np.ptp(one.outputs_NK) == 0 and one.outcome.train_risk["squared_error"] < 1e-30
