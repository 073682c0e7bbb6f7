"""Weights of trees, forests and boosting give their predictions, and count their parameters."""

import numpy as np
import pytest
from sklearn.ensemble import (
    BaggingRegressor,
    ExtraTreesClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from biasvar.training.estimator.tree_smoother import MOST, smoother_of, weights_of

RNG = np.random.default_rng(0)
X, POINTS = RNG.standard_normal((60, 3)), RNG.standard_normal((25, 3))
Y = X[:, 0] + RNG.standard_normal(60)
SMOOTHERS = [
    DecisionTreeRegressor(max_leaf_nodes=7),
    RandomForestRegressor(n_estimators=5, bootstrap=False, max_features=1, random_state=0),
    RandomForestRegressor(n_estimators=5, bootstrap=True, random_state=0),
    GradientBoostingRegressor(n_estimators=20, random_state=0),
]


@pytest.mark.parametrize("estimator", SMOOTHERS, ids=str)
def test_weights_times_targets_are_the_predictions(estimator):
    fitted = estimator.fit(X, Y)
    trace, weights_sn = weights_of(fitted, X, POINTS)
    assert np.allclose(weights_sn @ Y, fitted.predict(POINTS)) and np.allclose(weights_sn.sum(axis=1), 1)
    _, at_rows_nn = weights_of(fitted, X, X)
    assert np.allclose(at_rows_nn @ Y, fitted.predict(X)) and trace == pytest.approx(np.trace(at_rows_nn))


@pytest.mark.parametrize("kind", [DecisionTreeClassifier, RandomForestClassifier, ExtraTreesClassifier])
def test_weights_times_labels_are_the_probabilities(kind):
    labels_n = (Y > 0).astype(int) + (Y > 1)
    fitted = kind(max_leaf_nodes=6, random_state=0).fit(X, labels_n)
    _, weights_sn = weights_of(fitted, X, POINTS)
    assert np.allclose(weights_sn @ np.eye(3)[labels_n], fitted.predict_proba(POINTS))


def test_a_full_tree_uses_as_many_parameters_as_rows_and_a_stump_two():
    full = smoother_of(DecisionTreeRegressor().fit(X, Y), X, POINTS)
    assert full.degrees_of_freedom == full.effective_parameters == pytest.approx(60)
    half = DecisionTreeRegressor(max_leaf_nodes=2).fit(X, X[:, 0] > np.median(X[:, 0]))
    assert smoother_of(half, X, POINTS).effective_parameters == pytest.approx(2)


def test_a_forest_of_full_trees_uses_fewer_parameters_than_one_of_them():
    counts = [
        smoother_of(
            RandomForestRegressor(n_estimators=trees, bootstrap=False, max_features=1, random_state=0).fit(X, Y),
            X,
            POINTS,
        ).effective_parameters
        for trees in (1, 4, 16)
    ]
    assert counts[0] == pytest.approx(60) and counts[0] > 2 * counts[1] > 4 * counts[2] / 2


@pytest.mark.parametrize(
    "estimator",
    [
        LinearRegression(),
        DecisionTreeRegressor(criterion="absolute_error"),
        GradientBoostingRegressor(loss="huber"),
        GradientBoostingRegressor(subsample=0.5),
        BaggingRegressor(),
    ],
    ids=str,
)
def test_other_estimators_have_no_weights(estimator):
    assert smoother_of(estimator.fit(X, Y), X, POINTS) is None


def test_large_training_sets_have_none_either():
    x = np.zeros((MOST + 1, 1))
    assert smoother_of(DecisionTreeRegressor().fit(x, x[:, 0]), x, x) is None
