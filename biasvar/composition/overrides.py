"""Overrides in Hydra's grammar: some choose a group's option, some set a key, some sweep it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hydra.core.override_parser.types import ChoiceSweep, Override, RangeSweep
from hydra.errors import HydraException

from biasvar.composition.override_functions import numbers_of
from biasvar.composition.override_grammar import parse_override, plain
from biasvar.composition.override_problems import problem_of, syntax_problem
from biasvar.settings import Problem, SettingsError

# Quoted text; and unquoted words with a non-ASCII letter, which Hydra only reads in quotes, or with many letters,
# which it reads one by one.
WORD = r"[^\s,()\[\]{}:=\"']"
QUOTED_OR_FOREIGN = re.compile(rf""""[^"]*"|'[^']*'|{WORD}*[^\x00-\x7f]{WORD}*|{WORD}{{200,}}""")
MEANINGLESS = ("-m", "--multirun")  # anywhere: every sweep is a multirun


@dataclass(frozen=True)
class Setting:
    """One override: a key with its values, one or (swept) several."""

    key: str
    values: Sequence[Any]
    swept: bool
    text: str


def parse(texts: list[str], problems: list[Problem]) -> list[Setting]:
    """Return the settings on a command line; append their problems to ``problems``."""
    settings = []
    for text in texts:
        if text in MEANINGLESS:
            continue
        override = parsed(text, problems)
        if override is None:
            continue
        problem = problem_of(override, text)
        if problem:
            problems.append(problem)
        else:
            settings.append(setting_of(override, text))
    return settings


def parsed(text: str, problems: list[Problem]) -> Override | None:
    """Return Hydra's parse of a text, or None with the problem appended."""
    try:
        return parse_override(with_foreign_letters_quoted(text))
    except (HydraException, RecursionError, ValueError) as error:
        problems.append(syntax_problem(text, error))
        return None


def with_foreign_letters_quoted(text: str) -> str:
    """Return an override with non-ASCII letters of its value in quotes: ``name=héé`` as ``name="héé"``."""
    key, equal, value = text.partition("=")
    return key + equal + QUOTED_OR_FOREIGN.sub(lambda found: in_quotes(found[0]), value)


def in_quotes(part: str) -> str:
    """Return a part of a value in quotes, unless it has some."""
    return part if part[0] in "\"'" else f'"{part}"'


def setting_of(override: Override, text: str) -> Setting:
    """Return an override as a setting."""
    swept = override.is_sweep_override()
    return Setting(override.key_or_group, values_of(override) if swept else [plain(override.value())], swept, text)


def values_of(override: Override) -> Sequence[Any]:
    """Return the values of a sweep, in order."""
    sweep = override._value
    if isinstance(sweep, RangeSweep):
        return numbers_of(sweep)
    return [plain(value) for value in sweep.list] if isinstance(sweep, ChoiceSweep) else []


def distinct(values: Sequence[Any]) -> Sequence[Any]:
    """Return the distinct values of an axis in order of first appearance; true and 1 are different."""
    if isinstance(values, range):
        return values
    marks = [(type(value).__name__, str(value)) if isinstance(value, bool | list | dict) else value for value in values]
    return list(dict(zip(marks, values, strict=True)).values())


def values_of_preset(key: str, values: Any, origin: str = "") -> Sequence[Any]:
    """Return the values of a preset's axis: a list, or a text in the override grammar such as ``range(1,9)``.

    Raises
    ------
    SettingsError
        For anything else, and for an axis with too many values or none.
    """
    found: Sequence[Any] = list(values) if isinstance(values, list) else []
    why = ""
    if isinstance(values, str):
        problems: list[Problem] = []
        text = f"{key}={values}"
        override = parsed(text, problems)
        problem = problem_of(override, text) if override is not None else None
        if problem is not None:
            raise SettingsError([replace(problem, what=f"the preset's axis {problem.what}", origin=origin)])
        found = values_of(override) if override is not None else []
        why = "".join(problem.what.partition(" is not an override")[2] for problem in problems)
    if not found:
        what = f"the preset's axis {key}: {values} has no values{why}"
        raise SettingsError([Problem(key, what, "a list such as [1, 2, 4], or a text such as range(1,9)", "", origin)])
    return found
