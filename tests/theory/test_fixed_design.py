import numpy as np
import pytest

from biasvar.theory import fixed_design_risk

GENERATOR = np.random.default_rng(0)
Z, Z_EVAL = GENERATOR.standard_normal((30, 4)), GENERATOR.standard_normal((7, 4))
F, F_EVAL = np.sin(Z[:, 0]), np.sin(Z_EVAL[:, 0])
NOISE, NOISE_EVAL = 0.1 + np.abs(Z[:, 1]), 0.1 + np.abs(Z_EVAL[:, 1])


@pytest.mark.parametrize("intercept", [False, True])
def test_at_the_training_inputs_the_variance_of_least_squares_is_that_of_the_textbook(intercept):
    risk = fixed_design_risk(Z, Z, F, F, np.full(30, 0.25), np.full(30, 0.25), 0, intercept=intercept)
    assert risk.variance == pytest.approx(0.25 * (4 + intercept) / 30, rel=1e-12)
    exact = fixed_design_risk(Z, Z, Z @ [1, 2, 3, 4.0], Z @ [1, 2, 3, 4.0], NOISE, NOISE, 0, intercept=intercept)
    assert exact.bias_squared == pytest.approx(0, abs=1e-20)


@pytest.mark.parametrize(("decay", "intercept"), [(0.0, False), (0.0, True), (0.3, False), (0.3, True)])
def test_the_parts_are_those_of_simulated_fits_with_any_noise(decay, intercept):
    risk = fixed_design_risk(Z, Z_EVAL, F, F_EVAL, NOISE, NOISE_EVAL, decay, intercept=intercept)
    labels = F[:, None] + np.sqrt(NOISE)[:, None] * np.random.default_rng(1).choice([-1, 1], (30, 20_000))
    ones, penalty = [np.ones((len(z), int(intercept))) for z in (Z, Z_EVAL)], np.diag([0.0] * intercept + [1.0] * 4)
    x, x_eval = (np.hstack([one, z]) for one, z in zip(ones, (Z, Z_EVAL), strict=True))
    fits = x_eval @ np.linalg.solve(x.T @ x + 30 * decay / 2 * penalty, x.T @ labels)
    assert np.mean(fits.var(axis=1)) == pytest.approx(risk.variance, rel=0.03)
    assert np.mean((fits.mean(axis=1) - F_EVAL) ** 2) == pytest.approx(risk.bias_squared, rel=0.03)


def test_more_features_than_rows_interpolate_the_training_inputs():
    z = np.random.default_rng(2).standard_normal((30, 40))
    risk = fixed_design_risk(z, z, F, F, NOISE, NOISE, 0, intercept=False)
    assert risk.bias_squared == pytest.approx(0, abs=1e-20) and risk.variance == pytest.approx(NOISE.mean())
