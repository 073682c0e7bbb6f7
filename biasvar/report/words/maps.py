"""Captions of maps: their lines and marks, the peaks with evidence, and what the cells rest on."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from biasvar.report.words.captions import join, level_of, sentence, words
from biasvar.report.words.designs import counted, unit
from biasvar.results.grids import Grid
from biasvar.results.numbers import interval, number, plain, position, span
from biasvar.results.results import Results

MOST_NAMED = 3


def lines(grid: Grid, tolerance: float) -> str:
    """Return what the lines are, of those that are drawn."""
    known = grid.fitted_YX[np.isfinite(grid.fitted_YX)]
    fitted = "Solid: the training error vanishes on one side (its mean is below the tolerance of "
    none = f"No cell has a mean training error below the tolerance of {plain(tolerance)}."
    measured = "" if not len(known) else none if not known.any() else f"{fitted}{plain(tolerance)})."
    nominal = (
        "Dashed: as many parameters as distinct training rows times outputs (the nonlinear peak of d'Ascoli et al. "
    )
    nominal += "2020)."
    linear = "Dotted: as many training rows as numbers in an input (their linear peak)."
    inside = grid.inputs is not None and grid.x[0] < grid.inputs < grid.x[-1]
    return join(measured, nominal if np.isfinite(grid.nominal_X).any() else "", linear if inside else "")


def peaks(tops: Mapping[str, pd.DataFrame], axis: str, x_name: str, y_name: str) -> str:
    """Return the peaks of the risk along either axis, each with its estimate there."""
    if all(top.empty for top in tops.values()):
        return f"No peak of the risk along {' or '.join(tops)} has evidence."
    texts = []
    for (along, top), mark in zip(tops.items(), ("○", "△"), strict=True):
        some = top.head(MOST_NAMED)
        found = [
            f"{interval(row['risk'], row['risk_low'], row['risk_high'])} at {x_name} = {position(row[axis])}, "
            f"{y_name} = {position(row['capacity'])}"
            for _, row in some.iterrows()
        ]
        more = f" and {len(top) - len(some)} more" if len(top) > len(some) else ""
        texts += [f"{mark}: peaks of the risk along {along}, {'; '.join(found)}{more}"] if found else []
    return join(*map(sentence, texts), "Each stands above the least risk on both sides with evidence (curves.csv).")


def marks(grid: Grid, rows: pd.DataFrame) -> str:
    """Return what marks in cells mean, of those that are there."""
    return join(
        below_zero(name for name, values_YX in grid.values.items() if (values_YX < 0).any()),
        f"Hollow circles: fewer {unit(rows)} than planned." if grid.partial_YX.any() else "",
        "Hatched: cells without an estimate." if grid.missing_YX.any() else "",
    )


def below_zero(quantities: Iterable[str]) -> str:
    """Return why quantities are below 0: votes that vary can help, and unbiased estimates of small numbers scatter."""
    reasons = {
        "the net variance is, where variance helps: the majority of the votes is wrong there"
        if name == "net_variance"
        else "an unbiased estimate of a small number can be"
        for name in quantities
    }
    return sentence(f"yellow, with a −: below 0, as {'; '.join(sorted(reasons))}") if reasons else ""


def resting_on(results: Results, rows: pd.DataFrame) -> str:
    """Return how many models and points the cells rest on, and where their intervals are."""
    level = level_of(results).removeprefix("Bands: ")
    return f"Over {counted(rows)} at {span(rows['n_eval'])} points; the {level} of each cell is in the results table."


def alt(title: str, grid: Grid, x_name: str, y_name: str) -> str:
    """Return the alt text: the least and the greatest value of each quantity with their places."""
    texts = [f"{title}. {x_name}: {len(grid.x)} places; {y_name}: {len(grid.y)} places."]
    for name, values_YX in grid.values.items():
        if np.isnan(values_YX).all():
            texts.append(sentence(f"{words(name)}: no estimate"))
            continue
        ends = []
        for word, flat in (("least", np.nanargmin(values_YX)), ("greatest", np.nanargmax(values_YX))):
            row, column = np.unravel_index(flat, values_YX.shape)
            where = f"{x_name} = {position(grid.x[column])}, {y_name} = {position(grid.y[row])}"
            ends.append(f"{word} {number(values_YX[row, column])} at {where}")
        texts.append(sentence(f"{words(name)}: {', '.join(ends)}"))
    return " ".join(texts)
