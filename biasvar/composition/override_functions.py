"""The functions of the override grammar, with their plain meaning.

Hydra 1.3's own functions turn a sorted range into other numbers, accumulate the rounding of binary fractions, cast the
step of a range instead of its values, accept no null among choices, and shuffle differently at every call.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from hydra.core.override_parser.types import ChoiceSweep, Glob, IntervalSweep, RangeSweep, Sweep

from biasvar.settings.log_spaced import log_spaced

MOST_LISTED = 100_000  # values that are expanded; ranges of whole numbers are not expanded


def range_of(start: Any, stop: Any = None, step: Any = 1) -> RangeSweep:
    """Return ``start``, ``start + step``, ... up to but excluding ``stop``; ``range(stop)`` starts at 0."""
    start, stop = (0, start) if stop is None else (start, stop)
    if not all(map(is_finite, (start, stop, step))) or not step:
        raise ValueError("a range has finite numbers, and a step that is not 0: range(1,9) or range(0,1,0.25)")
    return RangeSweep(start=start, stop=stop, step=step)


def is_finite(number: Any) -> bool:
    """Return whether a value is a number that a float can hold."""
    try:
        return isinstance(number, int | float) and not isinstance(number, bool) and math.isfinite(number)
    except OverflowError:
        return False


def count_of(sweep: RangeSweep) -> int:
    """Return how many numbers a range has."""
    start, stop, step = map(as_written, parts_of(sweep))
    return max(0, math.ceil((stop - start) / step))


def numbers_of(sweep: RangeSweep) -> Sequence[float]:
    """Return a range's numbers; whole ones lazily."""
    return range(*parts_of(sweep)) if is_whole(sweep) else listed(sweep)


def listed(sweep: RangeSweep) -> list[float]:
    """Return a range's numbers as a list; fractions are exact decimals.

    Raises
    ------
    ValueError
        If there are too many.
    """
    if count_of(sweep) > MOST_LISTED:
        raise ValueError(f"a range of more than {MOST_LISTED:,} values")
    start, _, step = map(as_written, parts_of(sweep))
    kind: Callable[[Any], Any] = int if is_whole(sweep) else float
    return [kind(start + place * step) for place in range(count_of(sweep))]


def is_whole(sweep: RangeSweep) -> bool:
    """Return whether a range has whole numbers only."""
    return all(isinstance(number, int) for number in parts_of(sweep))


def parts_of(sweep: RangeSweep) -> tuple[Any, Any, Any]:
    """Return start, stop and step of a range."""
    return sweep.start, sweep.stop, sweep.step


def as_written(number: float) -> Fraction:
    """Return a number as the decimal that was written: exactly a tenth for 0.1, unlike the binary fraction."""
    return Fraction(repr(number))


def choice(*values: Any) -> ChoiceSweep:
    """Return a sweep over values."""
    if not values:
        raise ValueError("empty choice")
    if len(values) == 1 and isinstance(values[0], ChoiceSweep) and values[0].simple_form:
        return ChoiceSweep(list=values[0].list)
    return ChoiceSweep(list=[single(value) for value in values])


def single(value: Any) -> Any:
    """Return a value as an entry of a list or sweep: it must not have several values itself."""
    if isinstance(value, Sweep | Glob):
        raise ValueError("one range(...) or choice(...), or a list of values: none of them in another")
    return value


def sort(*values: Any, reverse: bool = False, **named: Any) -> Any:
    """Return several values, a sweep or a list in ascending order, or in descending order with ``reverse=true``."""
    values = (*values, *named.values())
    if not values or not named.keys() <= {"sweep", "list"} or not isinstance(reverse, bool):
        raise ValueError("sort(3,1,2), sort(range(1,9),reverse=true) or sort([3,1,2])")
    if len(values) > 1:
        return ChoiceSweep(list=in_order([single(value) for value in values], reverse), simple_form=True)
    (value,) = values
    if isinstance(value, ChoiceSweep):
        return ChoiceSweep(list=in_order(value.list, reverse), simple_form=value.simple_form)
    if isinstance(value, RangeSweep):
        if (value.step < 0) == reverse:
            return value
        numbers = numbers_of(value)[::-1]
        return range_of(numbers.start, numbers.stop, numbers.step) if isinstance(numbers, range) else choice(*numbers)
    return in_order(value, reverse) if isinstance(value, list) else single(value)


def in_order(values: list, reverse: bool) -> list:
    """Return numbers or strings in order."""
    try:
        return sorted(values, reverse=reverse)
    except TypeError as error:
        raise ValueError("sort takes numbers only, or texts only") from error


def cast(kind: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return the function that casts a value, or each value of several, of a list, a mapping or a sweep."""

    def each(*values: Any, **named: Any) -> Any:
        values = (*values, *named.values())
        if not values or not named.keys() <= {"value"}:
            raise ValueError("a cast has a value: int(3.0), or float(1,2)")
        if len(values) > 1:
            return ChoiceSweep(list=[each(single(value)) for value in values], simple_form=True)
        (value,) = values
        if isinstance(value, RangeSweep):
            return value if is_whole(value) and kind is int else ChoiceSweep(list=list(map(kind, listed(value))))
        if isinstance(value, ChoiceSweep):
            return ChoiceSweep(list=[each(one) for one in value.list], simple_form=value.simple_form)
        if isinstance(value, dict):
            return {key: each(one) for key, one in value.items()}
        if isinstance(value, list):
            return [each(one) for one in value]
        if value is None:
            raise ValueError("null cannot be cast")
        return kind(single(value))

    return each


def as_text(value: Any) -> str:
    """Return a value as a string."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_truth(value: Any) -> bool:
    """Return a number, or the string true or false, as a boolean."""
    if isinstance(value, str) and value.lower() not in ("true", "false"):
        raise ValueError(f"{value} is neither true nor false")
    return value.lower() == "true" if isinstance(value, str) else bool(value)


def tag(*values: Any, **named: Any) -> Any:
    """Return the sweep without its tags, which have no meaning here."""
    *tags, sweep = (*values, *named.values())
    if not isinstance(sweep, Sweep) or not named.keys() <= {"sweep"} or not all(isinstance(one, str) for one in tags):
        raise ValueError("tag(a_tag,range(1,9))")
    return sweep


def shuffle(*values: Any, **named: Any) -> Any:
    """Raise: the same command must give the same study."""
    raise ValueError("shuffle gives another order at every call: write the values in their order")


def interval(start: float, end: float) -> IntervalSweep:
    """Return an interval between two numbers, which is not a list of values."""
    return IntervalSweep(start=start, end=end)


def glob(include: Any, exclude: Any = None) -> Glob:
    """Return a pattern of names, which is not a list of values."""
    return Glob()


FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "range": range_of,
        "choice": choice,
        "log": log_spaced,
        "sort": sort,
        "int": cast(int),
        "float": cast(float),
        "str": cast(as_text),
        "bool": cast(as_truth),
        "tag": tag,
        "shuffle": shuffle,
        "interval": interval,
        "glob": glob,
    }
)
