"""What a figure draws, as numbers: curves of one quantity, gathered in panels."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from biasvar.report.thresholds import Threshold

PARTS = (
    ("risk",),
    ("bias_squared", "bias", "bias_squared_plus_noise"),
    ("net_variance", "variance"),
    ("net_noise", "noise"),
)
"""The risk and its parts; of each group the first that is known is drawn."""


@dataclass(frozen=True)
class Curve:
    """One quantity along the horizontal axis, in order of ``x``; every array has one entry a cell.

    ``y``, ``low`` and ``high`` are NaN where the cell is missing; ``partial`` says where replicates are missing.
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


@dataclass(frozen=True)
class Panel:
    """The curves that share one pair of axes, and what is marked on them."""

    title: str
    curves: tuple[Curve, ...]
    thresholds: tuple[Threshold, ...] = ()
    marks_minimum: bool = False


def curve(rows: pd.DataFrame, quantity: str, column: str | None, label: str = "", style: Any = "-") -> Curve:
    """Read one quantity off the rows of one condition; without a ``column`` the cells stand side by side."""
    places = np.arange(len(rows), dtype=float) if column is None else pd.to_numeric(rows[column]).to_numpy(dtype=float)
    rows, places = rows[np.isfinite(places)], places[np.isfinite(places)]
    order = np.argsort(places, kind="stable")
    rows = rows.iloc[order]
    missing = (rows["status"] == "missing").to_numpy(dtype=bool)
    values = {end: rows[quantity + end].to_numpy(dtype=float, copy=True) for end in ("", "_low", "_high")}
    for array in values.values():
        array[missing | ~np.isfinite(array)] = np.nan
    partial = (rows["n_ok"] < rows["n_planned"]).to_numpy(dtype=bool) & ~missing
    return Curve(quantity, label, places[order], values[""], values["_low"], values["_high"], partial, missing, style)


def quantities(rows: pd.DataFrame) -> list[str]:
    """Return the risk and those of its parts that are known in some row."""
    known = ([name for name in group if rows[name].notna().any()] for group in PARTS)
    return [names[0] for names in known if names] or ["risk"]


def part_curves(rows: pd.DataFrame, column: str | None) -> tuple[Curve, ...]:
    """Return a curve for the risk and each of its known parts."""
    return tuple(curve(rows, name, column) for name in quantities(rows))


def below(original: Curve, limit: float) -> Curve:
    """Return the part of a curve with ``x`` below ``limit``."""
    keep = original.x < limit
    names = ("x", "y", "low", "high", "partial", "missing")
    return replace(original, **{name: getattr(original, name)[keep] for name in names})


def least(original: Curve) -> int | None:
    """Return the place of a curve's smallest value, None if it has no value."""
    return None if np.isnan(original.y).all() else int(np.nanargmin(original.y))
