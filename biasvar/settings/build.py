"""Build a settings class from a plain mapping, collecting every problem on the way."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from biasvar.settings.keys import (
    as_declared,
    entries_of,
    guess_of,
    guess_of_share,
    in_range,
    is_number,
    key_names,
    needs_of,
    strip_optional,
    type_hints,
    unknown,
)
from biasvar.settings.log_spaced import called
from biasvar.settings.own import frozen, is_fact, is_plain, open_field
from biasvar.settings.problems import Problem
from biasvar.settings.spelling import as_float, axis_hint, did_you_mean, join, show, spelling_hint


def build(cls: type, mapping: Mapping[str, Any], path: str, problems: list[Problem]) -> Any:
    """Make a ``cls`` from a mapping; append to ``problems`` what is wrong, and return None if anything is.

    ``path`` is the dotted prefix that the keys have in the whole configuration (empty at the top). A class with a field
    for ``parameters`` takes keys of any name. Facts are taken as they are: they come from this program.
    """
    fields = {field.name: field for field in dataclasses.fields(cls) if field.init}
    opened = open_field(cls)
    before = len(problems)
    if not isinstance(mapping, Mapping):
        problems.append(Problem(path, f"{path} = {show(mapping)} is not allowed", "a mapping from keys to values"))
        return None
    values, others = {}, {}
    for name, value in mapping.items():
        if name == "kind":
            continue
        if name in fields and is_fact(fields[name]):
            values[name] = frozen(value)
        elif name in fields and name != opened:
            values[name] = convert(fields[name], type_hints(cls)[name], value, join(path, name), problems)
        elif opened and name != opened:
            others[name] = plain(value, join(path, name), problems)
        else:
            problems.append(unknown(join(path, name), [join(path, known) for known in key_names(cls)]))
    if opened:
        values[opened] = tuple(sorted(others.items()))
    return cls(**values) if len(problems) == before else None


def plain(value: Any, name: str, problems: list[Problem]) -> Any:
    """Return the value of an undeclared key; append a problem unless it is plain and finite."""
    if isinstance(value, float) and not math.isfinite(value):
        problems.append(Problem(name, f"{name} = {show(value)} is not finite", "a finite number"))
    elif not is_plain(value):
        problems.append(
            Problem(name, f"{name} = {show(value)} is not allowed", "a number, a text, a list of them, or null")
        )
    return frozen(value)


def convert(field: dataclasses.Field, hint: Any, value: Any, name: str, problems: list[Problem]) -> Any:
    """Return ``value`` as the field's type; append a problem if it has another type or is out of range."""
    wanted, optional = strip_optional(hint)
    if value is None and optional:
        return None
    needs = needs_of(field, hint)
    if wanted is not tuple:
        return as_declared(convert_one(field.metadata, wanted, value, name, needs, problems), hint)
    if isinstance(value, str) and entries_of(hint) is str and not field.metadata["choices"]:
        value = [value]
    if isinstance(value, str) and entries_of(hint) is int:
        try:
            value = called(value) or value
        except ValueError as error:
            problems.append(Problem(name, f"{name} = {value} is not allowed", str(error)))
            return ()
    if not isinstance(value, list | tuple) or (not value and field.default):
        is_entry = value in field.metadata["choices"] or is_number(value)
        is_text = isinstance(value, str) and bool(value) and entries_of(hint) not in (int, float)
        is_entry = is_entry or (is_text and not field.metadata["choices"])
        hint = f"write [{show(value)}]" if is_entry else ""
        problems.append(Problem(name, f"{name} = {show(value)} is not allowed", needs, hint))
        return ()
    if field.metadata["choices"]:
        return convert_names(field, value, name, needs, problems)
    found: list[Problem] = []
    one, places = partial(convert_one, field.metadata, entries_of(hint)), [f"{name}[{i}]" for i in range(len(value))]
    entries = tuple(one(entry, place, needs, found) for place, entry in zip(places, value, strict=True))
    problems += [dataclasses.replace(problem, key=name) for problem in found]
    return entries


def convert_one(
    metadata: Mapping[str, Any], wanted: type, value: Any, name: str, needs: str, problems: list[Problem]
) -> Any:
    """Return a single value as the wanted type; append a problem if it has another type or is out of range."""
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        value = as_float(value)
    if not isinstance(value, wanted) or (wanted is not bool and isinstance(value, bool)):
        hint = axis_hint(wanted, value, name) or ("" if metadata["choices"] else spelling_hint(wanted, value))
        problems.append(Problem(name, f"{name} = {show(value)} is not allowed", needs, hint))
    elif isinstance(value, float) and not math.isfinite(value):
        problems.append(Problem(name, f"{name} = {show(value)} is not finite", needs))
    elif isinstance(value, str) and not is_encodable(value):
        problems.append(Problem(name, f"{name} = {value!a} has an unpaired surrogate", "a text that UTF-8 can encode"))
    elif not in_range(metadata, value):
        guess = guess_of(metadata, str(value)) if metadata["choices"] else metadata["hint"]
        guess = guess_of_share(metadata, value) or guess
        problems.append(Problem(name, f"{name} = {show(value)} is not allowed", needs, guess))
    return value


def is_encodable(text: str) -> bool:
    """Return whether a text can be written: bytes of the command line that are no text stay as they are."""
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def convert_names(
    field: dataclasses.Field, value: Sequence[Any], name: str, needs: str, problems: list[Problem]
) -> tuple[str, ...]:
    """Return a list of choices as a tuple; append a problem for each invalid entry.

    An entry is a choice, or several joined by ``+`` if the key allows it; none may be listed twice.
    """
    choices = field.metadata["choices"]
    joined = field.metadata["joined"]
    entries = [part for entry in value for part in (str(entry).split("+") if joined else [str(entry)])]
    for entry in dict.fromkeys(entries):
        if entry not in choices:
            what = f"{name} = {show(value)}: {entry} is not allowed"
            problems.append(Problem(name, what, needs, did_you_mean(entry, choices)))
    if len(set(entries)) < len(entries):
        problems.append(Problem(name, f"{name} = {show(value)} names one twice", needs))
    return tuple(value)
