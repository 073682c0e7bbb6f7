"""The evidence on every curve of a study, and ``curves.csv``, which holds all of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from biasvar.results.conditions import Condition, conditions_of, horizontal, naming
from biasvar.results.curves import in_order
from biasvar.results.results import Results
from biasvar.results.shapes.evidence import Statement, statements
from biasvar.results.shapes.paired import FEWEST, Halves
from biasvar.results.thresholds import classical, classical_ends, threshold_of
from biasvar.study.config import CAPACITY_AXES

CURVES = "curves.csv"
COLUMNS = (
    "loss", "condition", "axis", "statement", "verdict", "at", "minus_at", "estimate", "low", "high", "level", "n",
    "method",
)  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """What is shown of the risk of one loss under one condition.

    ``x`` has the places that the statements' indices mean, and ``left_out`` those whose cells have too few replicates:
    capacities, where the horizontal axis stands for capacity. ``is_cut`` says whether the classical regime, which is
    asked to be U-shaped, is less than the curve. ``paired_by`` says what is paired, a replicate or a seed, and
    ``method`` how places were chosen and what the intervals are.
    """

    loss: str
    condition: Condition
    x: np.ndarray
    left_out: np.ndarray
    is_cut: bool
    statements: tuple[Statement, ...]
    paired_by: str
    method: str


def evidence_of(results: Results, loss: str) -> list[Evidence]:
    """Return the evidence on each condition of a loss, in order; none where no risk of a replicate is known."""
    column = horizontal(results)
    known = any(name == loss for _, name in results.replicate_risk)
    if column is None or not known:
        return []
    conditions = conditions_of(results, column)
    rows = [condition.rows(results.of_loss(loss)) for condition in conditions]
    ends: list[float | None] = [None] * len(rows)
    if column in CAPACITY_AXES:
        ends = classical_ends([threshold_of(results, condition) for condition in conditions], rows)
    triples = zip(conditions, rows, ends, strict=True)
    return [evidence_on(results, loss, condition, table, column, end) for condition, table, end in triples]


def evidence_on(
    results: Results, loss: str, condition: Condition, rows: pd.DataFrame, column: str, end: float | None
) -> Evidence:
    """Return the evidence on one condition, whose classical regime ends at the capacity ``end``."""
    rows, _ = in_order(rows, column)
    x = pd.to_numeric(rows[naming(column)]).to_numpy(dtype=float)
    risk_PR, numbers_R = risks_of(results, rows, loss)
    even_R, odd_R = numbers_R % 2 == 0, numbers_R % 2 == 1
    there_PR = np.isfinite(risk_PR)
    kept_P = np.minimum(there_PR[:, even_R].sum(axis=1), there_PR[:, odd_R].sum(axis=1)) >= FEWEST
    if not kept_P.any():  # too few everywhere, and not here and there
        kept_P = there_PR.any(axis=1)
    halves = Halves(risk_PR[kept_P], even_R, odd_R, results.level)
    first = len(classical(rows[kept_P], end))
    parts = statements(halves, Halves(halves.risk_PR[:first], even_R, odd_R, results.level))
    what, is_cut = paired_by(rows), end is not None
    return Evidence(loss, condition, x[kept_P], x[~kept_P], is_cut, parts, what, method_of(rows, what))


def risks_of(results: Results, rows: pd.DataFrame, loss: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the risk of each replicate in each row's cell [P, R], NaN where it is not there, and their numbers [R]."""
    nothing = (np.array([], dtype=int), np.array([]))
    found = [results.replicate_risk.get((int(cell), loss), nothing) for cell in rows["cell"]]
    numbers_R = np.unique(np.concatenate([numbers for numbers, _ in found])) if found else nothing[0]
    risk_PR = np.full((len(found), len(numbers_R)), np.nan)
    for place, (numbers, risk) in enumerate(found):
        risk_PR[place, np.searchsorted(numbers_R, numbers)] = risk
    return risk_PR, numbers_R


def paired_by(rows: pd.DataFrame) -> str:
    """Return what is paired: a replicate, or in a crossed design a seed, whose model has it of every source."""
    return "seed" if (rows["design"] == "crossed").any() else "replicate"


def method_of(rows: pd.DataFrame, what: str) -> str:
    """Return how places were chosen, what is paired, and what the intervals are."""
    models = " (models with the same seed of every source)" if what == "seed" else ""
    given = "" if rows["resampling"].isin(["fresh", "disjoint"]).all() else ", given the pool"
    return (
        f"places chosen on the even {what}s, differences taken on the odd ones: paired by {what}{models}{given}, "
        "Student's t interval"
    )


def curves_table(results: Results) -> pd.DataFrame:
    """Return a row for each estimate: the risk ``at`` a place less that ``minus_at`` another, if any."""
    rows = [row for loss in results.losses for evidence in evidence_of(results, loss) for row in rows_of(evidence)]
    axis = naming(horizontal(results))
    return pd.DataFrame([{"axis": axis, "level": results.level} | row for row in rows], columns=COLUMNS)


def rows_of(evidence: Evidence) -> Iterator[dict[str, Any]]:
    """Yield the rows of one curve; a statement that could not be tested has one, without a difference."""
    for statement in evidence.statements:
        common = {"loss": evidence.loss, "condition": evidence.condition.label, "method": evidence.method}
        common |= {"statement": statement.name, "verdict": statement.verdict}
        if not statement.differences:
            yield common
        for one in statement.differences:
            minus = np.nan if one.second is None else evidence.x[one.second]
            numbers = {"estimate": one.value, "low": one.low, "high": one.high, "n": one.n}
            yield common | {"at": evidence.x[one.first], "minus_at": minus} | numbers
