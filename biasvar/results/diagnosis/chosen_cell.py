"""The cell that is diagnosed: that of least risk, of all or of those with some values of the axes."""

import difflib
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from biasvar.results.conditions import chosen
from biasvar.results.numbers import plain
from biasvar.results.results import Results
from biasvar.settings import Problem, SettingsError, did_you_mean, show

MOST_LISTED = 25


def chosen_cell(results: Results, where: Mapping[str, Any]) -> tuple[int, str]:
    """Return the number of the cell of least risk among those with the values ``where``, and the loss of its risk.

    That is the study's first loss with an estimate. Values may be given as texts.

    Raises
    ------
    SettingsError
        For a key that is no axis, a value that it does not have, values that no cell has together, and cells without
        an estimate.
    """
    rows = results.table
    if problems := [problem for key, value in where.items() for problem in problems_of(rows, results.axes, key, value)]:
        raise SettingsError(problems)
    for key, value in where.items():
        rows = rows[matching(rows[key], value)]
    named = ", ".join(f"{key}={written(value)}" for key, value in where.items())
    if rows.empty:
        raise SettingsError([Problem("cell", f"no cell has {named} together", "values that one cell has")])
    known = rows.dropna(subset="risk")
    if known.empty:
        raise SettingsError([without_estimate(rows, named)])
    loss = known["loss"].iloc[0]
    known = known[known["loss"] == loss]
    return int(known["cell"].iloc[int(np.argmin(known["risk"]))]), loss


def without_estimate(rows: pd.DataFrame, named: str) -> Problem:
    """Return the problem of cells of which none has an estimate, with why."""
    gaps = "; ".join(dict.fromkeys(filter(None, rows["gaps"].fillna("")))) if "gaps" in rows else ""
    what = f"no cell {f'with {named} ' if named else ''}has an estimate"
    return Problem("cell", what + (f": {gaps}" if gaps else ""), "two replicates of a cell that have finished")


def problems_of(table: pd.DataFrame, axes: Sequence[str], key: str, value: Any) -> list[Problem]:
    """Return the problem of a key that is no axis, or of a value that it does not have."""
    if key not in axes:
        ending = [axis for axis in axes if axis.rpartition(".")[2] == key]
        hint = f"did you mean {ending[0]}?" if ending else did_you_mean(key, axes)
        return [Problem(key, f"{key} is no axis of this study", f"one of {', '.join(axes)}" if axes else "", hint)]
    if matching(table[key], value).any():
        return []
    values = list(table[key].drop_duplicates())
    needs = "one of " + ", ".join(written(one) for one in chosen(values, MOST_LISTED))
    return [Problem(key, f"no cell has {key}={written(value)}", needs, nearest(key, value, values))]


def nearest(key: str, value: Any, values: Sequence[Any]) -> str:
    """Return a hint at the nearest value: of numbers by distance, of texts by spelling."""
    numbers = [one for one in values if not math.isnan(number_in(one))]
    if numbers and not math.isnan(number := number_in(value)):
        near = min(numbers, key=lambda one: abs(number_in(one) - number))
        return f"did you mean {key}={written(near)}?"
    texts = difflib.get_close_matches(written(value), map(written, values), n=1)
    return f"did you mean {key}={texts[0]}?" if texts else ""


def matching(column: pd.Series, value: Any) -> pd.Series:
    """Return which values of a column are a given one."""
    return column.map(lambda one: is_same(one, value)).astype(bool)


def is_same(one: Any, value: Any) -> bool:
    """Return whether a value of the table is meant by another one, which may be its text."""
    numbers = number_in(one), number_in(value)
    if not any(map(math.isnan, numbers)):
        return numbers[0] == numbers[1]
    return written(one) == written(value) or plain(one) == str(value)


def number_in(value: Any) -> float:
    """Return the number that a value is or spells; NaN for others."""
    try:
        return math.nan if value is None or isinstance(value, bool | np.bool_) else float(value)
    except (TypeError, ValueError):
        return math.nan


def written(value: Any) -> str:
    """Return a value as it is written on the command line."""
    value = value.item() if isinstance(value, np.generic) else value
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "null"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"{value:.0f}"
    return value if isinstance(value, str) else show(value)
