import numpy as np
import pytest

from biasvar.training.exact import Design, Exact

GENERATOR = np.random.default_rng(0)


def problem(rows, features, outputs=2):
    z, z_eval = GENERATOR.standard_normal((rows, features)), GENERATOR.standard_normal((7, features))
    return z, z_eval, GENERATOR.standard_normal((rows, outputs)), GENERATOR.integers(1, 4, rows)


def fit(z, z_eval, y, counts, intercept, *weight_decays):
    return list(Design(z, z_eval, y, counts, intercept).path([Exact(weight_decay=w) for w in weight_decays]))


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
