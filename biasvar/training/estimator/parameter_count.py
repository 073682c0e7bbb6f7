"""The number of parameters of a fitted estimator, by what its kind of model has learnt."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np


def count(fitted: Any) -> int | None:
    """Return the number of parameters of a fitted estimator; None where it is not defined."""
    for attribute, number in COUNTS.items():
        if hasattr(fitted, attribute):
            return number(getattr(fitted, attribute), fitted)
    return None


def total(fitted: Iterable[Any]) -> int | None:
    """Return the sum over several fitted estimators; None where it is not defined for one of them."""
    numbers = [count(one) for one in fitted]
    return None if None in numbers else sum(number for number in numbers if number is not None)


def sizes(*arrays: Any) -> int:
    """Return how many numbers some arrays have, sparse ones included."""
    return int(sum(np.prod(getattr(array, "shape", np.shape(array))) for array in arrays))


def leaves_of_booster(booster: Any, _: Any) -> int:
    """Return the leaves of a booster of LightGBM."""
    return sum(tree["num_leaves"] for tree in booster.dump_model()["tree_info"])


COUNTS: dict[str, Callable[[Any, Any], int | None]] = {
    "steps": lambda steps, _: count(steps[-1][1]),
    "best_estimator_": lambda best, _: count(best),
    "regressor_": lambda regressor, _: count(regressor),
    "tree_": lambda tree, _: int(tree.n_leaves),
    "_predictors": lambda stages, _: sum(tree.get_n_leaf_nodes() for stage in stages for tree in stage),
    "booster_": leaves_of_booster,
    "get_booster": lambda booster, _: sum(text.count("leaf=") for text in booster().get_dump()),
    "estimators_": lambda estimators, _: total(np.ravel(estimators)),
    "coefs_": lambda coefs, fitted: sizes(*coefs, *fitted.intercepts_),
    "dual_coef_": lambda dual, fitted: sizes(dual, getattr(fitted, "intercept_", ())),
    "coef_": lambda coef, fitted: sizes(coef, *([fitted.intercept_] if getattr(fitted, "fit_intercept", True) else [])),
}
"""What a fitted estimator has -> its number of parameters; the first that it has counts.

Leaves of trees, summed over an ensemble; coefficients with intercepts; of support vectors, and of dual solutions.
"""
