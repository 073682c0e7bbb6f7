"""Settings: frozen dataclasses whose fields say what they mean and what they allow. Imports the standard library only.

A family member (a data source, a model, a training) is such a dataclass: its fields are its configuration keys, its
methods are what it does. ``key`` declares a field, ``build`` makes an instance from a plain mapping and collects every
problem instead of stopping at the first, ``describe`` lists the keys for people.
"""

import dataclasses
import difflib
import math
import types
import typing
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing wrong with a configuration: ``what`` was found at ``key``, what is needed instead, and a hint."""

    key: str
    what: str
    needs: str = ""
    hint: str = ""
    origin: str = ""


class SettingsError(ValueError):
    """A configuration that cannot be used; carries every :class:`Problem` found."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.what} (needs {p.needs})" if p.needs else p.what for p in self.problems))


@dataclasses.dataclass(frozen=True)
class Key:
    """What people need to know of one configuration key."""

    name: str
    type: str
    range: str
    default: Any
    meaning: str


def key(
    default: Any,
    meaning: str,
    *,
    at_least: float | None = None,
    above: float | None = None,
    below: float | None = None,
    at_most: float | None = None,
    choices: Iterable[str] = (),
    hint: str = "",
    identity: bool = True,
    other_names: Mapping[str, str] = types.MappingProxyType({}),
) -> Any:
    """Declare a configuration key: its default, its meaning (with unit), its range.

    ``identity=False`` marks a key that changes no number (a path, a figure width): it is left out of the member's
    identity. ``hint`` is shown when a value is out of range; ``other_names`` of choices help to guess what was meant.
    """
    metadata: dict[str, Any] = {
        "meaning": meaning,
        "at_least": at_least,
        "above": above,
        "below": below,
        "at_most": at_most,
    }
    metadata |= {"choices": tuple(choices), "hint": hint, "identity": identity, "other_names": other_names}
    return dataclasses.field(default=default, metadata=metadata)


def build(cls: type, mapping: Mapping[str, Any], path: str, problems: list[Problem]) -> Any:
    """Make a ``cls`` from a mapping; append to ``problems`` what is wrong, and return None if anything is.

    ``path`` is the dotted prefix that the keys have in the whole configuration (empty at the top).
    """
    fields = {field.name: field for field in dataclasses.fields(cls) if field.init}
    before = len(problems)
    if not isinstance(mapping, Mapping):
        problems.append(Problem(path, f"{path} = {show(mapping)} is not allowed", "a mapping from keys to values"))
        return None
    values = {}
    for name, value in mapping.items():
        if name == "kind":
            continue
        if name not in fields:
            problems.append(unknown(join(path, name), [join(path, known) for known in fields]))
            continue
        values[name] = convert(fields[name], type_hints(cls)[name], value, join(path, name), problems)
    return cls(**values) if len(problems) == before else None


@cache
def type_hints(cls: type) -> dict[str, Any]:
    """Return the annotations of a class, resolved once."""
    return typing.get_type_hints(cls)


def convert(field: dataclasses.Field, hint: Any, value: Any, name: str, problems: list[Problem]) -> Any:
    """Return ``value`` as the field's type; append a problem if it is not of that type or out of range."""
    wanted, optional = strip_optional(hint)
    if value is None and optional:
        return None
    needs = needs_of(field, hint)
    if wanted is tuple:
        return convert_list(field, value, name, needs, problems)
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        value = as_float(value)
    if not isinstance(value, wanted) or (wanted is not bool and isinstance(value, bool)):
        problems.append(Problem(name, f"{name} = {show(value)} is not allowed", needs, spelling_hint(wanted, value)))
    elif isinstance(value, float) and not math.isfinite(value):
        problems.append(Problem(name, f"{name} = {show(value)} is not finite", needs))
    elif not in_range(field.metadata, value):
        guess = guess_of(field.metadata, str(value)) if field.metadata["choices"] else field.metadata["hint"]
        problems.append(Problem(name, f"{name} = {show(value)} is not allowed", needs, guess))
    return value


def convert_list(
    field: dataclasses.Field, value: Any, name: str, needs: str, problems: list[Problem]
) -> tuple[str, ...]:
    """Return a list as a tuple; append a problem for what is no list, and for each entry that is no choice.

    An entry is a choice, or several joined by ``+``; none may be named twice.
    """
    if not isinstance(value, list | tuple) or not value:
        hint = f"write [{value}]" if value in field.metadata["choices"] else ""
        problems.append(Problem(name, f"{name} = {show(value)} is not allowed", needs, hint))
        return ()
    choices = field.metadata["choices"]
    entries = [part for entry in value for part in str(entry).split("+")]
    for entry in dict.fromkeys(entries):
        if entry not in choices:
            what = f"{name} = {show(value)}: {entry} is not allowed"
            problems.append(Problem(name, what, needs, did_you_mean(entry, choices)))
    if len(set(entries)) < len(entries):
        problems.append(Problem(name, f"{name} = {show(value)} names one twice", needs))
    return tuple(value)


def strip_optional(hint: Any) -> tuple[type, bool]:
    """Return the plain type of a field's annotation and whether it may be None."""
    if isinstance(hint, types.UnionType):
        plain = [part for part in typing.get_args(hint) if part is not type(None)]
        return plain[0], True
    return typing.get_origin(hint) or hint, False


