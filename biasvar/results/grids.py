"""The numbers behind a map: cells over an axis and the capacity, their thresholds, and the peaks with evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from biasvar.results.conditions import Condition
from biasvar.results.results import WITHOUT_ESTIMATE, Results
from biasvar.results.shapes.evidence_table import evidence_of
from biasvar.results.shapes.shapes import DOUBLE_DESCENT, RISE_BETWEEN_FALLS, YES
from biasvar.results.thresholds import interpolates, nominal_of, training_loss

PEAKS = (DOUBLE_DESCENT.name, RISE_BETWEEN_FALLS.name)
"""The statements on a peak, which is the second of their three places."""


@dataclass(frozen=True)
class Grid:
    """Quantities by name over an axis (x) and the capacity (y), each [Y, X]: NaN where a cell has none.

    ``missing_YX`` marks planned cells without an estimate, ``partial_YX`` those that lack replicates. ``fitted_YX`` is
    1 where the mean training error is below the tolerance, 0 where it is not, NaN where it is not known. ``nominal_X``
    is the capacity with as many parameters as labels; not finite where that is not swept or not known. ``inputs`` is
    the training set size with as many rows as an input has numbers, None along another axis, or if it is not known.
    """

    x: np.ndarray
    y: np.ndarray
    values: Mapping[str, np.ndarray]
    missing_YX: np.ndarray
    partial_YX: np.ndarray
    fitted_YX: np.ndarray
    nominal_X: np.ndarray
    inputs: float | None


def grid_of(results: Results, loss: str, condition: Condition, axis: str, names: Sequence[str]) -> Grid:
    """Return the cells of one condition over an axis and the capacity, with the named quantities."""
    table = condition.rows(results.table).dropna(subset=[axis, "capacity"])
    rows = table[table["loss"] == loss]
    x, y = (np.unique(rows[name].to_numpy(dtype=float)) for name in (axis, "capacity"))

    def placed(own: pd.DataFrame, values: pd.Series) -> np.ndarray:
        found_YX = np.full((len(y), len(x)), np.nan)
        found_YX[np.searchsorted(y, own["capacity"]), np.searchsorted(x, own[axis])] = values
        return found_YX

    training = table[table["loss"] == training_loss(results, table)]
    fitted = interpolates(training, results.tolerance).astype(float).mask(training["train_risk"].isna())
    missing = rows["status"].isin(WITHOUT_ESTIMATE)
    inputs = rows["inputs"].dropna().unique() if axis == "data.n_train" and "inputs" in rows else np.array([])
    return Grid(
        x,
        y,
        {name: placed(rows, rows[name].mask(missing)) for name in names},
        placed(rows, missing) == 1,
        placed(rows, (rows["n_ok"] < rows["n_planned"]) & ~missing) == 1,
        placed(training, fitted),
        np.array([nominal_of(rows[rows[axis] == place]) for place in x]),
        float(inputs[0]) if len(inputs) == 1 else None,
    )


def boundary(fitted_YX: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the edges between cells with and without training error as one broken line, [places, 2]."""
    broken = (np.nan, np.nan)
    found: list[tuple[float, float]] = []
    for row, column in np.argwhere(np.abs(np.diff(fitted_YX, axis=1)) == 1):
        found += [(x[column + 1], y[row]), (x[column + 1], y[row + 1]), broken]
    for row, column in np.argwhere(np.abs(np.diff(fitted_YX, axis=0)) == 1):
        found += [(x[column], y[row + 1]), (x[column + 1], y[row + 1]), broken]
    return np.array(found)


def peaks(results: Results, loss: str, condition: Condition, column: str) -> pd.DataFrame:
    """Return the table's rows at the peaks of curves along ``column`` that stand above both sides with evidence."""
    found = [
        evidence.rows.iloc[[statement.places[1]]]
        for evidence in evidence_of(results, loss, column)
        for statement in evidence.statements
        if statement.name in PEAKS and statement.verdict == YES
    ]
    return condition.rows(pd.concat(found)) if found else results.table.head(0)
