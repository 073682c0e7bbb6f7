"""Change keys of settings by ``group.key=value`` texts."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TypeVar

from biasvar.settings.build import build
from biasvar.settings.problems import Problem, SettingsError

Settings = TypeVar("Settings")


def changed(settings: Settings, group: str, texts: Sequence[str]) -> Settings:
    """Return settings with overrides ``group.key=value``, each value a number or a name.

    Raises
    ------
    SettingsError
        With every override for another group, or with an unknown key or value.
    """
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.startswith(f"{group}."):
            problems.append(Problem(key, f"{text} cannot be set here", f"{group}.KEY=VALUE"))
        else:
            values[key.removeprefix(f"{group}.")] = number_or_text(value)
    found = build(type(settings), vars(settings) | values, group, problems)
    if problems:
        raise SettingsError(problems)
    return found


def number_or_text(text: str) -> float | int | str:
    """Return a number if the text is one, otherwise the text."""
    for kind in (int, float):
        with suppress(ValueError):
            return kind(text)
    return text
