"""What keeps an override from being used, with what to write instead."""

import math

from hydra.core.override_parser.types import Override, OverrideType, RangeSweep, Sweep, ValueType

from biasvar.settings import Problem, did_you_mean, show
from biasvar.study.config import GROUPS, SECTIONS, known_keys

CHOICES = (*GROUPS, "study")  # groups of ``conf/``
MOST_VALUES = 2_000_000  # more are not even counted
MOST_LISTED = 100_000  # of values that have to be written out: numbers with a fraction, and in random order
GRAMMAR = "key=value, key=a,b,c, key=range(1,9) or key=choice(a,b)"


def syntax_problem(text: str, error: Exception) -> Problem:
    """Return what is wrong with a text that Hydra cannot read."""
    key, equal, value = text.partition("=")
    origin = f"command line: {text}"
    if text.startswith("-"):
        return Problem(text, f"{text} is an option and no override", GRAMMAR, "options stand before `--`", origin)
    if not equal:
        hint = f"study={text} chooses a preset of that name" if text.isidentifier() else ""
        return Problem(text, f"{text!r} is not an override: there is no = in it", GRAMMAR, hint, origin)
    if not key.isascii():
        return unknown_key(key, origin)
    why = str(error).splitlines()[0].split(" expecting ")[0]
    quotes = {'"': "'", "'": '"'}
    hint = f"a text with signs or spaces stands in quotes: '{key}=\"...\"'" if not set(value) & set(quotes) else ""
    hint = "a quote that is opened must be closed" if any(value.count(quote) % 2 for quote in quotes) else hint
    return Problem(key, f"{text!r} is not an override: {why}", GRAMMAR, hint, origin)


def problem_of(override: Override, text: str) -> Problem | None:
    """Return what keeps an override that Hydra can read from being used."""
    origin = f"command line: {text}"
    name = override.key_or_group
    if not name:
        return Problem(text, f"{text!r} is not an override: there is no key before the =", GRAMMAR, "", origin)
    if name not in CHOICES and name not in known_keys():
        return unknown_key(name, origin)
    if override.type is not OverrideType.CHANGE or override.package is not None:
        hint = f"write {text.lstrip('+')}" if text.startswith("+") and override.package is None else ""
        return Problem(name, f"{text} is not allowed", "key=value: keys are neither added nor removed", hint, origin)
    if override.is_sweep_override():
        return problem_of_sweep(override, text, origin)
    if override.value() == []:
        return Problem(name, f"{text}: the grid is empty", "at least one value", "", origin)
    return problem_of_choice(name, [override.value()], origin) if name in CHOICES else None


def unknown_key(name: str, origin: str) -> Problem:
    """Return the problem of a key that no group has, with the nearest one that there is."""
    group, _, last = name.partition(".")
    below = sorted(key for key in known_keys() if key.startswith(f"{name}."))
    if last == "kind" and group in GROUPS:
        hint = f"{group}=NAME chooses one"
    elif name in SECTIONS:
        hint = f"its keys are {', '.join(below)}"
    elif group == "sweep":
        hint = "model.width=1,2,4 or range(1,9) makes an axis of any key"
    else:
        hint = did_you_mean(name, [*CHOICES, *known_keys()]) or "`biasvar config` lists every key"
    return Problem(name, f"{name} is not a configuration key", hint=hint, origin=origin)


def problem_of_sweep(override: Override, text: str, origin: str) -> Problem | None:
    """Return what keeps several values of a key from being used."""
    name = override.key_or_group
    if override.value_type in (ValueType.INTERVAL_SWEEP, ValueType.GLOB_CHOICE_SWEEP):
        return Problem(name, f"{text} is not a list of values", "a,b,c, range(...) or choice(...)", "", origin)
    if name == "study":
        return Problem(name, "study cannot be swept: a sweep is one study", origin=origin)
    if isinstance(override._value, RangeSweep):
        return problem_of_range(name, override._value, text, origin)
    if any(isinstance(value, Sweep) for value in override.sweep_iterator()):
        return Problem(name, f"{text} is a list that holds a range", "one range(...), or a list of values", "", origin)
    return problem_of_choice(name, list(override.sweep_iterator()), origin) if name in CHOICES else None


def problem_of_range(name: str, sweep: RangeSweep, text: str, origin: str) -> Problem | None:
    """Return what keeps a range from being used; its values are counted and not made."""
    start, stop, step = sweep.start, sweep.stop, sweep.step
    if start is None or stop is None or not step or not all(map(is_finite, (start, stop, step))):
        needs = "finite numbers, and a step that is not 0"
        return Problem(name, f"{text} is not a range", needs, "range(1,9) or range(0,1,0.25)", origin)
    if name in CHOICES:
        return problem_of_choice(name, [start], origin)
    whole = all(isinstance(number, int) for number in (start, stop, step)) and not sweep.shuffle
    most = MOST_VALUES if whole else MOST_LISTED
    count = (stop - start) // step if whole else (stop - start) / step  # rounded down, or not at all
    if count <= 0 and (stop == start or (stop > start) != (step > 0)):
        return Problem(name, f"{text}: the grid is empty", "at least one value", "", origin)
    return Problem(name, f"{text} has more than {most:,} values", "fewer values", "", origin) if count > most else None


def is_finite(number: float) -> bool:
    """Say whether a number is one, and not larger than floating point can hold."""
    try:
        return math.isfinite(number)
    except OverflowError:
        return False


def problem_of_choice(group: str, values: list, origin: str) -> Problem | None:
    """Return what keeps a value from being the name of an option."""
    for value in values:
        if isinstance(value, list):
            hint = f"{group}={','.join(map(str, value))} sweeps them"
        else:
            hint = f"{group}.KEY=VALUE sets a key of it" if isinstance(value, dict) else ""
        name = str(value)
        if not isinstance(value, str) or name.startswith("/") or ".." in name or "\0" in name or "${" in name:
            what, needs = f"{group} = {show(value)} is not allowed", "the name of an option"
            return Problem(group, what, needs, hint or f"`biasvar config` lists the options of {group}", origin)
    return None
