"""``training=estimator``: repeated rows in the order of the draw, random states of the draw, outputs and parameters."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestRegressor
from threadpoolctl import threadpool_limits

from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.data.training_set import evaluation_of, pool_of
from biasvar.decomposition.entropy import softmax
from biasvar.models import FAMILIES
from biasvar.models.estimators.assembly import assemble
from biasvar.models.estimators.classes import find
from biasvar.training import TRAININGS
from biasvar.training.estimator.fitting import outputs_of
from biasvar.training.estimator.parameter_count import count
from biasvar.training.estimator.random_states import set_random_states
from biasvar.training.member import Draws, Member
from biasvar.training.sources import active_sources
from biasvar.training.train import train

NUMBERS = SOURCES["diabetes"](n_train=60, n_eval=40)
CLASSES = SOURCES["digits"](n_train=60, n_eval=40)
FIRST = Draws()


def member(data, name, draws=FIRST, **values):
    names = (name,) if isinstance(name, str) else name
    model = FAMILIES["estimator"](name=names, values=tuple(sorted(values.items()))).looked_up(())
    return Member(data, SCHEMES["bootstrap"](), model, TRAININGS["estimator"](), "cpu", 0, draws)


def outputs(*members):
    return [one.outputs_NK for one in train(list(members))]


def test_a_fit_is_that_of_the_drawn_rows_with_the_random_states_of_its_draw():
    pool, points = pool_of(NUMBERS, 0), evaluation_of(NUMBERS, 0)
    rows_n = SCHEMES["bootstrap"]().rows(0, 3, len(pool.y_n), 60)
    assert len(np.unique(rows_n)) < 60
    x_nD, x_ND = NUMBERS.fit_view(pool.x_nD[rows_n], np.ones(60, dtype=int), points.x_ND)
    expected = set_random_states(RandomForestRegressor(n_estimators=5), 0, 4).fit(x_nD, pool.y_n[rows_n]).predict(x_ND)
    (found,) = outputs(member(NUMBERS, "RandomForestRegressor", Draws(data=3, init=4), n_estimators=5))
    np.testing.assert_allclose(found[:, 0], expected, rtol=1e-9)


def test_initialisation_varies_alone_and_is_no_source_where_nothing_is_random():
    forest = {"n_estimators": 3}
    same, other_init, other_data = outputs(
        member(NUMBERS, "RandomForestRegressor", Draws(data=1, init=1), **forest),
        member(NUMBERS, "RandomForestRegressor", Draws(data=1, init=2), **forest),
        member(NUMBERS, "RandomForestRegressor", Draws(data=2, init=1), **forest),
    )
    assert not np.array_equal(same, other_init) and not np.array_equal(same, other_data)
    neighbours = member(NUMBERS, "KNeighborsRegressor")
    assert active_sources(*neighbours.parts) == ("data",)
    assert active_sources(*member(NUMBERS, "RandomForestRegressor").parts) == ("data", "init")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("LogisticRegression", {"C": 0.1}),
        ("GaussianNB", {}),
        ("HistGradientBoostingClassifier", {"max_iter": 3}),
        (("StandardScaler", "LogisticRegression"), {}),
        ("GradientBoostingClassifier", {"n_estimators": 2, "max_depth": 1}),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_logits_give_the_probabilities_of_the_class(name, values):
    model = member(CLASSES, name, **values).model
    assert model.class_outputs == "logits"
    classes = {name: find(name, (), "model.name")[0] for name in model.name}
    pool, points = pool_of(CLASSES, 0), evaluation_of(CLASSES, 0)
    for labels in (np.arange(10), np.array([2, 5])):  # of two classes there is one decision
        rows = np.flatnonzero(np.isin(pool.y_n, labels))[:200]
        with threadpool_limits(1):
            fitted = assemble(model.name, model.values, classes).fit(pool.x_nD[rows], pool.y_n[rows])
            found = softmax(outputs_of(fitted, model.outputs_by, points.x_ND, np.arange(10)))
            expected = fitted.predict_proba(points.x_ND)
        np.testing.assert_allclose(found[:, labels], expected, atol=1e-12)
        assert not np.delete(found, labels, axis=1).any()


def test_labels_are_one_for_the_predicted_class_and_have_the_zero_one_loss_only():
    (found,) = train([member(CLASSES, "LinearSVC")])
    assert set(np.unique(found.outputs_NK)) == {0.0, 1.0} and (found.outputs_NK.sum(axis=1) == 1).all()
    assert set(found.outcome.train_risk) == {"zero_one"}


@pytest.mark.parametrize(
    ("data", "name", "values", "number"),
    [
        (NUMBERS, "DecisionTreeRegressor", {"max_leaf_nodes": 7}, 7),
        (NUMBERS, "RandomForestRegressor", {"max_leaf_nodes": 4, "n_estimators": 3}, 12),
        (NUMBERS, "BaggingRegressor", {"estimator": "Ridge", "n_estimators": 2}, 22),
        (NUMBERS, "GradientBoostingRegressor", {"max_leaf_nodes": 3, "n_estimators": 5}, 15),
        (NUMBERS, "Ridge", {}, 11),
        (NUMBERS, "LinearRegression", {"fit_intercept": False}, 10),
        (NUMBERS, "MLPRegressor", {"hidden_layer_sizes": (4,), "max_iter": 2}, 49),
        (CLASSES, "LogisticRegression", {"max_iter": 2}, 650),
        (NUMBERS, "KNeighborsRegressor", {}, None),
    ],
)
def test_parameters_are_counted_on_the_fitted_model(data, name, values, number):
    (found,) = train([member(data, name, **values)])
    assert found.outcome.measures.get("parameters") == number and found.outcome.ok


def test_support_vectors_count():
    from sklearn.svm import SVR

    fitted = clone(SVR()).fit(NUMBERS.load().x_nD[:30], NUMBERS.load().y_n[:30])
    assert count(fitted) == len(fitted.support_) + 1


class Broken(ClassifierMixin, BaseEstimator):
    """Predicts NaN."""

    def fit(self, x, y):
        """Learn nothing."""
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, x):
        """Return no probabilities."""
        return np.full((len(x), len(self.classes_)), np.nan)


class Leaving(Broken):
    """Ends its process, as code does that calls sys.exit()."""

    def fit(self, x, y):
        """End the process."""
        raise SystemExit(3)


def test_predictions_that_are_no_numbers_and_fits_that_fail_are_failures_with_their_message(monkeypatch):
    good = member(CLASSES, "RandomForestClassifier", n_estimators=2)
    failing = member(CLASSES, "KNeighborsClassifier", n_neighbors=1000)
    broken = member(CLASSES, "RandomForestClassifier", n_estimators=3)
    leaving = member(CLASSES, "RandomForestClassifier", n_estimators=4)

    def swapped(estimator):
        others = {3: Broken, 4: Leaving}
        trees = estimator.get_params().get("n_estimators")
        return others[trees]() if trees in others else clone(estimator)

    monkeypatch.setattr("biasvar.training.estimator.fitting.clone", swapped)
    found = {one.member.id: one.outcome for one in train([good, failing, broken, leaving])}
    assert found[good.id].ok
    assert found[leaving.id].error == "SystemExit: 3"
    assert "n_neighbors" in found[failing.id].error
    assert (
        "RandomForestClassifier predicts no usable numbers at 40 of 40 rows, first at row 0" in found[broken.id].error
    )


@pytest.mark.parametrize(
    ("model", "training", "what"),
    [
        (FAMILIES["mlp"](), "estimator", "training=estimator fits model=estimator"),
        (FAMILIES["estimator"](), "exact", "use training=estimator"),
        (FAMILIES["estimator"](), "sgd", "use training=estimator"),
    ],
)
def test_other_models_and_trainings_are_refused_with_the_usual_one(model, training, what):
    from biasvar.training.trainers import trainer_of

    one = Member(NUMBERS, SCHEMES["bootstrap"](), model, TRAININGS[training](), "cpu", 0, Draws())
    assert what in trainer_of(one).incompatibility(one).what


def test_the_only_class_of_a_training_set_is_certain():
    x_nD, kinds = np.arange(12.0).reshape(6, 2), np.arange(3)
    fitted = HistGradientBoostingClassifier().fit(x_nD, np.ones(6, dtype=int))
    assert outputs_of(fitted, "decision", x_nD[:1], kinds).tolist() == [[-np.inf, 0, -np.inf]]
