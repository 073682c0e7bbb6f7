"""Configuration keys: declared beside a default, described for display, and which of them change numbers."""

import dataclasses
import difflib
import types
import typing
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from biasvar.settings.own import is_fact, open_field
from biasvar.settings.problems import Problem
from biasvar.settings.spelling import did_you_mean

NOUNS = {int: "an integer", float: "a number", bool: "true or false", str: "a text", dict: "a mapping"}
PLURALS = {int: "integers", float: "numbers", str: "texts"}  # of the entries of a list


@dataclasses.dataclass(frozen=True)
class Key:
    """The description of one configuration key."""

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
    multiple_of: float | None = None,
    choices: Iterable[str] = (),
    hint: str = "",
    identity: bool = True,
    neutral: Any = dataclasses.MISSING,
    joined: bool = False,
    other_names: Mapping[str, str] = types.MappingProxyType({}),
) -> Any:
    """Declare a configuration key: its default, its meaning (with unit), its range.

    ``identity=False`` marks a key that changes no number (a path, a figure width): it is left out of the member's
    identity. So is a key at its ``neutral`` value. That value means absence, and never changes, even if the default
    does, so that a new key invalidates no stored members. ``hint`` is shown when a value is out of range;
    ``other_names`` of choices help to guess what was meant. Entries of a ``joined`` list may be several choices with +
    between them; a list may be empty if its default is. A key annotated ``int | float`` keeps whole numbers whole.
    """
    metadata: dict[str, Any] = {
        "meaning": meaning,
        "at_least": at_least,
        "above": above,
        "below": below,
        "at_most": at_most,
        "multiple_of": multiple_of,
    }
    metadata |= {"choices": tuple(choices), "hint": hint, "joined": joined, "other_names": other_names}
    metadata |= {"identity": identity, "neutral": neutral}
    return dataclasses.field(default=default, metadata=metadata)


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


@cache
def type_hints(cls: type) -> dict[str, Any]:
    """Return the annotations of a class, resolved once."""
    return typing.get_type_hints(cls)


def strip_optional(hint: Any) -> tuple[type, bool]:
    """Return the plain type of a field's annotation and whether it may be None."""
    if isinstance(hint, types.UnionType):
        plain = [part for part in typing.get_args(hint) if part is not type(None)]
        return strip_optional(plain[-1])[0], type(None) in typing.get_args(hint)
    return typing.get_origin(hint) or hint, False


def entries_of(hint: Any) -> type:
    """Return the type of the entries of a list, for its annotation ``tuple[float, ...]``."""
    return next(arg for arg in (hint, *typing.get_args(hint)) if typing.get_origin(arg) is tuple).__args__[0]


def in_range(metadata: Mapping[str, Any], value: Any) -> bool:
    """Return whether a value of the right type is within a key's limits."""
    if metadata["choices"]:
        return value in metadata["choices"]
    return (
        (metadata["at_least"] is None or value >= metadata["at_least"])
        and (metadata["above"] is None or value > metadata["above"])
        and (metadata["below"] is None or value < metadata["below"])
        and (metadata["at_most"] is None or value <= metadata["at_most"])
        and (metadata["multiple_of"] is None or value % metadata["multiple_of"] == 0)
    )


def guess_of_share(metadata: Mapping[str, Any], value: Any) -> str:
    """Return ``did you mean 0.95?`` for 95 percent of a key that is a fraction of one, or an empty string."""
    share = any(metadata[name] is not None and 0 < metadata[name] <= 1 for name in ("at_most", "below"))
    percent = share and isinstance(value, float) and value > 1 and in_range(metadata, value / 100)
    return f"did you mean {value / 100:g}?" if percent else ""


def range_of(metadata: Mapping[str, Any], how_many: str = "one") -> str:
    """Return a key's limits in words."""
    if metadata["choices"]:
        return f"{how_many} of " + ", ".join(metadata["choices"])
    words = {"at_least": "at least", "above": "above", "below": "below", "at_most": "at most"}
    words |= {"multiple_of": "a multiple of"}
    return " and ".join(f"{word} {limit(metadata[name])}" for name, word in words.items() if metadata[name] is not None)


