"""The keys of a network of the user's own: the parameters of its factory."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from biasvar.settings import Problem, SettingsError, did_you_mean, show
from biasvar.settings.own import frozen, is_plain
from biasvar.settings.plugins import Plugin

GIVEN = 2  # parameters that biasvar gives: the shape of one input, and the number of outputs
POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def keywords_of(factory: Callable, plugin: Plugin, model: Any) -> dict[str, Any]:
    """Return the value of every key of a factory: those that are set, and its own defaults.

    A default that is no number, text, list or null stays in the code alone, which the plugin's source covers.

    Raises
    ------
    SettingsError
        If it does not take the two given arguments, and for keys that it lacks or that have no value.
    """
    name, where = model.factory, f"{model.factory} in {plugin.name}"
    if not callable(factory):
        raise SettingsError([Problem("model.factory", f"model.factory = {name} is no function in {plugin.name}")])
    parameters = list(inspect.signature(factory).parameters.values())
    first, others = parameters[:GIVEN], {one.name: one for one in parameters[GIVEN:]}
    if len(first) < GIVEN or any(one.kind not in POSITIONAL for one in first):
        what = f"model.factory = {where} takes {inspect.signature(factory)}"
        raise SettingsError([Problem("model.factory", what, "(input_shape, outputs, ...) as its first two parameters")])
    opened = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in others.values())
    known = {one.name: one for one in others.values() if one.kind not in (*POSITIONAL[:1], *VARIADIC)}
    reserved = {field.name for field in fields(model)} | {"kind"}
    given = dict(model.keywords)
    problems = [
        Problem(f"model.{key}", f"{where} has a parameter {key}, which is a name of biasvar's", "another name")
        for key in known.keys() & reserved
    ]
    if not opened:
        needs = f"one of {', '.join(sorted(known))}" if known else "no key"
        problems += [
            Problem(f"model.{key}", f"model.{key} is no parameter of {where}", needs, did_you_mean(key, known))
            for key in given.keys() - known.keys()
        ]
    problems += [
        Problem(f"model.{key}", f"model.{key} has no value, and {where} no default for it", "a value", f"model.{key}=1")
        for key, one in known.items()
        if key not in given and one.default is inspect.Parameter.empty
    ]
    if problems:
        raise SettingsError(problems)
    defaults = {key: one.default for key, one in known.items() if is_default(one.default)}
    return {key: frozen(default) for key, default in defaults.items()} | {
        key: as_default(value, defaults.get(key)) for key, value in given.items()
    }


VARIADIC = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)


def is_default(value: Any) -> bool:
    """Return whether a parameter has a default that can be written down."""
    return value is not inspect.Parameter.empty and is_plain(value)


def as_default(value: Any, default: Any) -> Any:
    """Return a whole number as a float where the default is one, so that 0 and 0.0 are the same network."""
    return float(value) if isinstance(default, float) and type(value) is int else value


def require_capacity(capacity: str | None, keywords: Mapping[str, Any]) -> None:
    """Raise unless the capacity is a parameter with a number as its value.

    Raises
    ------
    SettingsError
        With the parameters that there are.
    """
    if capacity is None:
        return
    if capacity not in keywords:
        needs = f"one of {', '.join(sorted(keywords))}" if keywords else "null: the factory has none"
        what = f"model.capacity = {capacity} is no parameter of the factory's"
        raise SettingsError([Problem("model.capacity", what, needs, did_you_mean(capacity, keywords))])
    value = keywords[capacity]
    if isinstance(value, bool) or not isinstance(value, int | float):
        what = f"model.capacity = {capacity}, and model.{capacity} = {show(value)} is no number"
        hint = "without model.capacity it is the number of parameters"
        raise SettingsError([Problem("model.capacity", what, "a parameter whose values are numbers", hint)])
