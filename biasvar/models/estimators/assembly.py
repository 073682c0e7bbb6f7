"""An estimator put together from class names and parameters: one class, or a pipeline of several."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from biasvar.settings import Problem, SettingsError, did_you_mean

INNER = ("estimator", "final_estimator", "regressor", "classifier", "transformer")
"""Parameters that are estimators, given by the name of their class."""
OURS = {
    "random_state": "it is drawn from the study's seed for each model, and design.vary=[init] varies it alone",
    "n_jobs": "each model has one thread, and models are trained side by side: workers=N says how many",
}
"""Parameters that a study sets itself."""

Pairs = Sequence[tuple[str, Any]]


def is_ours(name: str) -> bool:
    """Return whether a study sets a parameter itself, also one of an inner estimator."""
    return name.rpartition("__")[2] in OURS


def inner_classes(parameters: Pairs) -> dict[str, str]:
    """Return the class names among parameters by their parameter."""
    return {name: value for name, value in parameters if name.rpartition("__")[2] in INNER and starts_capital(value)}


def starts_capital(value: Any) -> bool:
    """Return whether a value is a text that begins with a capital letter, as the names of classes do."""
    return isinstance(value, str) and value[:1].isupper()


def assemble(names: Sequence[str], parameters: Pairs, classes: Mapping[str, type]) -> Any:
    """Return the estimator of some class names with its parameters set; several are a pipeline, as make_pipeline does.

    Raises
    ------
    SettingsError
        For parameters that it does not have, that it needs, or that a study sets itself.
    """
    from sklearn.pipeline import make_pipeline

    inner = {name: classes[value]() for name, value in inner_classes(parameters).items()}
    given = dict(parameters) | inner
    steps = [new(classes[name], given, f"{name.lower()}__" if len(names) > 1 else "") for name in names]
    estimator = steps[0] if len(names) == 1 else make_pipeline(*steps)
    for name in sorted(inner, key=lambda name: name.count("__")):
        if name in estimator.get_params():
            estimator.set_params(**{name: inner[name]})
    require_known(estimator, given)
    return estimator.set_params(**{name: value for name, value in given.items() if name not in inner})


def new(cls: type, given: Mapping[str, Any], prefix: str) -> Any:
    """Return an instance of a class with what it cannot be made without.

    Raises
    ------
    SettingsError
        If that is not given.
    """
    parameters = list(inspect.signature(cls).parameters.values())
    needed = [one.name for one in parameters if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD]
    missing = [name for name in needed if prefix + name not in given]
    if missing:
        what = f"model.name: {cls.__name__} needs {' and '.join(missing)}"
        hint = f"model.{prefix}{missing[0]}=NAME is the class of the estimator inside" if missing[0] in INNER else ""
        raise SettingsError([Problem("model.name", what, "parameters that can be written as a key", hint)])
    return cls(**{name: given[prefix + name] for name in needed})


def require_known(estimator: Any, given: Mapping[str, Any]) -> None:
    """Raise for parameters that an estimator does not have, and for those that a study sets itself."""
    known = [name for name in estimator.get_params() if not is_ours(name)]
    problems = []
    for name in given:
        if is_ours(name):
            what = f"model.{name} is not yours to set: {OURS[name.rpartition('__')[2]]}"
            problems.append(Problem(f"model.{name}", what, "", "leave it out"))
        elif name not in known:
            what = f"model.{name} is not a parameter of {title(estimator)}"
            keys = [f"model.{one}" for one in known]
            problems.append(Problem(f"model.{name}", what, listed(keys), did_you_mean(f"model.{name}", keys)))
    if problems:
        raise SettingsError(problems)


def listed(keys: Sequence[str]) -> str:
    """Return the keys that an estimator has, as a need."""
    return "one of " + ", ".join(sorted(keys)) if keys else "no parameter at all"


def title(estimator: Any) -> str:
    """Return the name of an estimator's class, or those of a pipeline's steps."""
    names = [type(part).__name__ for _, part in getattr(estimator, "steps", [])] or [type(estimator).__name__]
    return ", ".join(names)
