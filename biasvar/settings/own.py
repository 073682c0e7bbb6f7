"""What a user brings: keys that only their code or file names, and the facts that are looked up in it."""

import dataclasses
from collections.abc import Mapping
from typing import Any

PLAIN = (bool, int, float, str)


def fact(default: Any, *, identity: bool = True, neutral: Any = dataclasses.MISSING) -> Any:
    """Declare a fact about a user's file or code, which ``Part.looked_up`` reads once, before a study is planned.

    A fact is no configuration key. A study's files keep it, so that planning and reporting need neither file nor code.
    ``identity`` and ``neutral`` are those of ``key``.
    """
    return dataclasses.field(default=default, metadata={"fact": True, "identity": identity, "neutral": neutral})


def parameters() -> Any:
    """Declare the field for keys of any name: pairs of a name and a plain value, in order of name."""
    return dataclasses.field(default=(), metadata={"open": True})


def is_fact(field: dataclasses.Field) -> bool:
    """Return whether a field holds a fact."""
    return field.metadata.get("fact", False)


def open_field(cls: type) -> str | None:
    """Return the name of the field that takes keys of any name, None if a settings class has none."""
    return next((field.name for field in dataclasses.fields(cls) if field.metadata.get("open")), None)


def as_mapping(settings: Any) -> dict[str, Any]:
    """Return every value of a settings instance by its key, with its kind: the inverse of ``build``."""
    values = {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}
    opened = values.pop(open_field(type(settings)) or "", ())
    return {"kind": settings.kind} | values | dict(opened)


def frozen(value: Any) -> Any:
    """Return a plain value with tuples in place of lists, and pairs in place of mappings."""
    if isinstance(value, list | tuple):
        return tuple(map(frozen, value))
    return tuple((name, frozen(item)) for name, item in value.items()) if isinstance(value, Mapping) else value


def is_plain(value: Any) -> bool:
    """Return whether a value is null, true, false, a number, a text, or a list of such."""
    if isinstance(value, list | tuple):
        return all(map(is_plain, value))
    return value is None or isinstance(value, PLAIN)
