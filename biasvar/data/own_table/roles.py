"""The roles of columns: the problems of those that do not exist or cannot serve, and of holes."""

from collections.abc import Mapping, Sequence

import numpy as np

from biasvar.data.own_table.columns import Column
from biasvar.data.own_table.reading import Reading
from biasvar.settings import Problem, SettingsError, did_you_mean

SHOWN = 12  # columns that a message lists


def require_names(reading: Reading, names: Sequence[str]) -> None:
    """Raise if a key names no column, or one column has two roles.

    Raises
    ------
    SettingsError
        With every problem, and the columns that there are.
    """
    roles = {"data.target": reading.target, "data.group": reading.group, "data.weight": reading.weight}
    named = [(key, name) for key, name in roles.items() if name is not None]
    named += [("data.drop", name) for name in reading.drop]
    there = f"one of {listed(names)}"
    problems = [
        Problem(key, f"{key} = {name}: {reading.path} has no such column", there, did_you_mean(name, names))
        for key, name in named
        if name not in names
    ]
    for place, (key, name) in enumerate(named):
        first = next(other for other, same in named if same == name)
        if first != key and place:
            problems.append(Problem(key, f"{key} = {name} is {first} too", "another column"))
    if problems:
        raise SettingsError(problems)


def listed(names: Sequence[str]) -> str:
    """Return names in a line, the first of them if there are many."""
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def require_usable(reading: Reading, roles: Mapping[str, Column], inputs: Sequence[Column]) -> None:
    """Raise for columns that cannot be inputs, for a target that is none, and for holes that are not allowed.

    Raises
    ------
    SettingsError
        With every problem; inputs with one hint that leaves all of them out.
    """
    problems = [*problems_of_roles(reading, roles), *problems_of_inputs(reading, inputs)]
    if problems:
        raise SettingsError(problems)


def problems_of_inputs(reading: Reading, inputs: Sequence[Column]) -> list[Problem]:
    """Return the problems of inputs."""
    faulty = [column for column in inputs if column.fault]
    problems = []
    if faulty:
        what = "; ".join(f"column {column.name} {column.fault}" for column in faulty[:SHOWN])
        left_out = ",".join([*reading.drop, *(column.name for column in faulty)])
        needs = "numbers, truth values or categories as inputs"
        problems.append(Problem("data.drop", what, needs, f"'data.drop=[{left_out}]' leaves them out"))
    holes = {column.name: int(np.count_nonzero(column.holes_n)) for column in inputs if column.holes_n.any()}
    if holes and reading.missing == "refuse":
        what = "data.missing = refuse: " + ", ".join(f"{name} has {count:,} holes" for name, count in holes.items())
        problems.append(Problem("data.missing", what, "no holes, or data.missing=mean or drop"))
    return problems


def problems_of_roles(reading: Reading, roles: Mapping[str, Column]) -> list[Problem]:
    """Return the problems of the target, of the groups and of the weights."""
    problems = []
    for key, name in (("data.target", reading.target), ("data.group", reading.group), ("data.weight", reading.weight)):
        if name is None:
            continue
        column = roles[name]
        holes = np.flatnonzero(column.holes_n)
        if len(holes) and reading.missing != "drop":
            rows = f"{len(holes):,} of {len(column.values_n):,} rows, the first of them row {holes[0] + 1:,}"
            what = f"{key} = {name} is missing in {rows}"
            problems.append(Problem(key, what, "a value in every row", "data.missing=drop leaves out these rows"))
        elif column.fault and (key != "data.group" or "different texts" not in column.fault):
            problems.append(Problem(key, f"{key} = {name} {column.fault}", NEEDS[key]))
        elif key == "data.weight" and (fault := fault_of_weights(column)):
            problems.append(Problem(key, f"{key} = {name} {fault}", NEEDS[key]))
    return problems


NEEDS = {
    "data.target": "numbers, or classes that occur in several rows",
    "data.group": "numbers or texts",
    "data.weight": "numbers of at least 0, not all of them 0",
}


def fault_of_weights(column: Column) -> str:
    """Return why a column has no weights, or an empty string."""
    known = column.values_n[~column.holes_n]
    if column.labels:
        return f"has texts ({column.labels[0]}, ...)"
    if (known < 0).any():
        return f"has {np.count_nonzero(known < 0):,} negative numbers"
    return "" if known.any() else "is 0 in every row"


def rows_without_holes(roles: Mapping[str, Column], inputs: Sequence[Column]) -> np.ndarray:
    """Return which rows have a value in every column."""
    return ~np.logical_or.reduce([column.holes_n for column in (*roles.values(), *inputs)])


def require_rows(reading: Reading, rows: int, inputs: Sequence[str]) -> None:
    """Raise if nothing is left of a table.

    Raises
    ------
    SettingsError
        If no rows are left, or no inputs.
    """
    if not rows:
        raise SettingsError(
            [Problem("data.missing", f"data.missing = {reading.missing} leaves no rows", "data.missing=mean")]
        )
    if not inputs:
        raise SettingsError(
            [Problem("data.drop", f"{reading.path} has no input left that varies", "at least one input")]
        )
