"""Every source of randomness of a scikit-learn estimator, set from the seeds of a replicate."""

from typing import Any

from biasvar import seeds

LARGEST = 2**31 - 1  # accepted as a seed by every scikit-learn estimator


def set_random_states(estimator: Any, seed: int, replicate: int) -> Any:
    """Set each ``random_state`` of an estimator in place, including nested ones, and return the estimator.

    Nested ones belong to a pipeline's steps, to the base estimators of meta-estimators, and to cross-validation
    splitters among the parameters. Earlier values are replaced: a fixed number would fix the initialisation while the
    rows vary, so its variance would be counted as bias; None would draw from numpy's global generator.
    """
    parameters = dict(sorted(estimator.get_params(deep=True).items()))
    names = [name for name in parameters if name.rpartition("__")[2] == "random_state"]
    # Splitters have no get_params, so their parameters are not among the names.
    splitters = [value for value in parameters.values() if is_splitter(value)]
    drawn = seeds.generator(seed, "initialisation", replicate).integers(LARGEST, size=len(names) + len(splitters))
    numbers = drawn.tolist()
    estimator.set_params(**dict(zip(names, numbers, strict=False)))
    for splitter, number in zip(splitters, numbers[len(names) :], strict=True):
        splitter.random_state = number
    return estimator


def is_splitter(value: Any) -> bool:
    """Return whether a parameter is a cross-validation splitter that shuffles."""
    return hasattr(value, "split") and hasattr(value, "random_state") and not hasattr(value, "get_params")