def limit(number: float) -> str:
    """Return a limit in words: whole numbers in full."""
    return str(number) if isinstance(number, int) and abs(number) >= 1e6 else f"{number:g}"


def needs_of(field: dataclasses.Field, hint: Any) -> str:
    """Return the values that a key accepts, in words: ``an integer of at least 1``."""
    wanted, optional = strip_optional(hint)
    limits = range_of(field.metadata)
    if wanted is tuple:
        text = f"a list of {', '.join(field.metadata['choices']) or of_limits(PLURALS[entries_of(hint)], limits)}"
    else:
        text = limits if field.metadata["choices"] else of_limits(NOUNS[wanted], limits)
    return text + (", or null" if optional else "")


def of_limits(noun: str, limits: str) -> str:
    """Return a noun with its limits: ``an integer of at least 1``, ``a number above 0``."""
    return f"{noun} of {limits}" if limits.startswith("at") else f"{noun} {limits}".strip()


def guess_of(metadata: Mapping[str, Any], word: str) -> str:
    """Return ``did you mean X?`` for the nearest choice, by its own or another name, or an empty string."""
    names = {str(choice): str(choice) for choice in metadata["choices"]} | dict(metadata["other_names"])
    near = difflib.get_close_matches(word, list(names), n=1, cutoff=0.6)
    return f"did you mean {names[near[0]]}?" if near else ""


def unknown(name: str, known: Iterable[str]) -> Problem:
    """Return the problem of an unknown key, with the nearest known one."""
    known = sorted(known)
    return Problem(
        name, f"{name} is not a key of this configuration", "one of " + ", ".join(known), did_you_mean(name, known)
    )


def key_names(cls: type) -> list[str]:
    """Return the names of the keys of a settings class, without its facts."""
    opened = open_field(cls)
    return [field.name for field in dataclasses.fields(cls) if not is_fact(field) and field.name != opened]


def keys_that_change_numbers(settings: Any) -> dict[str, Any]:
    """Return the keys and facts of a settings instance that change numbers; whole numbers serve as floats."""
    cls: type = type(settings)
    hints, opened = type_hints(cls), open_field(cls)
    names = [field.name for field in dataclasses.fields(cls) if field.metadata.get("identity", True)]
    declared = {name: as_declared(getattr(settings, name), hints[name]) for name in names if name != opened}
    return declared | (dict(getattr(settings, opened)) if opened else {})


@cache
def neutral_keys(cls: type) -> dict[str, Any]:
    """Return the keys of a settings class that have a neutral value, with that value."""
    values = {field.name: field.metadata.get("neutral", dataclasses.MISSING) for field in dataclasses.fields(cls)}
    hints = type_hints(cls)
    return {name: as_declared(value, hints[name]) for name, value in values.items() if value is not dataclasses.MISSING}


def as_declared(value: Any, hint: Any) -> Any:
    """Return a number, or those of a list, as floats if a key's annotation says so; any other value unchanged.

    Whole numbers are ints under ``int | float``.
    """
    if isinstance(value, tuple) and strip_optional(hint)[0] is tuple:
        return tuple(as_declared(entry, entries_of(hint)) for entry in value)
    if not is_number(value) or strip_optional(hint)[0] is not float:
        return value
    return int(value) if int in typing.get_args(hint) and value == value // 1 else float(value)


def is_number(value: Any) -> bool:
    """Return whether a value is a whole number or a float."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def identity_of(settings: Any) -> dict[str, Any]:
    """Return what distinguishes a settings instance from others of its family that give different numbers.

    That is its kind, the numerics of its class, and the keys that change numbers, except those at their neutral value.
    """
    cls: type = type(settings)
    neutral = neutral_keys(cls)
    keys = keys_that_change_numbers(settings)
    # The types are compared too: 0 and 1 equal false and true.
    kept = {
        name: value
        for name, value in keys.items()
        if not (name in neutral and type(value) is type(neutral[name]) and value == neutral[name])
    }
    return {"kind": settings.kind, "numerics": settings.numerics} | kept
