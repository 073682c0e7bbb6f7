import numpy as np
import pytest

from biasvar.settings import identity_of
from biasvar.training.exact.least_squares import LeastSquares
from biasvar.training.measures import MEASURES
from biasvar.training.settings.exact import Exact


def problem(rows, features, outputs=2):
    generator = np.random.default_rng([rows, features, outputs])  # the same, whichever tests ran before
    z, z_eval = generator.standard_normal((rows, features)), generator.standard_normal((7, features))
    return z, z_eval, generator.standard_normal((rows, outputs)), generator.integers(1, 4, rows)


def fit(z, z_eval, y, counts, intercept, *weight_decays):
    return list(LeastSquares(z, z_eval, y, counts, intercept).path([Exact(weight_decay=w) for w in weight_decays]))


@pytest.mark.parametrize("shape", [(30, 10), (10, 30), (20, 20)])
@pytest.mark.parametrize("intercept", [True, False])
def test_ridge_equals_scikit_learn_with_counts_as_weights(shape, intercept):
    from sklearn.linear_model import Ridge

    z, z_eval, y, counts = problem(*shape)
    for weight_decay, fitted in zip(
        (1e-3, 0.1, 3.0), fit(z, z_eval, y, counts, intercept, 1e-3, 0.1, 3.0), strict=True
    ):
        alpha = counts.sum() * weight_decay / 2
        theirs = Ridge(alpha=alpha, fit_intercept=intercept, solver="svd").fit(z, y, sample_weight=counts)
        assert np.allclose(fitted.eval_NK, theirs.predict(z_eval), atol=1e-9)
        assert np.allclose(fitted.train_nK, theirs.predict(z), atol=1e-9)


def test_weight_decay_is_that_of_a_mean_squared_error_in_torch():
    import torch

    z, z_eval, y, _ = problem(25, 6)
    counts = np.ones(25, int)
    (fitted,) = fit(z, z_eval, y, counts, False, 0.3)
    w = torch.zeros(6, 2, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.05, weight_decay=0.3)
    for _ in range(2000):
        optimizer.zero_grad()
        ((torch.tensor(z) @ w - torch.tensor(y)) ** 2).sum(dim=1).mean().backward()
        optimizer.step()
    assert np.allclose(fitted.eval_NK, z_eval @ w.detach().numpy(), atol=1e-9)


@pytest.mark.parametrize("shape", [(30, 10), (10, 30), (20, 20)])
def test_no_weight_decay_is_the_minimum_norm_solution(shape):
    z, z_eval, y, counts = problem(*shape)
    root = np.sqrt(counts)[:, None]
    (fitted,) = fit(z, z_eval, y, counts, False, 0.0)
    assert np.allclose(fitted.eval_NK, z_eval @ (np.linalg.pinv(z * root) @ (y * root)), atol=1e-7)


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("shape", [(30, 10), (10, 30), (20, 20)])
def test_leading_directions_are_a_projection_of_the_evaluation_points(shape, weight_decay, intercept):
    z, z_eval, y, counts = problem(*shape)
    centre = np.average(z, axis=0, weights=counts) * intercept
    _, sigma, right = np.linalg.svd((z - centre) * np.sqrt(counts)[:, None], full_matrices=False)
    projected = centre + (z_eval - centre) @ right[:4].T @ right[:4]
    (whole,) = fit(z, projected, y, counts, intercept, weight_decay)
    training = Exact(weight_decay=weight_decay, directions=4)
    (leading,) = LeastSquares(z, z_eval, y, counts, intercept, directions=4).path([training])
    assert np.allclose(leading.eval_NK, whole.eval_NK, atol=1e-9)
    assert leading.model.smoother.degrees_of_freedom <= 4 + intercept + 1e-9
    if weight_decay == 0:  # the same as dropping the other singular values by their size
        (cut,) = LeastSquares(z, z_eval, y, counts, intercept).path([Exact(cutoff=sigma[3:5].mean() / sigma[0])])
        assert np.allclose(leading.eval_NK, cut.eval_NK, atol=1e-9)


def test_more_directions_than_there_are_change_nothing_and_the_neutral_value_is_no_part_of_the_identity():
    z, z_eval, y, counts = problem(30, 10)
    (whole,) = fit(z, z_eval, y, counts, True, 0.0)
    (same,) = LeastSquares(z, z_eval, y, counts, True, directions=11).path([Exact(directions=11)])
    assert np.array_equal(whole.eval_NK, same.eval_NK)
    assert "directions" not in identity_of(Exact()) and identity_of(Exact(directions=3))["directions"] == 3


