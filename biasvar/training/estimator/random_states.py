"""Every source of randomness of a scikit-learn estimator, set from the seeds of a replicate."""

from typing import Any

from biasvar import seeds

LARGEST = 2**31 - 1  # what every scikit-learn estimator takes as a seed


def set_random_states(estimator: Any, seed: int, replicate: int) -> Any:
    """Set each ``random_state`` of an estimator in place, nested ones too, and return the estimator.

    Nested are those of a pipeline's steps, of what a meta-estimator wraps, and of cross-validation splitters among the
    parameters. Whatever was set before is replaced: a fixed number would hold the initialisation while the rows vary,
    and its variance would be counted as bias; None would draw from numpy's global generator.
    """
    parameters = dict(sorted(estimator.get_params(deep=True).items()))
    names = [name for name in parameters if name.rpartition("__")[2] == "random_state"]
    # Splitters have no get_params, so that what they hold is not among the names.
    splitters = [value for value in parameters.values() if is_splitter(value)]
    drawn = seeds.generator(seed, "initialisation", replicate).integers(LARGEST, size=len(names) + len(splitters))
    numbers = drawn.tolist()
    estimator.set_params(**dict(zip(names, numbers, strict=False)))
    for splitter, number in zip(splitters, numbers[len(names) :], strict=True):
        splitter.random_state = number
    return estimator


def is_splitter(value: Any) -> bool:
    """Say whether a parameter is a cross-validation splitter that shuffles."""
    return hasattr(value, "split") and hasattr(value, "random_state") and not hasattr(value, "get_params")
