"""Diabetes with its scores replaced by their best linear fit."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from biasvar.data import SOURCES
from biasvar.settings import identity_of


def test_training_and_evaluation_scores_are_those_of_the_fit_to_all_rows():
    measured, fitted = SOURCES["diabetes"](), SOURCES["diabetes"](targets="best_linear")
    parts = [(one.pool(3), one.evaluation(3)) for one in (measured, fitted)]
    (pool, points), (pool_fitted, points_fitted) = parts
    x = np.concatenate([pool.x_nD, points.x_ND])
    model = LinearRegression().fit(x, np.concatenate([pool.y_n, points.target]))
    assert np.array_equal(pool.x_nD, pool_fitted.x_nD) and np.array_equal(points.x_ND, points_fitted.x_ND)
    assert np.allclose(pool_fitted.y_n, model.predict(pool.x_nD), atol=1e-8)
    assert np.allclose(points_fitted.target, model.predict(points.x_ND), atol=1e-8)
    assert np.std(pool.y_n - pool_fitted.y_n) == pytest.approx(53.5, abs=3)  # 1 - R^2 is 0.48


def test_measured_scores_are_no_part_of_the_identity():
    assert "targets" not in identity_of(SOURCES["diabetes"]())
    assert identity_of(SOURCES["diabetes"](targets="best_linear"))["targets"] == "best_linear"