def test_small_weight_decay_tends_to_the_minimum_norm_solution():
    z, z_eval, y, counts = problem(10, 30)
    limit, nearby = fit(z, z_eval, y, counts, True, 0.0, 1e-10)
    assert np.allclose(limit.eval_NK, nearby.eval_NK, atol=1e-7)


@pytest.mark.parametrize("shape", [(30, 10), (10, 30)])
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_counts_mean_the_same_as_repeated_rows(shape, weight_decay):
    z, z_eval, y, counts = problem(*shape)
    (weighted,) = fit(z, z_eval, y, counts, True, weight_decay)
    repeated = [np.repeat(a, counts, axis=0) for a in (z, y)]
    (copied,) = fit(repeated[0], z_eval, repeated[1], np.ones(counts.sum(), int), True, weight_decay)
    assert np.allclose(weighted.eval_NK, copied.eval_NK, atol=1e-8)


def test_the_intercept_is_not_penalised():
    z, z_eval, y, counts = problem(30, 5)
    plain, shifted = (fit(z, z_eval, y + shift, counts, True, 2.0)[0] for shift in (0, 1000))
    assert np.allclose(shifted.eval_NK - plain.eval_NK, 1000, atol=1e-8)


def test_no_features_predict_the_mean_with_an_intercept_and_zero_without():
    z, z_eval, y, counts = problem(30, 0)
    for weight_decay in (0.0, 0.1):
        assert np.allclose(
            fit(z, z_eval, y, counts, True, weight_decay)[0].eval_NK, np.average(y, axis=0, weights=counts)
        )
        assert np.array_equal(fit(z, z_eval, y, counts, False, weight_decay)[0].eval_NK, np.zeros((7, 2)))


def test_the_path_at_each_weight_decay_is_the_fit_alone_bit_for_bit():
    z, z_eval, y, counts = problem(20, 12)
    together = fit(z, z_eval, y, counts, True, 0.0, 0.1, 1.0)
    for weight_decay, fitted in zip((0.0, 0.1, 1.0), together, strict=True):
        assert np.array_equal(fitted.eval_NK, fit(z, z_eval, y, counts, True, weight_decay)[0].eval_NK)


@pytest.mark.parametrize("shape", [(60, 33), (33, 33), (33, 150)])
def test_a_fit_has_the_same_bits_wherever_it_stands_in_a_path_of_any_length(shape):
    z, z_eval, y, counts = problem(*shape, outputs=3)
    decays = [0.0, 1e-18, 1e-12, *np.logspace(-6, 2, 23)]  # by singular values at p = n, by eigenvalues elsewhere
    numbers = [MEASURES[name].of for name in ("degrees_of_freedom", "effective_parameters")]
    whole = fit(z, z_eval, y, counts, True, *decays)
    backwards = fit(z, z_eval, y, counts, True, *decays[::-1])[::-1]
    for k, fitted in enumerate(whole):
        (alone,) = fit(z, z_eval, y, counts, True, decays[k])
        of_three = fit(z, z_eval, y, counts, True, *[decays[k], 0.5, 0.7])[0]
        for other in (alone, of_three, backwards[k]):
            assert np.array_equal(fitted.eval_NK, other.eval_NK)
            assert np.array_equal(fitted.train_nK, other.train_nK)
            assert all(of(fitted.model) == of(other.model) for of in numbers)


def test_features_times_a_scale_are_fitted_as_if_they_had_been_multiplied():
    z, z_eval, y, counts = problem(20, 9)
    for weight_decay in (0.0, 0.2):
        (multiplied,) = fit(z * 0.3, z_eval * 0.3, y, counts, True, weight_decay)
        (scaled,) = LeastSquares(z, z_eval, y, counts, True, 0.3).path([Exact(weight_decay=weight_decay)])
        assert np.allclose(scaled.eval_NK, multiplied.eval_NK, atol=1e-10)
        assert scaled.model.smoother.degrees_of_freedom == pytest.approx(multiplied.model.smoother.degrees_of_freedom)
        assert scaled.model.smoother.effective_parameters == pytest.approx(
            multiplied.model.smoother.effective_parameters
        )


