"""Estimator classes by their name: scikit-learn's, and those of plugins."""

import importlib
from collections.abc import Sequence
from functools import cache
from typing import Any

from biasvar.settings import Problem, SettingsError, did_you_mean
from biasvar.settings.plugin_facts import own
from biasvar.settings.plugins import Plugin, require_one

PACKAGES = (
    "ensemble", "tree", "linear_model", "neighbors", "svm", "neural_network", "naive_bayes", "preprocessing",
    "pipeline", "decomposition", "feature_selection", "impute", "kernel_ridge", "gaussian_process",
    "discriminant_analysis", "kernel_approximation", "calibration", "compose", "multiclass", "model_selection",
    "random_projection", "dummy", "isotonic", "multioutput", "cross_decomposition", "semi_supervised", "mixture",
    "cluster",
)  # fmt: skip
"""The packages of scikit-learn in the order in which a name is looked for: its import takes seconds as a whole."""
OTHERS = {"LGBM": "lightgbm", "XGB": "xgboost", "CatBoost": "catboost"}  # how other packages' classes begin


def find(name: str, plugins: Sequence[Plugin], key: str) -> tuple[type, str]:
    """Return the class of a name and its place: a module, or a plugin's file.

    Raises
    ------
    SettingsError
        If neither scikit-learn nor a plugin has it, with the nearest name; or if both have one of their own.
    """
    offered: list[Any] = [(getattr(plugin.loaded(), name, None), plugin.place) for plugin in plugins]
    found = [*in_scikit_learn(name), *((cls, place) for cls, place in offered if is_estimator(cls))]
    if found:
        require_one(key, name, [(Plugin(place).name, cls) for cls, place in found])
        return found[0]
    other = next((package for start, package in OTHERS.items() if name.startswith(start)), "")
    where = " nor of ".join(["is no class of scikit-learn", *(plugin.name for plugin in plugins)])
    hint = f"add --plugin {other}" if other else did_you_mean(name, [*scikit_learn(), *names_of(plugins)])
    hint = hint or "a class of another package needs --plugin PACKAGE"
    raise SettingsError([Problem(key, f"{key}: {name} {where}", "the name of an estimator's class", hint)])


def in_scikit_learn(name: str) -> list[tuple[type, str]]:
    """Return the class of a name with its module, if scikit-learn has it."""
    for package in PACKAGES:
        module = importlib.import_module(f"sklearn.{package}")
        if is_estimator(getattr(module, name, None)):
            return [(getattr(module, name), module.__name__)]
    return []


def is_scikit_learns(place: str) -> bool:
    """Return whether a class's place is a package of scikit-learn."""
    return place.partition(".")[0] == "sklearn"


def class_at(name: str, place: str, source: str) -> type:
    """Return a class at its place, in whatever process this is.

    Raises
    ------
    OSError
        If a plugin is gone, cannot be loaded, or is not what it was when its facts were looked up.
    """
    return getattr(importlib.import_module(place), name) if is_scikit_learns(place) else own(place, source, name)


def is_estimator(found: Any) -> bool:
    """Return whether an object is a class with the interface of scikit-learn's estimators."""
    return isinstance(found, type) and all(hasattr(found, method) for method in ("get_params", "set_params", "fit"))


@cache
def scikit_learn() -> tuple[str, ...]:
    """Return the names of scikit-learn's estimators."""
    from sklearn.utils import all_estimators

    return tuple(name for name, _ in all_estimators())


def names_of(plugins: Sequence[Plugin]) -> list[str]:
    """Return the names of the estimators of some plugins."""
    return [name for plugin in plugins for name, found in vars(plugin.loaded()).items() if is_estimator(found)]
