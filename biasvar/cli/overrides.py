"""Overrides in Hydra's grammar: which choose a group's option, which set a key, which sweep it."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, OverrideType, QuotedString, ValueType
from hydra.errors import HydraException

from biasvar.settings import Problem, SettingsError, did_you_mean, unknown
from biasvar.study.config import GROUPS, known_keys

CHOICES = (*GROUPS, "study")  # groups of ``conf/``
MOST_VALUES = 2_000_000  # more are not even counted


@dataclass(frozen=True)
class Setting:
    """One override: a key with the values it takes, one or (swept) several."""

    key: str
    values: list[Any]
    swept: bool
    text: str


def parse(texts: list[str], problems: list[Problem]) -> list[Setting]:
    """Return the settings that a command line asks for; append what is wrong with them to ``problems``."""
    parser = OverridesParser.create()
    settings = []
    for text in texts:
        try:
            override = parser.parse_override(text)
        except HydraException as error:
            what = f"{text!r} is not an override: {str(error).splitlines()[0]}"
            problems.append(Problem(text, what, "key=value, key=a,b,c, key=range(1,9) or key=choice(a,b)"))
            continue
        problem = problem_of(override, text)
        if problem:
            problems.append(problem)
        else:
            settings.append(setting_of(override, text))
    return settings


def problem_of(override: Override, text: str) -> Problem | None:
    """Return what keeps an override from being used."""
    origin = f"command line: {text}"
    name = override.key_or_group
    if name not in CHOICES and name not in known_keys():
        return Problem(name, f"{name} is not a configuration key", hint=nearest(name), origin=origin)
    if override.type is not OverrideType.CHANGE or override.package is not None:
        return Problem(name, f"{text} is not allowed", "key=value: keys are neither added nor removed", origin=origin)
    if override.is_sweep_override():
        if override.value_type in (ValueType.INTERVAL_SWEEP, ValueType.GLOB_CHOICE_SWEEP):
            return Problem(name, f"{text} is not a list of values", "a,b,c, range(...) or choice(...)", origin=origin)
        values = values_of(override)
        if len(values) > MOST_VALUES:
            return Problem(name, f"{text} has more than {MOST_VALUES:,} values", "fewer values", origin=origin)
        if not values:
            return Problem(name, f"{text}: the grid is empty", "at least one value", origin=origin)
        if name == "study":
            return Problem(name, "study cannot be swept: a sweep is one study", origin=origin)
    elif override.value() == []:
        return Problem(name, f"{text}: the grid is empty", f"{name}=1,2,4", origin=origin)
    return None


def nearest(name: str) -> str:
    """Return a did-you-mean over keys and groups, also for a key whose first part alone is misspelt."""
    return did_you_mean(name, [*CHOICES, *known_keys()]) or unknown(name, known_keys()).hint


def setting_of(override: Override, text: str) -> Setting:
    """Return an override as a setting."""
    swept = override.is_sweep_override()
    return Setting(override.key_or_group, values_of(override) if swept else [plain(override.value())], swept, text)


def values_of(override: Override) -> list[Any]:
    """Return the values of a sweep, in order."""
    if not override.is_sweep_override():
        return []
    return [plain(value) for value in islice(override.sweep_iterator(), MOST_VALUES + 1)]


def plain(value: Any) -> Any:
    """Return a parsed value without Hydra's marks of quotation."""
    if isinstance(value, QuotedString):
        return value.text
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def distinct(values: list[Any]) -> list[Any]:
    """Return the values of an axis, each once, in order of first appearance; true and 1 are not the same."""
    marks = [(isinstance(value, bool), str(value) if isinstance(value, list) else value) for value in values]
    return list(dict(zip(marks, values, strict=True)).values())


def values_of_preset(key: str, values: Any) -> list[Any]:
    """Return a preset axis's values: a list, or a text in the grammar of overrides such as ``range(1,9)``.

    Raises
    ------
    SettingsError
        For anything else, and for an axis without values.
    """
    found = list(values) if isinstance(values, list) else []
    if isinstance(values, str):
        try:
            found = values_of(OverridesParser.create().parse_override(f"{key}={values}"))
        except HydraException:
            found = []
    if not found:
        what = f"the preset's axis {key}: {values} has no values"
        raise SettingsError([Problem(key, what, "a list such as [1, 2, 4], or a text such as range(1,9)")])
    return found
