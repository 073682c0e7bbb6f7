"""The evidence on every curve of a study, and ``curves.csv``, which holds all of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from biasvar.data.resampling import given_by
from biasvar.results.conditions import Condition, conditions_of, horizontal, naming, other_axes
from biasvar.results.curves import in_order
from biasvar.results.results import Results
from biasvar.results.shapes.evidence import Places, Statement, statements
from biasvar.results.shapes.paired import FEWEST, MEANS, MEDIANS, Paired, draw_signs
from biasvar.results.shapes.saved_statements import statements_in
from biasvar.results.shapes.tails import unsettled
from biasvar.results.thresholds import INTERPOLATING, classical, classical_ends, threshold_of
from biasvar.study.config import CAPACITY_AXES

CURVES = "curves.csv"
COLUMNS = (
    "loss", "condition", "axis", "statement", "verdict", "column", "at", "minus_at", "average", "estimate", "low",
    "high", "level", "n", "method",
)  # fmt: skip
METHODS = {
    MEANS.average: "means, with Student's intervals",
    MEDIANS.average: "pseudo-medians (of the averages of any two: Hodges-Lehmann) where the mean rests on few of them, "
    "with signed-rank intervals",
}


@dataclass(frozen=True)
class Evidence:
    """The evidence on the risk of one loss under one condition along ``axis``, which names the places.

    ``rows`` are the table rows at the places that the statements' indices refer to, which are called ``x``.
    ``left_out`` has the places whose cells have too few replicates: capacities, if the horizontal axis is a substitute
    for capacity. ``is_cut`` says whether the classical regime, where a U shape is tested, is shorter than the curve.
    ``paired_by`` says what is paired: a replicate or a seed.
    """

    loss: str
    axis: str
    condition: Condition
    rows: pd.DataFrame
    x: np.ndarray
    left_out: np.ndarray
    is_cut: bool
    statements: tuple[Statement, ...]
    paired_by: str


def evidence_of(results: Results, loss: str, column: str | None = None) -> list[Evidence]:
    """Return the evidence on each condition of a loss, in order; none if the risk of single replicates is not known.

    Curves are those along ``column``, by default the horizontal axis. The statements are those of ``results.curves``,
    if it is there.
    """
    column = horizontal(results) if column is None else column
    known = any(name == loss for _, name in results.replicate_risk)
    if column is None or not known:
        return []
    conditions = conditions_of(results, column)
    rows = [condition.rows(results.of_loss(loss)) for condition in conditions]
    ends: list[float | None] = [None] * len(rows)
    crossed = [True] * len(rows)  # of most axes nobody knows
    if column in INTERPOLATING:
        thresholds = [threshold_of(results, condition, column) for condition in conditions]
        crossed = [one.is_crossed for one in thresholds]
        ends = classical_ends(thresholds, rows) if column in CAPACITY_AXES else ends
    given = zip(conditions, rows, ends, crossed, strict=True)
    return [evidence_on(results, loss, one, table, column, end, crosses) for one, table, end, crosses in given]


def evidence_on(
    results: Results, loss: str, condition: Condition, rows: pd.DataFrame, column: str, end: float | None, crosses: bool
) -> Evidence:
    """Return the evidence on one condition, whose classical regime ends at the capacity ``end``.

    ``crosses`` says whether an interpolation threshold lies in the sweep.
    """
    axis = str(naming(column))
    rows, _ = in_order(rows, axis)
    x = pd.to_numeric(rows[axis]).to_numpy(dtype=float)
    risk_PR = risks_of(results, rows, loss)
    there_PR = np.isfinite(risk_PR)
    kept_P = there_PR.sum(axis=1) >= FEWEST
    if not kept_P.any():  # too few everywhere, not just here and there
        kept_P = there_PR.any(axis=1)
    kept, x_P = rows[kept_P], x[kept_P]
    if results.curves is not None:
        parts = statements_in(results.curves, axis, loss, condition.label, x_P)
    else:
        shared_PR = risk_PR[kept_P][:, there_PR[kept_P].all(axis=0)]
        signs_BR = draw_signs(results.resamples, shared_PR.shape[1], results.seed)
        with threadpool_limits(1):  # the same bits on any number of cores
            whole, below = (
                places_of(part, shared_PR, signs_BR, results.level) for part in (kept, classical(kept, end))
            )
            parts = statements(whole, below, crosses)
    return Evidence(loss, axis, condition, kept, x_P, x[~kept_P], end is not None, parts, paired_by(rows))


def places_of(rows: pd.DataFrame, shared_PR: np.ndarray, signs_BR: np.ndarray, level: float) -> Places:
    """Return the first places of a curve: those of ``rows``, its rows in the table."""
    averages = {way.column: rows[way.column].to_numpy(dtype=float) for way in (MEANS, MEDIANS)}
    return Places(averages, unsettled(rows), Paired(shared_PR[: len(rows)], signs_BR, level))


def risks_of(results: Results, rows: pd.DataFrame, loss: str) -> np.ndarray:
    """Return the risk of each replicate in each row's cell [P, R], NaN where it is missing."""
    nothing = (np.array([], dtype=int), np.array([]))
    found = [results.replicate_risk.get((int(cell), loss), nothing) for cell in rows["cell"]]
    numbers_R = np.unique(np.concatenate([numbers for numbers, _ in found])) if found else nothing[0]
    risk_PR = np.full((len(found), len(numbers_R)), np.nan)
    for place, (numbers, risk) in enumerate(found):
        risk_PR[place, np.searchsorted(numbers_R, numbers)] = risk
    return risk_PR


