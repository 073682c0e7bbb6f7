"""Which cells of two studies belong together: those with the same values on the axes that both have."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from biasvar.results.numbers import plain
from biasvar.settings import Problem, SettingsError

Values = Sequence[Mapping[str, Any]]
ENDS = ("a", "b")
MOST_NAMED = 5


def matched(values: tuple[Values, Values], names: tuple[str, str]) -> list[tuple[int, int]]:
    """Return the numbers of the cells of A and B that have the same values on all common axes, in order of A.

    An axis that one of them lacks tells its cells apart only: each is then beside several cells of the other. A study
    with one cell and no axis is beside every cell of the other.

    Raises
    ------
    SettingsError
        Where no cells belong together, with the axes or the values that they have.
    """
    common, swept = common_axes(values), [list(one[0]) for one in values]
    if not common and all(swept):
        refuse(names, f"no axis in common: {', '.join(swept[0])} and {', '.join(swept[1])}")
    places: dict[tuple, list[int]] = {}
    for number, cell in enumerate(values[1]):
        places.setdefault(key_of(cell, common), []).append(number)
    found = [(one, other) for one, cell in enumerate(values[0]) for other in places.get(key_of(cell, common), ())]
    if not found:
        apart = [key for key in common if not values_of(values[0], key) & values_of(values[1], key)] or common
        refuse(names, f"no cell in common: {apart[0]} is {' and '.join(shown(one, apart[0]) for one in values)}")
    return found


def refuse(names: tuple[str, str], why: str) -> None:
    """Raise for studies that cannot be compared.

    Raises
    ------
    SettingsError
        With the reason.
    """
    raise SettingsError([Problem("B", f"{names[0]} and {names[1]} cannot be compared: {why}")])


def common_axes(values: tuple[Values, Values]) -> list[str]:
    """Return the axes that both have, in the order of A."""
    return [key for key in values[0][0] if key in values[1][0]]


def columns_of(values: tuple[Values, Values], pair: tuple[int, int]) -> dict[str, Any]:
    """Return the values of the axes of a pair of cells; an axis that one of them lacks ends in ``_a`` or ``_b``."""
    common = common_axes(values)
    found = {key: values[0][pair[0]][key] for key in common}
    for end, cells, number in zip(ENDS, values, pair, strict=True):
        found |= {f"{key}_{end}": value for key, value in cells[number].items() if key not in common}
    return found


def key_of(cell: Mapping[str, Any], axes: Sequence[str]) -> tuple:
    """Return the values of a cell on some axes, in a form in which equal settings are equal."""
    return tuple(same(cell[key]) for key in axes)


def same(value: Any) -> Any:
    """Return a setting in a form that does not depend on its type: 1, 1.0 and a text 1 of an axis with names too."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    try:
        number = float(value)
    except (TypeError, ValueError):
        return value
    return None if np.isnan(number) else number


def values_of(cells: Values, key: str) -> set:
    """Return the values of an axis."""
    return {same(cell[key]) for cell in cells}


def shown(cells: Values, key: str) -> str:
    """Return the first values of an axis for people."""
    names = list(dict.fromkeys(plain(cell[key]) for cell in cells))
    return ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
