"""Estimators at extremes: units of y, moved, constant, equal and single columns, few rows, one point, no such class."""

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from biasvar import bias_variance

GENERATOR = np.random.default_rng(0)
X = np.round(GENERATOR.standard_normal((60, 2)) * 2**20) / 2**20
Y = X[:, 0] + X[:, 1] ** 2 / 2 + 0.3 * GENERATOR.standard_normal(60)
CLASSES = np.digitize(Y, [0, 1])


def parts_of(estimator, x=X, y=Y, points=20, **options):
    return bias_variance(estimator, x[points:], y[points:], x[:points], y[:points], **{"replicates": 6} | options)


def numbers(parts, unit=1.0):
    found = [(getattr(parts, name), *parts.interval(name)) for name in parts.estimated]
    return np.ravel(found) / unit


@pytest.mark.parametrize("unit", [1e-8, 1e8])
@pytest.mark.parametrize("estimator", [LinearRegression(), KNeighborsRegressor(3), DummyRegressor()])
@pytest.mark.parametrize(("loss", "power"), [("squared_error", 2), ("absolute_error", 1)])
def test_what_is_in_the_unit_of_y_scales_with_it(unit, estimator, loss, power):
    plain, scaled = (parts_of(estimator, y=Y * one, loss=loss) for one in (1.0, unit))
    assert numbers(scaled, unit**power) == pytest.approx(numbers(plain), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("estimator", [LinearRegression(), make_pipeline(StandardScaler(), Ridge(1.0))])
def test_columns_that_are_moved_or_constant_change_nothing(estimator):
    wanted = numbers(parts_of(estimator))
    assert numbers(parts_of(estimator, X + 1e6)) == pytest.approx(wanted, rel=1e-6)
    assert numbers(parts_of(estimator, np.hstack([X, np.full((60, 1), 0.5)]))) == pytest.approx(wanted, rel=1e-9)


def test_columns_that_come_twice_change_no_least_squares():
    assert numbers(parts_of(LinearRegression(), np.hstack([X, X]))) == pytest.approx(
        numbers(parts_of(LinearRegression()))
    )


def test_rows_that_are_all_the_same_have_the_variance_of_a_mean():
    same, dummy = parts_of(LinearRegression(), np.full((60, 2), 1e6 / 3)), parts_of(DummyRegressor())
    assert numbers(same) == pytest.approx(numbers(dummy))


@pytest.mark.parametrize("n_train", [1, 2, 3])
@pytest.mark.parametrize("points", [1, 2])
@pytest.mark.parametrize("loss", ["squared_error", "absolute_error"])
def test_few_rows_one_point_and_two_replicates_have_every_estimate(n_train, points, loss):
    parts = parts_of(DecisionTreeRegressor(), points=points, replicates=2, n_train=n_train, loss=loss)
    assert np.isfinite(numbers(parts)).all()
    assert all(parts.interval(name)[0] <= getattr(parts, name) <= parts.interval(name)[1] for name in parts.estimated)


@pytest.mark.parametrize("loss", ["zero_one", "squared_error"])
def test_a_class_that_training_sets_lack_is_told_of(loss):
    rare = np.where(np.arange(60) == 30, 2, CLASSES % 2)
    with pytest.warns(UserWarning, match=r"training sets lack a class, the first of them replicate \d class 2"):
        parts = parts_of(DecisionTreeClassifier(), y=rare, loss=loss)
    assert 0 <= parts.risk <= 2


def test_a_class_that_no_row_has_is_a_risk_or_refused():
    y = np.where(np.arange(60) < 3, 2, CLASSES % 2)
    assert parts_of(DecisionTreeClassifier(), y=y, loss="zero_one").points["risk"][:3] == pytest.approx(1)
    with pytest.raises(ValueError, match="class 2 has probability 0 at test point 0"):
        parts_of(LogisticRegression(), y=y, loss="cross_entropy")
