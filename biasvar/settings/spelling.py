"""Spelling: how values are written, and guesses at the meaning of misspelled words and values."""

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any


def show(value: Any) -> str:
    """Return a value in the spelling of a configuration."""
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


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean X?`` for the nearest known word, or an empty text."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else ""


def spelling_hint(wanted: type, value: Any) -> str:
    """Return how to write a value that YAML has read as something else."""
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


def axis_hint(wanted: type, value: Any, name: str) -> str:
    """Return how to sweep a key that was given several values: a list, or the first and the last whole number."""
    is_entry = name.endswith("]")  # of a list, and no key
    if isinstance(value, list) and value and all(isinstance(one, wanted) for one in value) and not is_entry:
        return f"{name}={','.join(map(show, value))} sweeps them"
    ends = re.fullmatch(r"(\d{1,9})(?:-|:|\.\.\.?)(\d{1,9})", value) if isinstance(value, str) else None
    if wanted is int and ends and int(ends[1]) < int(ends[2]):
        return f"{name}=range({ends[1]},{int(ends[2]) + 1}) sweeps {ends[1]} to {ends[2]}"
    return ""


def read_number(wanted: type, text: str) -> float | None:
    """Return the number that a text means, with or without quotes, such as 0x10 and 1,5; None for other texts."""
    for read in (int, lambda spelled: int(spelled, 0), float):
        try:
            number = read(text.strip().replace(",", "."))
            good = math.isfinite(number) and (wanted is float or number == int(number))
        except (ValueError, OverflowError):
            continue
        return (int(number) if wanted is int else number) if good else None
    return None


def as_float(number: int) -> float:
    """Return a whole number as a float: infinity if it is too large."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf
