"""``model=estimator``: classes by name, all parameters resolved, those of a study's own refused, and the capacity."""

import math

import pytest

from biasvar.data import SOURCES
from biasvar.models import FAMILIES
from biasvar.models.estimators.assembly import assemble
from biasvar.models.estimators.classes import class_at
from biasvar.settings import SettingsError, as_mapping, build, identity_of
from biasvar.settings.plugins import plugins_named

PLUGIN = """
import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin

class MeanPlus(RegressorMixin, BaseEstimator):
    def __init__(self, plus=0.0, **more):
        self.plus, self.more = plus, more

    def get_params(self, deep=True):
        return {"plus": self.plus, "hidden": self.more.get("hidden", 3)}

    def set_params(self, **values):
        self.plus = values.pop("plus", self.plus)
        self.more.update(values)
        return self

    def fit(self, x, y):
        self.mean_ = np.mean(y) + self.plus
        return self

    def predict(self, x):
        return np.full(len(x), self.mean_)
"""


def looked_up(*names, plugins=(), capacity=None, **values):
    model = FAMILIES["estimator"](name=names, capacity=capacity, values=tuple(sorted(values.items())))
    return model.looked_up(plugins)


def problem(*names, **values):
    with pytest.raises(SettingsError) as error:
        looked_up(*names, **values)
    return error.value.problems[0]


def made(model):
    return assemble(model.name, model.values, {name: class_at(name, *place) for name, *place in model.places})


def test_every_parameter_is_resolved_and_said_once_or_by_default_the_model_is_the_same():
    model = looked_up("RandomForestRegressor", max_depth=3)
    values = dict(model.values)
    assert values["max_depth"] == 3 and values["n_estimators"] == 100 and values["criterion"] == "squared_error"
    assert not {"n_jobs", "random_state"} & values.keys()
    assert model.task == "regression" and model.random_weights and model.versions[0].startswith("scikit-learn ")
    assert model == looked_up("RandomForestRegressor", max_depth=3, n_estimators=100)
    assert identity_of(model)["n_estimators"] == 100
    assert "versions" not in identity_of(model) and "places" not in identity_of(model)
    assert made(model).get_params()["max_depth"] == 3


def test_a_stored_model_is_read_without_its_class():
    model = looked_up("SVC", C=2)
    assert build(FAMILIES["estimator"], as_mapping(model), "model", []) == model


def test_parameters_that_no_key_can_write_are_in_the_identity_as_texts():
    assert dict(looked_up("SelectKBest", "SVC").objects)["selectkbest__score_func"].endswith("f_classif")
    assert dict(looked_up("SimpleImputer", "Ridge").objects)["simpleimputer__missing_values"] == "nan"


def test_a_pipeline_is_named_as_make_pipeline_does_and_estimators_stand_inside_others():
    model = looked_up("StandardScaler", "SVC", svc__C=0.1)
    assert made(model).get_params()["svc__C"] == 0.1 and "svc" not in dict(model.values)
    bagging = looked_up("BaggingRegressor", estimator="DecisionTreeRegressor", estimator__max_depth=3)
    assert made(bagging).get_params()["estimator__max_depth"] == 3
    assert dict(bagging.values)["estimator__splitter"] == "best"
    assert type(made(looked_up("MultiOutputRegressor", estimator="Ridge")).estimator).__name__ == "Ridge"


@pytest.mark.parametrize(
    ("names", "values", "key", "what"),
    [
        (["RandomForestRegressor"], {"max_dpeth": 3}, "model.max_dpeth", "is not a parameter of RandomForestRegressor"),
        (["RandomForestRegressor"], {"n_jobs": 3}, "model.n_jobs", "is not yours to set: each model has one thread"),
        (["StandardScaler", "SVC"], {"svc__random_state": 1}, "model.svc__random_state", "drawn from the study's seed"),
        (["RandomForestRegressor"], {"max_depth": -1}, "model.max_depth", "must be an int in the range"),
        (["RandomForestRegresor"], {}, "model.name", "is no class of scikit-learn"),
        (["LGBMRegressor"], {}, "model.name", "is no class of scikit-learn"),
        (["StandardScaler"], {}, "model.name", "predicts neither classes nor numbers"),
        (["SVC", "StandardScaler"], {}, "model.name", "SVC transforms nothing"),
        (["SVR", "Ridge"], {}, "model.name", "SVR transforms nothing"),
        (["MultiOutputRegressor"], {}, "model.name", "needs estimator"),
        ([], {}, "model.name", "needs model.name"),
        (["Ridge"], {"capacity": "alhpa"}, "model.capacity", "is not a parameter of Ridge"),
    ],
)
def test_what_cannot_be_is_said_with_its_key(names, values, key, what):
    found = problem(*names, **values)
    assert found.key == key and what in found.what


