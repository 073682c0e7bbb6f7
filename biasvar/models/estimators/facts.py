"""What a study keeps of an estimator: its task, resolved parameters, outputs and versions."""

import math
from collections.abc import Sequence
from typing import Any

from biasvar.models.estimators.assembly import Pairs, assemble, inner_classes, is_ours, title
from biasvar.models.estimators.capacities import is_reversed, usual_capacity
from biasvar.models.estimators.classes import find, is_scikit_learns
from biasvar.settings import Problem, SettingsError, did_you_mean
from biasvar.settings.own import is_plain
from biasvar.settings.plugin_facts import facts_of as facts_of_plugin
from biasvar.settings.plugins import RAISED, Plugin

DECISIONS = (
    "LogisticRegression",
    "LogisticRegressionCV",
    "GradientBoostingClassifier",
    "HistGradientBoostingClassifier",
)
"""Classifiers of which the softmax of ``decision_function`` is what ``predict_proba`` returns."""
LOG_PROBABILITIES = ("GaussianNB", "MultinomialNB", "BernoulliNB", "CategoricalNB", "QuadraticDiscriminantAnalysis")
"""Classifiers whose ``predict_log_proba`` is more than the logarithm of ``predict_proba``."""
OUTPUTS = {"decision": "logits", "log_probabilities": "logits", "probabilities": "probabilities", "labels": "labels"}
"""How outputs of classes are read -> their kind."""


def facts_of(names: tuple[str, ...], parameters: Pairs, capacity: str, plugins: Sequence[Plugin]) -> dict[str, Any]:
    """Return the facts about an estimator by their name, and its resolved ``values``.

    Raises
    ------
    SettingsError
        With every problem: unknown classes and parameters, values that are not allowed.
    """
    keys = dict.fromkeys(names, "model.name")
    keys |= {value: f"model.{name}" for name, value in inner_classes(parameters).items()}
    found = {name: find(name, plugins, key) for name, key in keys.items()}
    try:
        estimator = assemble(names, parameters, {name: cls for name, (cls, _) in found.items()})
        require_allowed(estimator)
    except SettingsError:
        raise
    except RAISED as error:  # of a class's own making
        raise SettingsError([Problem("model.name", f"{names[-1]} cannot be made: {error}")]) from error
    steps = ["steps", *dict(getattr(estimator, "steps", ()))]  # these are model.name
    every = {
        name: value for name, value in sorted(estimator.get_params().items()) if not is_ours(name) and name not in steps
    }
    usual = capacity or usual_capacity(names)
    if capacity and capacity not in every:
        what = f"model.capacity = {capacity} is not a parameter of {title(estimator)}"
        raise SettingsError([Problem("model.capacity", what, "one of its parameters", did_you_mean(capacity, every))])
    others = {place: facts_of_plugin(Plugin(place)) for _, place in found.values() if not is_scikit_learns(place)}
    sources = {place: others[place]["plugin_source"] for place in others}
    return {
        "values": tuple((name, settled(value)) for name, value in every.items() if is_settable(value)),
        "objects": tuple((name, in_words(value)) for name, value in every.items() if not is_settable(value)),
        "task": task_of(estimator),
        "outputs_by": outputs_by(estimator),
        "random_weights": any(name.rpartition("__")[2] == "random_state" for name in estimator.get_params()),
        "capacity_parameter": usual if usual in every else "",
        "reversed": is_reversed(usual, names),
        "places": tuple((name, place, sources.get(place, "")) for name, (_, place) in found.items()),
        "sources": tuple(sorted(sources.values())),
        "versions": (scikit_learn_version(), *sorted({one["plugin_version"] for one in others.values()} - {""})),
    }


def scikit_learn_version() -> str:
    """Return the version of scikit-learn."""
    import sklearn

    return f"scikit-learn {sklearn.__version__}"


def is_settable(value: Any) -> bool:
    """Return whether a parameter's value can be written as a key."""
    return hasattr(value, "get_params") or (
        is_plain(value) and not (isinstance(value, float) and not math.isfinite(value))
    )


def settled(value: Any) -> Any:
    """Return a parameter's value as a key has it: an estimator by its class."""
    return type(value).__name__ if hasattr(value, "get_params") else value


def in_words(value: Any) -> str:
    """Return the name of a function or class, and the text of any other object."""
    name = getattr(value, "__qualname__", None)
    return f"{value.__module__}.{name}" if name else repr(value)


def require_allowed(estimator: Any) -> None:
    """Raise for values that scikit-learn's own check refuses, before anything is fitted."""
    for step in [step for _, step in getattr(estimator, "steps", [])[:-1]]:
        if not hasattr(step, "transform"):
            what = f"model.name: {type(step).__name__} transforms nothing, and stands before the end of a pipeline"
            raise SettingsError([Problem("model.name", what, "a list of transformers that ends in one that predicts")])
    parts = {"": estimator} | {
        f"{name}__": part for name, part in estimator.get_params().items() if hasattr(part, "get_params")
    }
    problems = []
    for prefix, part in parts.items():
        if not hasattr(part, "_parameter_constraints"):  # a class of others
            continue
        try:
            part._validate_params()
        except ValueError as error:
            name = next((one for one in part.get_params(deep=False) if f"'{one}'" in str(error)), "")
            problems.append(Problem(f"model.{prefix}{name}", str(error)))
    if problems:
        raise SettingsError(dict.fromkeys(problems))


def task_of(estimator: Any) -> str:
    """Return ``classification`` or ``regression``.

    Raises
    ------
    SettingsError
        For an estimator that predicts neither classes nor numbers.
    """
    from sklearn.base import is_classifier, is_regressor

    if is_classifier(estimator):
        return "classification"
    if is_regressor(estimator):
        return "regression"
    what = f"model.name: {title(estimator)} predicts neither classes nor numbers"
    raise SettingsError([Problem("model.name", what, "a classifier or a regressor, or a list that ends in one")])


def outputs_by(estimator: Any) -> str:
    """Return how an estimator's outputs are read: ``values``, or one of ``OUTPUTS``."""
    if task_of(estimator) == "regression":
        return "values"
    last = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    name, parameters = type(last).__name__, last.get_params()
    if not hasattr(estimator, "predict_proba"):
        return "labels"
    if name in LOG_PROBABILITIES:
        return "log_probabilities"
    exact = parameters.get("loss", "log_loss") == "log_loss" and parameters.get("solver") != "liblinear"
    return "decision" if name in DECISIONS and exact else "probabilities"