def paired_by(rows: pd.DataFrame) -> str:
    """Return what is paired: a replicate, or in a crossed design a seed: its model has it in every source."""
    return "seed" if (rows["design"] == "crossed").any() else "replicate"


def method_of(pairing: str, columns: Iterable[str], averages: Iterable[str]) -> str:
    """Return by which columns places were chosen, what is paired, and how differences were averaged."""
    taken = "; ".join(METHODS[average] for average in averages)
    searched = "widened by the max-t bootstrap for all pairs of places that could have been chosen"
    return f"places chosen by {' or '.join(columns)} over all {pairing}: {taken}, {searched}"


def pairing_of(evidence: Evidence) -> str:
    """Return what places were chosen over, and what is paired."""
    what, rows = evidence.paired_by, evidence.rows
    models = " (models with the same seed of every source)" if what == "seed" else ""
    models += ", the same models at every epoch" if evidence.axis == "epoch" else ""
    shared = sorted({given_by(scheme) for scheme in rows.loc[rows["design"] != "nested", "resampling"]} - {""})
    given = f", given the {' or '.join(shared)}" if shared else ""
    return f"{what}s, differences paired by {what}{models}{given}"


def curves_table(results: Results) -> pd.DataFrame:
    """Return a row for each estimate: the risk ``at`` a place, minus that ``minus_at`` another place, if any."""
    curves = [(loss, column) for column in (horizontal(results), *other_axes(results)) for loss in results.losses]
    every = [evidence for loss, column in curves for evidence in evidence_of(results, loss, column)]
    rows = [{"axis": evidence.axis, "level": results.level} | row for evidence in every for row in rows_of(evidence)]
    return pd.DataFrame(rows, columns=COLUMNS)


def rows_of(evidence: Evidence) -> Iterator[dict[str, Any]]:
    """Yield the rows of one curve; a statement that could not be tested has one row, without a difference.

    A statement about a single place has a row with the table's values there.
    """
    for statement in evidence.statements:
        common: dict[str, Any] = {"loss": evidence.loss, "condition": evidence.condition.label}
        common |= {"statement": statement.name, "verdict": statement.verdict}
        if not statement.differences:
            yield common
            continue
        common |= {"column": statement.column}
        if len(statement.places) == 1:
            yield common | {"at": evidence.x[statement.places[0]]} | in_table(evidence.rows, statement)
        for one in statement.differences:
            numbers: dict[str, Any] = {"estimate": one.value, "low": one.low, "high": one.high, "n": one.n}
            numbers |= {
                "average": one.average,
                "method": method_of(pairing_of(evidence), [statement.column], [one.average]),
            }
            yield common | {"at": evidence.x[one.first], "minus_at": evidence.x[one.second]} | numbers


def in_table(rows: pd.DataFrame, statement: Statement) -> dict[str, Any]:
    """Return the table's estimate at the place of a statement, with its interval."""
    row, name = rows.iloc[statement.places[0]], statement.column
    numbers = {"estimate": row[name], "low": row[f"{name}_low"], "high": row[f"{name}_high"], "n": row["n_ok"]}
    return numbers | {"method": f"{name} of the table"}