def test_near_misses_and_other_packages_get_a_hint():
    assert problem("RandomForestRegresor").hint == "did you mean RandomForestRegressor?"
    assert problem("LGBMRegressor").hint == "add --plugin lightgbm"
    assert problem("Ridge", alhpa=1).hint == "did you mean model.alpha?"


def test_a_class_of_a_plugin_is_known_by_its_source(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(PLUGIN)
    model = looked_up("MeanPlus", plugins=plugins_named([str(path)]), hidden=7)
    assert dict(model.values) == {"hidden": 7, "plus": 0.0}
    assert len(model.versions) == 1  # a file has no version
    assert model.sources and model.sources == identity_of(model)["sources"]
    assert made(model).get_params()["hidden"] == 7
    path.write_text(PLUGIN + "# changed\n")
    from biasvar.settings import plugin_facts

    plugin_facts.own.cache_clear()
    with pytest.raises(OSError, match="has changed since this sweep began"):
        made(model)


def test_a_class_of_a_plugin_with_a_name_of_scikit_learns_is_refused(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("from sklearn.linear_model import Lasso\n" + PLUGIN.replace("MeanPlus", "Ridge"))
    plugins = plugins_named([str(path)])
    assert looked_up("Lasso", plugins=plugins).places[0][1] == "sklearn.linear_model", "the same class is no other"
    with pytest.raises(SettingsError, match=r"Ridge is defined in sklearn\.linear_model and in mine\.py"):
        looked_up("Ridge", plugins=plugins)


@pytest.mark.parametrize(
    ("names", "values", "key", "value", "direction"),
    [
        (["RandomForestClassifier"], {"max_depth": 4}, "max_depth", 4, 1),
        (["DecisionTreeRegressor"], {}, "max_depth", math.inf, 1),
        (["HistGradientBoostingRegressor"], {}, "max_iter", 100, 1),
        (["GradientBoostingClassifier"], {}, "n_estimators", 100, 1),
        (["KNeighborsClassifier"], {"n_neighbors": 7}, "n_neighbors", 7, -1),
        (["Ridge"], {"alpha": 2.0}, "alpha", 2.0, -1),
        (["StandardScaler", "SVC"], {"svc__C": 0.5}, "svc__C", 0.5, 1),
        (["PolynomialFeatures", "LinearRegression"], {}, "polynomialfeatures__degree", 2, 1),
        (["MLPRegressor"], {"hidden_layer_sizes": (5, 6)}, "hidden_layer_sizes", 11, 1),
        (["DecisionTreeRegressor"], {"capacity": "min_samples_leaf"}, "min_samples_leaf", 1, -1),
        (["DecisionTreeRegressor"], {"capacity": "max_leaf_nodes"}, "max_leaf_nodes", math.inf, 1),
        (["SVC"], {"capacity": "gamma"}, "gamma", math.nan, 1),
        (["LinearRegression"], {}, "name", math.nan, 1),
    ],
)
def test_common_classes_have_a_capacity_with_a_direction(names, values, key, value, direction):
    model = looked_up(*names, **values)
    assert model.capacity_key == key and model.capacity_direction == direction
    assert model.capacity_value == value or (math.isnan(value) and math.isnan(model.capacity_value))


@pytest.mark.parametrize(
    ("name", "values", "outputs_by", "kind"),
    [
        ("LogisticRegression", {}, "decision", "logits"),
        ("LogisticRegression", {"solver": "liblinear"}, "probabilities", "probabilities"),
        ("GradientBoostingClassifier", {"loss": "exponential"}, "probabilities", "probabilities"),
        ("GaussianNB", {}, "log_probabilities", "logits"),
        ("RandomForestClassifier", {}, "probabilities", "probabilities"),
        ("LinearSVC", {}, "labels", "labels"),
        ("Ridge", {}, "values", ""),
    ],
)
def test_outputs_are_the_most_that_a_class_gives(name, values, outputs_by, kind):
    model = looked_up(name, **values)
    assert (model.outputs_by, model.class_outputs) == (outputs_by, kind)


def test_a_model_has_a_label_and_fits_data_of_its_task():
    model = looked_up("StandardScaler", "SVC")
    assert model.label == "standard_scaler-svc" and looked_up("Ridge").label == "ridge"
    assert "is a classifier, and data=diabetes is regression" in model.incompatibility(SOURCES["diabetes"]())
    assert "takes vectors" in model.incompatibility(SOURCES["digits"](view="images"))
    assert not model.incompatibility(SOURCES["digits"]()) and model.parameters(SOURCES["digits"]()) is None
