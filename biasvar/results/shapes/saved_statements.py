"""Statements read back from ``curves.csv``, so that a redraw tests nothing."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from biasvar.results.shapes.evidence import Statement
from biasvar.results.shapes.paired import Difference


def statements_in(curves: pd.DataFrame, axis: str, loss: str, condition: str, x: np.ndarray) -> tuple[Statement, ...]:
    """Return the statements on a curve along an axis, whose places are called ``x``; a label names its condition."""
    rows = curves[(curves["axis"] == axis) & (curves["loss"] == loss) & (curves["condition"] == condition)]
    return tuple(statement_of(str(name), of_one, x) for name, of_one in rows.groupby("statement", sort=False))


def statement_of(name: str, rows: pd.DataFrame, x: np.ndarray) -> Statement:
    """Return one statement from its rows: those of its differences, and one without for its only place."""
    verdict = rows["verdict"].iloc[0]
    is_difference = rows["minus_at"].notna()
    differences = tuple(differences_in(rows[is_difference], x))
    if not differences:
        return Statement(name, verdict)
    single = rows[~is_difference]["at"]
    places = {place for one in differences for place in (one.first, one.second)}
    chosen = (place_of(single.iloc[0], x),) if len(single) else tuple(sorted(places))
    return Statement(name, verdict, rows["column"].iloc[0], chosen, differences)


def differences_in(rows: pd.DataFrame, x: np.ndarray) -> Iterator[Difference]:
    """Yield the difference in each row."""
    for row in rows.to_dict("records"):
        value, low, high = (float(row[name]) for name in ("estimate", "low", "high"))
        first, second = place_of(row["at"], x), place_of(row["minus_at"], x)
        yield Difference(first, second, row["average"], value, low, high, int(row["n"]))


def place_of(at: float, x: np.ndarray) -> int:
    """Return the index of a place."""
    return int(np.flatnonzero(x == at)[0])
