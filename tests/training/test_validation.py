"""Validation, cross-validation and leave-one-out against fits made one by one, and against scikit-learn."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold, cross_val_predict

from biasvar.training.exact.refit import Refit
from biasvar.training.measures import MEASURES
from biasvar.training.measures.fitted_model import FittedModel
from biasvar.training.settings.exact import Exact

N = 20


def training_set(features, counts=None, weight_decay=0.0, intercept=True):
    generator = np.random.default_rng(features)
    z_nP = generator.normal(size=(N, features)) + 1.0
    y_nK = z_nP[:, :2] @ [[1.0], [-2.0]] + generator.normal(size=(N, 1))
    counts_n = np.ones(N, dtype=int) if counts is None else counts
    return Refit(z_nP, y_nK, counts_n, intercept, 1.0, Exact(weight_decay=weight_decay))


def of(name, refit):
    return MEASURES[name].of(FittedModel(refit=refit))


@pytest.mark.parametrize("folds", [5, 10])
def test_cross_validation_is_scikit_learns(folds):
    refit = training_set(4)
    order = np.argsort(np.arange(N) % folds, kind="stable")  # rows i, i + k, ... are one fold
    z_nP, y_n = refit.z_nP[order], refit.y_nK[order, 0]
    expected = np.mean((y_n - cross_val_predict(LinearRegression(), z_nP, y_n, cv=KFold(folds))) ** 2)
    np.testing.assert_allclose(of(f"cv_{folds}", refit), expected, rtol=1e-10)


def test_validation_judges_one_fit_at_a_fifth_of_the_rows():
    refit = training_set(4)
    left_out_n = np.arange(N) % 5 == 0
    fitted = LinearRegression().fit(refit.z_nP[~left_out_n], refit.y_nK[~left_out_n, 0])
    expected = np.mean((refit.y_nK[left_out_n, 0] - fitted.predict(refit.z_nP[left_out_n])) ** 2)
    np.testing.assert_allclose(of("validation", refit), expected, rtol=1e-10)


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("features", [3, N - 1, 2 * N])
@pytest.mark.parametrize("weight_decay", [0.0, 0.3])
def test_leave_one_out_in_closed_form_is_that_of_n_fits(features, weight_decay, intercept):
    """At n - 1 rows the same penalty alpha is a weight decay n / (n - 1) times as large."""
    if weight_decay == 0 and features == N - 1:
        pytest.skip("fits at the interpolation threshold are rounding")
    counts_n = np.arange(N) % 3 + 1
    refit = training_set(features, counts_n, weight_decay, intercept)
    errors = []
    for row in range(N):
        left = counts_n.sum() - counts_n[row]
        alike = Exact(weight_decay=weight_decay * counts_n.sum() / left)
        one = Refit(refit.z_nP, refit.y_nK, counts_n, intercept, 1.0, alike)
        errors += one.squared_errors(np.arange(N) == row).tolist()
    np.testing.assert_allclose(refit.leave_one_out(), errors, rtol=1e-7)
    np.testing.assert_allclose(of("leave_one_out", refit), np.average(errors, weights=counts_n), rtol=1e-7)


def test_repeated_rows_stay_together():
    """A copy of a row on the other side would show the fit what it is judged at."""
    counts_n = np.where(np.arange(N) == 3, 4, 1)
    refit = training_set(4, counts_n)
    left_out_n = np.arange(N) % 5 == 3
    assert len(refit.squared_errors(left_out_n)) == left_out_n.sum()
    weighted = np.average(refit.squared_errors(left_out_n), weights=counts_n[left_out_n])
    assert of("cv_5", refit) != pytest.approx(weighted)
