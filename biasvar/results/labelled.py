"""The table and the predictions as arrays with labelled axes, as xarray takes them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from biasvar.results.cells import Cells
from biasvar.results.results import Results
from biasvar.results.tables import DICTIONARY

Variables = dict[str, tuple[tuple[str, ...], np.ndarray, dict[str, str]]]
LAST = ("point", "output")


def labelled_arrays(results: Results) -> tuple[Variables, Variables, dict[str, Any]]:
    """Return the variables, the coordinates and the attributes of a data set over the loss and the swept keys.

    A variable is (its axes, its values, its attributes). A key without a value, such as a capacity without a limit, is
    NaN among numbers and ``none`` among names.
    """
    axes = ("loss", *results.axes)
    labels, places = {}, []
    for name in axes:
        codes, values = pd.factorize(results.table[name], use_na_sentinel=False)
        labels[name], order = in_order(plain_array(pd.Series(values), "none"))
        places.append(order[codes])
    shape = tuple(map(len, labels.values()))
    variables: Variables = {}
    for name in results.table.columns.difference(list(axes), sort=False):
        column = plain_array(results.table[name], "")
        filled = np.full(shape, "" if column.dtype == object else np.nan, dtype=column.dtype)
        filled[tuple(places)] = column
        variables[name] = axes, filled, about(name)
    coordinates: Variables = {name: ((name,), values, about(name)) for name, values in labels.items()}
    return variables, coordinates, {"title": results.name, "level": results.level, "over": results.over}


def labelled_predictions(cells: Cells, warn: Callable[[str], None]) -> tuple[Variables, Variables, dict[str, Any]]:
    """Return the same for the predictions of all cells: over cell, replicate, point and output.

    In place of the replicate crossed and nested designs have the seed of each source. The values of the swept keys are
    coordinates of the cells. Models that diverged or failed are NaN, and so are points and outputs that a cell lacks.

    Raises
    ------
    ValueError
        For cells of several designs.
    """
    tables = [cells.predictions(number, warn) for number in range(len(cells.values))]
    designs = {tuple(str(name) for name in table if str(name).startswith("seed_")) for table in tables}
    if len(designs) > 1:
        raise ValueError("cells of several designs have no common axes; export has their predictions row by row")
    leading = designs.pop() or ("replicate",)
    sizes = {name: 1 + max((int(one[name].max()) for one in tables if len(one)), default=-1) for name in leading + LAST}
    variables: Variables = {}
    for name in ("prediction", "target", "noise", "weight"):
        axes = leading + LAST if name == "prediction" else LAST
        array = np.full((len(tables), *(sizes[axis] for axis in axes)), np.nan)
        for own, table in zip(array, tables, strict=True):
            if name in table:
                own[tuple(table[axis].to_numpy(dtype=int) for axis in axes)] = table[name]
        if not np.isnan(array).all():
            variables[name] = ("cell", *axes), array, {}
    sizes["cell"] = len(tables)
    coordinates: Variables = {name: ((name,), np.arange(size), {}) for name, size in sizes.items()}
    for key in cells.head.axes:
        values = pd.Series([cell[key] for cell in cells.values])
        coordinates[key] = ("cell",), plain_array(values, "none"), about(key)
    return variables, coordinates, {"title": cells.head.name}


def in_order(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers sorted and names as they come, and the new place of each."""
    if values.dtype == object:
        return values, np.arange(len(values))
    order = np.argsort(values, kind="stable")
    return values[order], np.argsort(order)


def plain_array(column: pd.Series, missing: str) -> np.ndarray:
    """Return a column as numbers (truth values too), or as texts with one for what is missing."""
    known = column.dropna()
    numbers = pd.to_numeric(known, errors="coerce")
    if (pd.api.types.is_string_dtype(known) and len(known)) or numbers.isna().any():
        return np.array([missing if pd.isna(value) else str(value) for value in column], dtype=object)
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)


def about(name: str) -> dict[str, str]:
    """Return the attributes of a variable."""
    return {"long_name": DICTIONARY[name]} if name in DICTIONARY else {}
