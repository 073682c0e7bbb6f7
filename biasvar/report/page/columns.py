"""The columns of the page's tables: of results, claims, noise and the spread of accuracy."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from biasvar.report.words import claims
from biasvar.report.words.captions import loss_words
from biasvar.report.words.designs import unit
from biasvar.results.conditions import PARAMETERS, name_of
from biasvar.results.glossary import glossary
from biasvar.results.numbers import interval, number, plain
from biasvar.results.results import QUANTITIES, Results
from biasvar.results.spread import spreads
from biasvar.training.modes import SPREAD

MOST_ROWS = 500
EFFECTS = {
    "systematic_effect": ("bias_squared", "bias"),
    "systematic_effect_plus_noise": ("bias_squared_plus_noise", "bias_plus_noise"),
    "variance_effect": ("variance",),
}

HIDDEN = "residual"
"""Nobody looks at these first."""


@dataclass(frozen=True)
class Column:
    """One column of a table: its heading, its full name, its cells; numbers are right-aligned.

    ``values`` has what a cell is sorted by and saved as: a number, or a number and the ends of its interval, separated
    by spaces; ``help`` explains the heading. An ``axis`` can be filtered by; what is ``extra`` is shown on demand.
    """

    heading: str
    title: str
    cells: list[str]
    is_number: bool
    values: Sequence[str] = ()
    help: str = ""
    axis: bool = False
    extra: bool = False


def columns_of(results: Results) -> list[Column]:
    """Return the columns of the results table: axes, loss, each known quantity with its interval, counts, the rest."""
    rows = results.table.head(MOST_ROWS)
    axes = [replace(text_column(rows, key, name_of(key, results)), axis=True) for key in results.axes]
    loss = Column("loss", "loss", [loss_words(loss) for loss in rows["loss"]], False, axis=True)
    counts = [f"{plain(ok)}/{plain(of)}" for ok, of in zip(rows["n_ok"], rows["n_planned"], strict=True)]
    used = Column(unit(rows), "n_ok/n_planned", counts, True, [plain(ok) for ok in rows["n_ok"]])
    return [*axes, loss, *estimates(results, rows), used, *about_cells(results, rows)]


def estimates(results: Results, rows: pd.DataFrame) -> list[Column]:
    """Return the columns of the known quantities, the risk first."""
    meanings = {term.name: f"{term.formula}: {term.meaning}" for term in glossary(results)}
    names = sorted((*QUANTITIES, *results.own_components, SPREAD), key=lambda name: name != "risk")
    found = []
    for name in names:
        if name not in results.table or results.table[name].isna().all() or is_repeated(results.table, name):
            continue
        triples = rows[[name, f"{name}_low", f"{name}_high"]].to_numpy(dtype=float)
        cells = [number(row[0]) if name == HIDDEN else interval(*row) for row in triples]
        values = [" ".join(f"{value:.6g}" for value in row if not np.isnan(value)) for row in triples]
        extra = name == HIDDEN or name.startswith("kw_")
        found.append(Column(name.replace("_", " "), name, cells, True, values, meanings.get(name, ""), extra=extra))
    return found


def about_cells(results: Results, rows: pd.DataFrame) -> list[Column]:
    """Return the columns that describe cells: capacity, parameters, label noise, status, number."""
    found = []
    if rows["capacity"].notna().any() and not set(rows["capacity_key"].dropna()) & {*results.axes, PARAMETERS}:
        found.append(text_column(rows, "capacity", "capacity"))
    if rows["parameters"].notna().any():
        found.append(replace(text_column(rows, "parameters", "parameters"), extra=True))
    if "label_noise_rate" in rows:
        rates = [number(rate) for rate in rows["label_noise_rate"]]
        found.append(Column("label noise", "label_noise_rate", rates, True))
    reasons = rows["gaps"] if "gaps" in rows else [""] * len(rows)
    why = [f"{status}: {gaps}" if gaps else status for status, gaps in zip(rows["status"], reasons, strict=True)]
    found.append(Column("status", "status", why, False))
    return [*found, Column("cell", "cell", [plain(cell) for cell in rows["cell"]], True, extra=True)]


def is_repeated(table: pd.DataFrame, name: str) -> bool:
    """Return whether a column repeats bias or variance, as the effects do under squared error."""
    twins = [twin for effect, twins in EFFECTS.items() if name == effect for twin in twins]
    known = table[name].notna()
    return any(np.allclose(table.loc[known, name], table.loc[known, twin], equal_nan=False) for twin in twins)


def claim_columns(table: pd.DataFrame | None) -> list[Column]:
    """Return the columns of the claims, one row each."""
    if table is None or table.empty:
        return []
    rows = [row for _, row in table.iterrows()]
    measured = [interval(row["measured"], row["low"], row["high"]) for row in rows]
    return [
        text_column(table, "text", "claim"),
        text_column(table, "source", "source"),
        text_column(table, "expected", "expected"),
        Column("measured", "measured", measured, True),
        Column("verdict", "verdict", [claims.verdict_in_words(row) for row in rows], False),
    ]


def noise_columns(table: pd.DataFrame | None) -> list[Column]:
    """Return the columns of the noise table; the data's name is one of them if there are several."""
    if table is None or table.empty:
        return []
    values = zip(table["value"], table["low"], table["high"], strict=True)
    columns = [text_column(table, "data", "data")] if table["data"].nunique() > 1 else []
    return [
        *columns,
        Column("loss", "loss", [loss_words(loss) for loss in table["loss"]], False),
        text_column(table, "kind", "kind"),
        Column("noise", "value", [interval(*row) for row in values], True),
        text_column(table, "name", "from"),
        text_column(table, "assumption", "assumes"),
    ]


def spread_columns(results: Results) -> list[Column]:
    """Return the columns of the spread of accuracy, one row per cell and kind of pairs; none without classes."""
    if results.spread is None or results.spread.empty:
        return []
    rows = results.spread.head(MOST_ROWS)
    columns = [
        text_column(rows, "cell", "cell"),
        *(text_column(rows, key, name_of(key, results)) for key in results.axes),
    ]
    columns.append(text_column(rows, "differ", "models differ in"))
    for name, meaning in spreads.MEANINGS.items():
        if name not in ("cell", "loss", "differ") and rows[name].notna().any():
            ends = [f"{name}_low", f"{name}_high"] if name in spreads.WITH_INTERVAL else []
            cells = [interval(*row) if ends else number(row[0]) for row in rows[[name, *ends]].to_numpy(float)]
            columns.append(Column(name.replace("_", " "), meaning, cells, True))
    return columns


def text_column(rows: pd.DataFrame, key: str, heading: str) -> Column:
    """Return a column of swept values or names as texts."""
    return Column(heading, key, [plain(value) for value in rows[key]], pd.api.types.is_numeric_dtype(rows[key]))
