"""Problems of overrides, with what to write instead."""

from dataclasses import fields

from hydra.core.override_parser.types import ChoiceSweep, Override, OverrideType, RangeSweep, Sweep

from biasvar.composition.override_functions import MOST_LISTED, count_of, is_whole
from biasvar.composition.override_grammar import FunctionError, plain
from biasvar.settings import Problem, did_you_mean, show
from biasvar.study.config import GROUPS, has_open_keys, known_keys

CHOICES = (*GROUPS, "study")  # groups of ``conf/``
RESERVED = ("sweep.zip", "sweep.cells")  # which axes are walked together; cells in place of axes
MOST_VALUES = 2_000_000  # beyond this they are not even counted
GRAMMAR = "key=value, key=a,b,c, key=range(1,9) or key=choice(a,b)"


def syntax_problem(text: str, error: Exception) -> Problem:
    """Return the problem of a text that Hydra cannot parse."""
    key, equal, value = text.partition("=")
    origin = f"command line: {text}"
    if text.startswith("-"):
        return Problem(text, f"{text} is an option and no override", GRAMMAR, "options stand before `--`", origin)
    if not equal:
        hint = f"study={text} chooses a preset of that name" if text.isidentifier() else ""
        return Problem(text, f"{text!r} is not an override: there is no = in it", GRAMMAR, hint, origin)
    if not key.isascii():
        return unknown_key(key, origin)
    if isinstance(error, FunctionError):
        return Problem(key, f"{text!r} is not an override: {error}", GRAMMAR, "", origin)
    why = str(error).splitlines()[0].split(" expecting ")[0]
    if value.endswith(","):
        return Problem(
            key, f"{text!r} is not an override: it ends with a comma", GRAMMAR, "a list has no spaces", origin
        )
    quotes = {'"': "'", "'": '"'}
    hint = f"a text with signs or spaces stands in quotes: '{key}=\"...\"'" if not set(value) & set(quotes) else ""
    hint = "a quote that is opened must be closed" if any(value.count(quote) % 2 for quote in quotes) else hint
    return Problem(key, f"{text!r} is not an override: {why}", GRAMMAR, hint, origin)


def problem_of(override: Override, text: str) -> Problem | None:
    """Return the problem of an override that Hydra can parse, or None."""
    origin = f"command line: {text}"
    name = override.key_or_group
    if not name:
        return Problem(text, f"{text!r} is not an override: there is no key before the =", GRAMMAR, "", origin)
    is_change = override.type is OverrideType.CHANGE and override.package is None
    if name not in (*CHOICES, *RESERVED) and not (is_key(name) if is_change else name in known_keys()):
        return unknown_key(name, origin)
    if not is_change:
        hint = f"write {text.lstrip('+')}" if text.startswith("+") and override.package is None else ""
        return Problem(name, f"{text} is not allowed", "key=value: keys are neither added nor removed", hint, origin)
    if override.is_sweep_override():
        return problem_of_sweep(override, text, origin)
    if override.value() == [] and name not in RESERVED and not may_be_empty(name):
        return Problem(name, f"{text}: the grid is empty", "at least one value", "", origin)
    return problem_of_choice(name, [override.value()], origin) if name in CHOICES else None


def is_key(name: str) -> bool:
    """Return whether a dotted key is known, or may be one that a user's code names."""
    group, _, last = name.partition(".")
    return name in known_keys() or bool(has_open_keys(group) and last not in ("", "kind") and "." not in last)


def may_be_empty(name: str) -> bool:
    """Return whether a dotted key's value is a list that is empty unless it is set: [] sets it back."""
    group, _, last = name.partition(".")
    declared = [one for cls in GROUPS.get(group, {}).values() for one in fields(cls) if one.name == last]
    return any(one.default == () for one in declared)


def unknown_key(name: str, origin: str) -> Problem:
    """Return the problem of an unknown key, with the nearest known one."""
    group, _, last = name.partition(".")
    below = sorted(key for key in known_keys() if key.startswith(f"{name}."))
    if last == "kind" and group in GROUPS:
        hint = f"{group}=NAME chooses one"
    elif below:
        hint = f"its keys are {', '.join(below)}"
    elif group == "sweep":
        near = did_you_mean(last, [reserved.partition(".")[2] for reserved in RESERVED])
        hint = near.replace("mean ", "mean sweep.") or "model.width=1,2,4 or range(1,9) makes an axis of any key"
    else:
        hint = did_you_mean(name, [*CHOICES, *known_keys()]) or "`biasvar config` lists every key"
    return Problem(name, f"{name} is not a configuration key", hint=hint, origin=origin)


def problem_of_sweep(override: Override, text: str, origin: str) -> Problem | None:
    """Return the problem of several values of a key, or None."""
    name, sweep = override.key_or_group, override._value
    if not isinstance(sweep, RangeSweep | ChoiceSweep):
        return Problem(name, f"{text} is not a list of values", "a,b,c, range(...) or choice(...)", "", origin)
    if name in RESERVED:
        return Problem(name, f"{text} is several values", "one list", f"write {name}=[...]", origin)
    if name == "study":
        return Problem(name, "study cannot be swept: a sweep is one study", origin=origin)
    if isinstance(sweep, RangeSweep):
        return problem_of_range(name, sweep, text, origin)
    if any(isinstance(value, Sweep) for value in sweep.list):
        return Problem(name, f"{text} is a list that holds a range", "one range(...), or a list of values", "", origin)
    return problem_of_choice(name, [plain(value) for value in sweep.list], origin) if name in CHOICES else None


def problem_of_range(name: str, sweep: RangeSweep, text: str, origin: str) -> Problem | None:
    """Return the problem of a range, or None; its values are counted without being made."""
    if name in CHOICES:
        return problem_of_choice(name, [sweep.start], origin)
    most, count = MOST_VALUES if is_whole(sweep) else MOST_LISTED, count_of(sweep)
    if not count:
        return Problem(name, f"{text}: the grid is empty", "at least one value", "", origin)
    return Problem(name, f"{text} has more than {most:,} values", "fewer values", "", origin) if count > most else None


def problem_of_choice(group: str, values: list, origin: str) -> Problem | None:
    """Return the problem of a value that cannot be the name of an option, or None."""
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
