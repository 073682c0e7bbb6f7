"""The column of the horizontal axis, and the conditions: the combinations of the other swept keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from biasvar.results.numbers import plain
from biasvar.results.results import WITHOUT_ESTIMATE, Results
from biasvar.study.config import CAPACITY_AXES

MOST_SHOWN = 4
PARAMETERS = "parameters"  # the capacity of a model that names no key as its own
MOST_SIZE = 1e150  # bound on the numbers of an axis, and on their inverses: ratios and margins then stay finite
ALONG = {"epoch": 1, "data.n_train": -1}
"""Axes beside capacity along which models come to interpolate: 1 where they do as the axis grows, -1 as it shrinks."""

NAMES = {
    "parameters_per_label": "parameters / (distinct rows × outputs)",
    "degrees_of_freedom": "effective degrees of freedom (trace of the smoother)",
    "effective_parameters": "effective parameters at the test points",
}
"""Axis labels for substitutes of capacity whose column name is unclear."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class Condition:
    """One combination of the swept keys that are not on the horizontal axis; without such keys its label is empty."""

    values: tuple[tuple[str, Any], ...]
    label: str

    def rows(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of ``table`` that have these values."""
        keep = np.ones(len(table), dtype=bool)
        for key, value in self.values:
            keep &= (table[key].isna() if pd.isna(value) else table[key] == value).to_numpy(dtype=bool)
        return table[keep]


def swept_keys(results: Results) -> list[str]:
    """Return the axes with at least two values, in the study's order."""
    return [key for key in results.axes if results.table[key].nunique(dropna=False) > 1]


def is_numeric(column: pd.Series) -> bool:
    """Return whether every value of a column is a number that fits on an axis (booleans do not count)."""
    if pd.api.types.is_bool_dtype(column):
        return False
    sizes = pd.to_numeric(column, errors="coerce").abs()
    return bool(((sizes == 0) | sizes.between(1 / MOST_SIZE, MOST_SIZE)).all())


def capacity_keys(results: Results) -> set[str]:
    """Return the keys that set the capacity: one per model family, or every one that changes its parameters."""
    named = set(results.table["capacity_key"].dropna())
    return named - {PARAMETERS} | (keys_of_parameters(results) if PARAMETERS in named else set())


def keys_of_parameters(results: Results) -> set[str]:
    """Return the model's swept keys along which the number of parameters changes."""
    swept, cells = swept_keys(results), results.table.drop_duplicates("cell")
    found = set()
    for key in (key for key in swept if key.startswith("model.")):
        others = [other for other in swept if other != key]
        alike = [rows for _, rows in cells.groupby(others, dropna=False)] if others else [cells]
        found |= {key} if any(rows["parameters"].nunique() > 1 for rows in alike) else set()
    return found


def horizontal(results: Results) -> str | None:
    """Return the column of the horizontal axis: capacity or its substitute, else the first numeric axis, or none.

    The substitute for capacity must be known in every cell that has an estimate; otherwise capacity itself is used.
    """
    if sweeps_capacity(results):
        return results.figure_x if is_known(results, results.figure_x) else "capacity"
    return next((key for key in swept_keys(results) if is_numeric(results.table[key])), None)


def other_axes(results: Results) -> list[str]:
    """Return the axes along which curves are drawn and judged beside the horizontal one: epochs, training set sizes."""
    others = [key for key in swept_keys(results) if key in ALONG and key != horizontal(results)]
    return [key for key in others if is_numeric(results.table[key])]


def naming(column: str | None) -> str | None:
    """Return the column that names positions on the horizontal axis: capacity, where it has a substitute.

    A substitute for capacity may decrease or stay constant, so several cells may share a position on it.
    """
    return "capacity" if column in CAPACITY_AXES else column


def sweeps_capacity(results: Results) -> bool:
    """Return whether the capacity takes at least two values, all of them numbers, because one of its keys is swept."""
    capacities = pd.to_numeric(results.table["capacity"], errors="coerce")
    swept = bool(capacity_keys(results) & set(swept_keys(results)))
    return swept and capacities.nunique() > 1 and bool(capacities.notna().all())


def is_known(results: Results, column: str) -> bool:
    """Return whether every cell with an estimate has a number in a column."""
    rows = results.table[~results.table["status"].isin(WITHOUT_ESTIMATE)]
    return column in rows and len(rows) > 0 and bool(np.isfinite(pd.to_numeric(rows[column])).all())


def name_of(key: str, results: Results) -> str:
    """Return the short name of a key: its last word, or the whole key if two keys end alike."""
    last = key.rsplit(".", 1)[-1]
    alike = [axis for axis in results.axes if axis.rsplit(".", 1)[-1] == last and axis != key]
    return (key if alike else last).replace("_", " ")


def horizontal_name(results: Results, column: str | None) -> str:
    """Return the short name of the horizontal axis."""
    if column is None:
        return "cell"
    if column != "capacity":
        return NAMES.get(column) or name_of(column, results)
    if set(results.table["capacity_key"].dropna()) == {PARAMETERS}:
        return PARAMETERS
    keys = capacity_keys(results)
    return name_of(keys.pop(), results) if len(keys) == 1 else "capacity"


def conditions_of(results: Results, column: str | None) -> list[Condition]:
    """Return the conditions that remain with ``column`` on the horizontal axis, in order of cells."""
    return combinations(results, results.table, condition_keys(results, column))


def condition_keys(results: Results, *along: str | None) -> list[str]:
    """Return the swept keys that are constant along a line over the columns ``along``.

    Of axes that are walked together, one may follow from these columns and the other keys, so that it varies along a
    line. If either of two keys can, the one with more values does: lines are long.
    """
    columns = [str(naming(column)) for column in along if column is not None]
    taken = {*columns, *(capacity_keys(results) if "capacity" in columns else ())}
    keys = [key for key in swept_keys(results) if key not in taken]
    for key in sorted(keys, key=lambda key: -results.table[key].nunique(dropna=False)):
        others = [other for other in keys if other != key]
        if follows(results.table, key, [*columns, *others]) and not follows(results.table, key, others):
            keys.remove(key)
    return keys


def follows(table: pd.DataFrame, key: str, others: list[str]) -> bool:
    """Return whether the values of other columns determine that of a key."""
    return bool(others) and table.groupby(others, dropna=False)[key].nunique(dropna=False).max() <= 1


def walked_along(results: Results, column: str | None) -> list[str]:
    """Return the swept keys that vary along a line over a column, beside that itself and the capacity's own keys."""
    taken = {column, *(capacity_keys(results) if column in CAPACITY_AXES else ())}
    constant = condition_keys(results, column)
    return [key for key in swept_keys(results) if key not in taken and key not in constant]


def combinations(results: Results, table: pd.DataFrame, keys: list[str]) -> list[Condition]:
    """Return each combination of the values of ``keys`` in ``table``; without keys, one combination without a label."""
    if not keys:
        return [Condition((), "")]
    found = table[keys].drop_duplicates().itertuples(index=False, name=None)
    pairs = [tuple(zip(keys, values, strict=True)) for values in found]
    names = {key: name_of(key, results) for key in telling(results.table, keys)}
    labels = [
        ", ".join(f"{names[key]} = {shortened(plain(value))}" for key, value in pair if key in names) for pair in pairs
    ]
    # Names that differ only in what is left out are numbered: each has lines of its own.
    twice = {label for label in labels if labels.count(label) > 1}
    labels = [f"({number}) {label}" if label in twice else label for number, label in enumerate(labels, 1)]
    return [Condition(pair, label) for pair, label in zip(pairs, labels, strict=True)]


def telling(table: pd.DataFrame, keys: list[str]) -> list[str]:
    """Return the keys whose values tell all combinations apart, without those that follow from the others.

    Chosen options (data, model) stay before their own keys, and earlier keys before later ones.
    """
    found = list(keys)
    for key in sorted(keys, key=lambda key: ("." not in key, -keys.index(key))):
        others = [other for other in found if other != key]
        if follows(table, key, others):
            found = others
    return found


def cells_of_least_risk(results: Results, loss: str) -> list[tuple[Condition, int]]:
    """Return each condition with the number of its cell of least risk, omitting conditions without an estimate."""
    table, found = results.of_loss(loss), []
    for condition in conditions_of(results, horizontal(results)):
        rows = condition.rows(table).dropna(subset="risk")
        if len(rows):
            found.append((condition, int(rows["cell"].iloc[int(np.argmin(rows["risk"]))])))
    return found


def shortened(text: str, most: int = 40) -> str:
    """Return a long name with its middle left out."""
    return text if len(text) <= most else f"{text[: most * 2 // 3]}…{text[-most // 3 :]}"


def chosen(items: Sequence[Item], most: int = MOST_SHOWN) -> list[Item]:
    """Return at most ``most`` items: the first, the last, and evenly between them."""
    if len(items) <= most:
        return list(items)
    return [items[round(place)] for place in np.linspace(0, len(items) - 1, most)]