@pytest.mark.parametrize("shape", [(60, 20), (20, 60)])
def test_a_large_mean_of_the_features_costs_no_digits_but_its_own(shape):
    z, z_eval, y, counts = problem(*shape)
    (near,) = fit(z, z_eval, y, counts, True, 0.1)
    (far,) = fit(z + 1e6, z_eval + 1e6, y, counts, True, 0.1)
    assert np.allclose(near.eval_NK, far.eval_NK, atol=1e-8)


def smoother(z, z_at, counts, intercept, alpha):
    """Return the weights of each of the repeated training rows in the predictions at some points, by definition."""
    rows = np.repeat(z, counts, axis=0)
    n = len(rows)
    mean = rows.mean(axis=0) if intercept else np.zeros(z.shape[1])
    centred = rows - mean
    gram = centred.T @ centred + alpha * np.eye(z.shape[1])
    inverse = np.linalg.pinv(gram, rcond=1e-10)
    return (z_at - mean) @ inverse @ centred.T + (1 / n if intercept else 0.0)


@pytest.mark.parametrize("shape", [(30, 10), (10, 30), (12, 12), (30, 0)])
@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("weight_decay", [0.0, 0.01, 1.0])
def test_degrees_of_freedom_and_effective_parameters_are_those_of_the_explicit_smoother(shape, intercept, weight_decay):
    z, z_eval, y, counts = problem(*shape)
    (fitted,) = fit(z, z_eval, y, counts, intercept, weight_decay)
    n = counts.sum()
    alpha = n * weight_decay / 2
    hat = smoother(z, np.repeat(z, counts, axis=0), counts, intercept, alpha)
    at_test_points = smoother(z, z_eval, counts, intercept, alpha)
    assert np.allclose(at_test_points @ np.repeat(y, counts, axis=0), fitted.eval_NK, atol=1e-6)
    assert fitted.model.smoother.degrees_of_freedom == pytest.approx(np.trace(hat), rel=1e-6)
    assert fitted.model.smoother.effective_parameters == pytest.approx(
        n * np.mean(np.sum(at_test_points**2, axis=1)), rel=1e-6
    )


def test_a_smoother_that_forgets_the_intercept_or_the_counts_is_distinct():
    """The negative control of the test above."""
    z, z_eval, y, counts = problem(30, 5)
    (fitted,) = fit(z, z_eval, y, counts, True, 0.1)
    n = counts.sum()
    centred = z - np.average(z, axis=0, weights=counts)
    forgetful = smoother(centred, np.repeat(centred, counts, axis=0), counts, False, n * 0.05)
    assert fitted.model.smoother.degrees_of_freedom == pytest.approx(np.trace(forgetful) + 1)
    once = smoother(z, z_eval, np.ones(30, int), True, 30 * 0.05)
    assert fitted.model.smoother.effective_parameters != pytest.approx(30 * np.mean(np.sum(once**2, axis=1)), rel=0.01)


def test_minimum_norm_spends_a_degree_of_freedom_a_feature_up_to_the_rows():
    counts = np.ones(20, int)
    for features, expected in ((0, 1), (5, 6), (19, 20), (60, 20)):
        z, z_eval, y, _ = problem(20, features)
        (fitted,) = fit(z, z_eval, y, counts, True, 0.0)
        assert fitted.model.smoother.degrees_of_freedom == pytest.approx(expected)


def test_effective_parameters_turn_back_beyond_the_interpolation_threshold():
    """The U-turn of Curth, Jeffares and van der Schaar 2023: they rise up to p = n and fall again."""
    generator = np.random.default_rng(1)
    inputs, weights = generator.standard_normal((240, 10)), generator.standard_normal((10, 1600))
    features, y = np.tanh(inputs @ weights / np.sqrt(10)), generator.standard_normal((240, 1))
    spent = []
    for p in (10, 20, 40, 60, 200, 1600):
        z = features[:, :p] / np.sqrt(p)
        spent.append(fit(z[:40], z[40:], y[:40], np.ones(40, int), False, 0.0)[0])
    effective = [one.model.smoother.effective_parameters for one in spent]
    assert effective[0] < effective[1] < effective[2], "up to the threshold"
    assert effective[2] > effective[3] > effective[4] > effective[5], "and down again"
    assert [round(one.model.smoother.degrees_of_freedom) for one in spent] == [10, 20, 40, 40, 40, 40], (
        "where the trace stays"
    )
