"""The head of the page in words: the finding, how complete the study is, and what noise is measured against."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from biasvar.report.words.captions import REFERENCES, loss_words, sentence
from biasvar.report.words.claims import tally
from biasvar.report.words.evidence import shape, verdict
from biasvar.results.conditions import (
    conditions_of,
    horizontal,
    name_of,
    other_axes,
    shortened,
    swept_keys,
    telling,
)
from biasvar.results.numbers import interval, number, plain
from biasvar.results.results import Results
from biasvar.results.shapes.evidence_table import Evidence, evidence_of
from biasvar.results.shapes.shapes import DOUBLE_DESCENT, MONOTONE, RISE_BETWEEN_FALLS, U_SHAPED, YES

SHAPES = (DOUBLE_DESCENT.name, RISE_BETWEEN_FALLS.name, U_SHAPED.name, MONOTONE.name)
"""Shapes in the order in which one that holds is told first."""


def finding(results: Results) -> str:
    """Return the least risk under the first loss that has one, with its interval and its cell."""
    for loss in results.shown_losses:
        if (best := best_of(results, loss)) is not None:
            value = interval(best["risk"], best["risk_low"], best["risk_high"])
            keys = telling(results.table, swept_keys(results))
            where = ", ".join(f"{name_of(key, results)} = {shortened(plain(best[key]))}" for key in keys)
            place = f"least at {where}" if where else "that of one cell"
            return sentence(f"the risk ({loss_words(loss)}) is {place}: {value}")
    return "No cell has an estimate yet."


def best_of(results: Results, loss: str) -> Mapping | None:
    """Return the row of least risk under a loss, or None."""
    rows = results.of_loss(loss).dropna(subset="risk")
    return None if rows.empty else rows.iloc[int(np.argmin(rows["risk"]))].to_dict()


def facts(results: Results, command: str = "") -> dict[str, str]:
    """Return the lines below the finding by their names."""
    found = {"Shape": " ".join(shapes(results)), "Models": completeness(results), "Noise": noise(results)}
    found |= {"Claims": tally(results.claims), "Repeat": command}
    return {name: text for name, text in found.items() if text}


def shapes(results: Results) -> Iterator[str]:
    """Yield, for each axis along which curves are judged, what is found of the shape of the curve of least risk."""
    columns = [column for column in (horizontal(results), *other_axes(results)) if column is not None]
    for column in columns:
        for loss in results.shown_losses[:1]:
            best = best_of(results, loss)
            evidence = evidence_of(results, loss, column)
            for condition, one in zip(conditions_of(results, column), evidence, strict=False):
                if best is not None and best["cell"] in set(condition.rows(results.of_loss(loss))["cell"]):
                    along = f" by {name_of(column, results)}" if len(columns) > 1 else ""
                    yield from (f"{text}." for text in shape_of(one, along))


def shape_of(evidence: Evidence, along: str) -> Iterator[str]:
    """Yield the first shape that holds with its evidence; if none does, the verdicts, or why there is none."""
    tested = {one.name: one for one in evidence.statements if one.name in SHAPES and one.differences}
    ordered = [tested[name] for name in SHAPES if name in tested]
    first = next((one for one in ordered if one.verdict == YES), None)
    if first is not None:
        yield capital(verdict(first, evidence) + along)
    elif ordered:
        yield capital("; ".join(f"{one.name}: {one.verdict}" for one in ordered) + along)
    elif evidence.statements:
        yield capital(f"{shape(evidence)[0]}{along}")


def capital(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


def completeness(results: Results) -> str:
    """Return how many models the estimates use, of how many, and why others are missing."""
    used, planned = results.models
    cells = results.table.drop_duplicates("cell")
    head = f"{used:,} of {planned:,} in {len(cells):,} cell{'s' * (len(cells) != 1)}"
    if used == planned:
        return f"{head}; none failed or diverged."
    short = cells[cells["n_ok"] < cells["n_planned"]]
    reasons = [text for text in short["gaps"] if text] if "gaps" in short else []
    why = f" ({reasons[0]}{', ...' if len(set(reasons)) > 1 else ''})" if reasons else ""
    return f"{head}; {len(short):,} cell{'s' * (len(short) != 1)} incomplete{why}."


def noise(results: Results) -> str:
    """Return the value of the noise under the first loss, and what it is measured against."""
    rows = results.table
    known = list(dict.fromkeys(rows["reference"].dropna()))
    if not known:
        return ""
    against = " or ".join(REFERENCES.get(name, name) for name in known)
    of_loss = results.of_loss(results.shown_losses[0]) if results.shown_losses else rows
    values = of_loss["noise"].dropna() if "noise" in of_loss else pd.Series(dtype=float)
    if values.empty:
        return f"Not known. Reference: {against}."
    low, high = float(values.min()), float(values.max())
    value = number(low) if np.isclose(low, high) else f"{number(low)} to {number(high)}"
    return f"{value}. Reference: {against}."


def has_double_descent(results: Results) -> bool:
    """Return whether some curve of the first loss is a double descent, or a rise between falls."""
    wanted = {DOUBLE_DESCENT.name, RISE_BETWEEN_FALLS.name}
    found = [one for loss in results.shown_losses[:1] for one in evidence_of(results, loss)]
    return any(one.verdict == YES and one.name in wanted for evidence in found for one in evidence.statements)