def in_range(metadata: Mapping[str, Any], value: Any) -> bool:
    """Say whether a value of the right type lies within a key's limits."""
    if metadata["choices"]:
        return value in metadata["choices"]
    return (
        (metadata["at_least"] is None or value >= metadata["at_least"])
        and (metadata["above"] is None or value > metadata["above"])
        and (metadata["below"] is None or value < metadata["below"])
        and (metadata["at_most"] is None or value <= metadata["at_most"])
    )


def range_of(metadata: Mapping[str, Any], how_many: str = "one") -> str:
    """Return a key's limits in words."""
    if metadata["choices"]:
        return f"{how_many} of " + ", ".join(metadata["choices"])
    words = {"at_least": "at least", "above": "above", "below": "below", "at_most": "at most"}
    return " and ".join(f"{word} {limit(metadata[name])}" for name, word in words.items() if metadata[name] is not None)


def limit(number: float) -> str:
    """Return a limit in words: whole numbers in full."""
    return str(number) if isinstance(number, int) and abs(number) >= 1e6 else f"{number:g}"


def needs_of(field: dataclasses.Field, hint: Any) -> str:
    """Return in words what a key takes: ``an integer of at least 1``."""
    wanted, optional = strip_optional(hint)
    if wanted is tuple:
        return f"a list of {', '.join(field.metadata['choices'])}"
    limits = range_of(field.metadata)
    noun = {int: "an integer", float: "a number", bool: "true or false", str: "a text", dict: "a mapping"}[wanted]
    text = (
        limits
        if field.metadata["choices"]
        else f"{noun} of {limits}"
        if limits.startswith("at")
        else f"{noun} {limits}"
    )
    return text.strip() + (", or null" if optional else "")


def describe(cls: type) -> list[Key]:
    """List the keys of a settings class, in order."""
    hints = type_hints(cls)
    return [
        Key(
            name=field.name,
            type=strip_optional(hints[field.name])[0].__name__.replace("tuple", "list")
            + (" or null" if strip_optional(hints[field.name])[1] else ""),
            range=range_of(field.metadata, "any" if strip_optional(hints[field.name])[0] is tuple else "one"),
            default=field.default,
            meaning=field.metadata["meaning"],
        )
        for field in dataclasses.fields(cls)
        if "meaning" in field.metadata
    ]


def identity_of(settings: Any) -> dict[str, Any]:
    """Return the keys of a settings instance that change its numbers, with its kind."""
    kept = {f.name: getattr(settings, f.name) for f in dataclasses.fields(settings) if f.metadata.get("identity", True)}
    return {"kind": settings.kind} | kept


def unknown(name: str, known: Iterable[str]) -> Problem:
    """Return the problem of a key that does not exist, with the nearest one that does."""
    known = sorted(known)
    return Problem(
        name, f"{name} is not a key of this configuration", "one of " + ", ".join(known), did_you_mean(name, known)
    )


def guess_of(metadata: Mapping[str, Any], word: str) -> str:
    """Return ``did you mean X?`` for the choice that is nearest, by its own or another name, or an empty text."""
    names = {str(choice): str(choice) for choice in metadata["choices"]} | dict(metadata["other_names"])
    near = difflib.get_close_matches(word, list(names), n=1, cutoff=0.6)
    return f"did you mean {names[near[0]]}?" if near else ""


def as_float(number: int) -> float:
    """Return a whole number as a float: infinite if it is larger than any."""
    try:
        return float(number)
    except OverflowError:
        return math.copysign(math.inf, number)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean X?`` for the nearest known word, or an empty text."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else ""


def spelling_hint(wanted: type, value: Any) -> str:
    """Return how to write a value that was meant but spelled in a way that YAML reads as something else."""
    if wanted is str and isinstance(value, int | float):
        return f"in quotes it is a text: '\"{show(value)}\"'"
    if wanted is bool and str(value).lower() in ("1", "0", "yes", "no", "on", "off", "y", "n"):
        return f"write {'true' if str(value).lower() in ('1', 'yes', 'on', 'y') else 'false'}"
    if wanted is int and isinstance(value, float) and value.is_integer():
        return f"write {value:.0f}"
    if isinstance(value, str) and wanted in (int, float):
        number = read_number(wanted, value)
        return "" if number is None else f"write {number}"
    return ""


def read_number(wanted: type, text: str) -> float | None:
    """Return the number that a text means, with or without quotes, as in 0x10 and 1,5; None for other texts."""
    for read in (int, lambda spelled: int(spelled, 0), float):
        try:
            number = read(text.strip().replace(",", "."))
            good = math.isfinite(number) and (wanted is float or number == int(number))
        except (ValueError, OverflowError):
            continue
        return (int(number) if wanted is int else number) if good else None
    return None


def show(value: Any) -> str:
    """Return a value as it is written in a configuration."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {show(item)}' for name, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(show, value))}]"
    if isinstance(value, str) and (not value.strip() or read_number(float, value) is not None):
        return f"'{value}'"
    return "null" if value is None else str(value)


def join(path: str, name: str) -> str:
    """Return the dotted name of a key below a path."""
    return f"{path}.{name}" if path else str(name)
