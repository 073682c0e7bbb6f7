"""Interpolations such as ``${data.n_train}``: a study's settings depend only on its own keys."""

from collections.abc import Iterator
from typing import Any

from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.errors import (
    GrammarParseError,
    InterpolationKeyError,
    InterpolationToMissingValueError,
    OmegaConfBaseException,
    UnsupportedInterpolationType,
)

from biasvar.composition.process_state import ReadsOutside, borrowed
from biasvar.settings import Problem, SettingsError, did_you_mean, show
from biasvar.study.config import known_keys


def resolve(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings with every interpolation resolved.

    Raises
    ------
    SettingsError
        With every interpolation that cannot be resolved.
    """
    problems: list[Problem] = []
    with borrowed():
        resolved = {name: value_of(name, value, settings, problems) for name, value in settings.items()}
    if problems:
        raise SettingsError(problems)
    return resolved


def value_of(key: str, value: Any, settings: dict[str, Any], problems: list[Problem]) -> Any:
    """Return the resolved value of a dotted key, whose unresolved value is ``value``."""
    if isinstance(value, dict):
        return {name: value_of(f"{key}.{name}", item, settings, problems) for name, item in value.items()}
    if "${" not in str(value):
        return value
    try:
        config = OmegaConf.create(settings)
        found = OmegaConf.select(config, key, throw_on_missing=True)
        return OmegaConf.to_container(found, resolve=True) if isinstance(found, DictConfig | ListConfig) else found
    except (OmegaConfBaseException, RecursionError) as error:
        if not isinstance(error, GrammarParseError) or is_malformed(value):  # otherwise it is another key's problem
            problems.append(interpolation_problem(key, value, error))
        return None


def is_malformed(value: Any) -> bool:
    """Return whether a value contains a malformed ``${``."""
    try:
        OmegaConf.create({"value": value})
    except OmegaConfBaseException:
        return True
    return False


def interpolation_problem(key: str, value: Any, error: Exception) -> Problem:
    """Return why an interpolation has no value."""
    needs = "a key of the configuration, such as ${data.n_train}"
    what, hint = f"{key} = {show(value)}", ""
    outside = next((cause for cause in causes(error) if isinstance(cause, ReadsOutside)), None)
    if outside is not None and str(outside) == "oc.env":
        return Problem(
            key, f"{what}: values of the environment are not read: a study's files would keep them", "the value itself"
        )
    if outside is not None:
        why = f"{outside} reads something that is no key of the configuration"
    elif isinstance(error, UnsupportedInterpolationType):
        why = str(error).splitlines()[0].replace("Unsupported interpolation type", "there is no resolver")
    elif isinstance(error, GrammarParseError):
        why = "it is not an interpolation"
    elif "ecursi" in str(error):
        why = "it asks for itself"
    elif isinstance(error, InterpolationToMissingValueError):
        why = "it asks for a key that has no value"
    elif isinstance(error, InterpolationKeyError):
        name = str(error).splitlines()[0].split("'")[1]
        why, hint = f"there is no key {name}", did_you_mean(name, known_keys())
    else:
        why = " ".join(str(error).splitlines()[0].split())
    return Problem(key, f"{what}: an interpolation cannot be resolved: {why}", needs, hint)


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and its causes."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
