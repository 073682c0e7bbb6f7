"""The numbers behind a figure: curves of one quantity, grouped in panels."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from biasvar.results.results import WITHOUT_ESTIMATE
from biasvar.results.thresholds import Threshold, flexibility
from biasvar.study.config import CAPACITY_AXES

PARTS = (
    ("risk",),
    (
        "bias_squared",
        "bias",
        "bias_squared_plus_noise",
        "bias_plus_noise",
        "systematic_effect",
        "systematic_effect_plus_noise",
    ),
    ("net_variance", "variance", "variance_effect"),
    ("net_noise", "noise"),
)
"""The risk and its parts; the first known quantity of each group is drawn."""


@dataclass(frozen=True)
class Curve:
    """One quantity along the horizontal axis; every array has one entry per cell.

    Cells are in order of ``x``, or of capacity if ``x`` is a substitute for it, which may decrease (Curth et al. 2023).
    ``y``, ``low`` and ``high`` are NaN where the cell is missing; ``partial`` marks cells that lack replicates.
    ``reversed``: x falls along the curve, as models become more flexible. ``n`` counts the models of each cell.
    """

    quantity: str
    label: str
    x: np.ndarray
    y: np.ndarray
    low: np.ndarray
    high: np.ndarray
    partial: np.ndarray
    missing: np.ndarray
    style: Any = "-"
    reversed: bool = False
    n: np.ndarray | None = None


@dataclass(frozen=True)
class Panel:
    """The curves that share one pair of axes, with their annotations."""

    title: str
    curves: tuple[Curve, ...]
    thresholds: tuple[Threshold, ...] = ()
    marks_minimum: bool = False


def curve(rows: pd.DataFrame, quantity: str, column: str | None, label: str = "", style: Any = "-") -> Curve:
    """Return the curve of one quantity over the rows of one condition; without ``column``, at positions 0, 1, 2, ..."""
    rows, places = in_order(rows, column)
    missing = rows["status"].isin(WITHOUT_ESTIMATE).to_numpy(dtype=bool)
    values = {end: rows[quantity + end].to_numpy(dtype=float, copy=True) for end in ("", "_low", "_high")}
    for array in values.values():
        array[missing | ~np.isfinite(array)] = np.nan
    partial = (rows["n_ok"] < rows["n_planned"]).to_numpy(dtype=bool) & ~missing
    falls = column == "capacity" and "capacity_direction" in rows and bool((rows["capacity_direction"] == -1).all())
    ends, n = (values["_low"], values["_high"]), rows["n_ok"].to_numpy()
    return Curve(quantity, label, places, values[""], *ends, partial, missing, style, falls, n)


def in_order(rows: pd.DataFrame, column: str | None) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the rows that have a position on the horizontal axis, in the order a line follows, and their positions.

    That is the order of growing flexibility along a capacity or a substitute for it.
    """
    places = np.arange(len(rows), dtype=float) if column is None else pd.to_numeric(rows[column]).to_numpy(dtype=float)
    rows, places = rows[~np.isnan(places)], places[~np.isnan(places)]
    along = flexibility(rows) if column in CAPACITY_AXES else places
    order = np.argsort(along, kind="stable")
    return rows.iloc[order], places[order]


def quantities(rows: pd.DataFrame) -> list[str]:
    """Return the risk and those of its parts that are known in at least one row."""
    known = ([name for name in group if rows[name].notna().any()] for group in PARTS)
    return [names[0] for names in known if names] or ["risk"]


def part_curves(rows: pd.DataFrame, column: str | None) -> tuple[Curve, ...]:
    """Return a curve for the risk and each of its known parts."""
    return tuple(curve(rows, name, column) for name in quantities(rows))


def least(original: Curve) -> int | None:
    """Return the index of a curve's smallest value, None if it has no value."""
    return None if np.isnan(original.y).all() else int(np.nanargmin(original.y))
