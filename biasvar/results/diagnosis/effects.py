"""What a sweep says of a change: the risk of other cells minus that of one, paired where random numbers are common."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from biasvar.results.conditions import Condition, chosen, condition_keys, swept_keys
from biasvar.results.diagnosis.chosen_cell import is_same, written
from biasvar.results.results import Results
from biasvar.results.shapes.evidence_table import places_of, risks_of
from biasvar.results.shapes.paired import FEWEST, MEANS, MEDIANS, Pairs, draw_signs

MOST_COMPARED = 64
"""Cells among which the best is sought, at most: evenly between the first and the last, and the best of all."""


@dataclass(frozen=True)
class Effect:
    """What a change adds to the risk, with its interval; ``low`` and ``high`` are NaN if it has none.

    ``average`` says what the value is: a mean of paired differences over n replicates, or a pseudo-median; it is empty
    if nothing is paired.
    """

    value: float
    low: float
    high: float
    n: int
    average: str = ""

    @property
    def times(self) -> float:
        """How many times as many replicates would tell it from 0, as intervals shrink like 1 / sqrt(R)."""
        end = self.low if self.value > 0 else self.high
        return ((self.value - end) / self.value) ** 2 if self.value else math.inf


def line_along(results: Results, row: pd.Series, axis: str) -> pd.DataFrame:
    """Return the rows of the table that differ from one in an axis only, or in ``capacity``, under its loss."""
    same = tuple((key, row[key]) for key in condition_keys(results, axis))
    return Condition(same, "").rows(results.of_loss(row["loss"])).dropna(subset=["risk"])


def effect_of(
    results: Results, row: pd.Series, others: pd.DataFrame, is_least: bool
) -> tuple[pd.Series, Effect | None] | None:
    """Return the row of least risk among others, and its risk minus that of ``row``; None if there are no others.

    There is no effect if too few replicates are shared. The interval allows for the choice among the others; if
    ``row`` itself was chosen, as the cell of least risk, then for that among all of them too.
    """
    if others.empty:
        return None
    rows = pd.concat([row.to_frame().T, compared(others)]).infer_objects()
    risk_PR = risks_of(results, rows, row["loss"])
    kept_P = np.isfinite(risk_PR).sum(axis=1) >= FEWEST
    shared_PR = risk_PR[kept_P][:, np.isfinite(risk_PR[kept_P]).all(axis=0)]
    if not kept_P[0] or kept_P.sum() < 2 or shared_PR.shape[1] < FEWEST:
        return rows.iloc[1 + int(np.argmin(rows["risk"].iloc[1:]))], None
    rows = rows[kept_P]
    with threadpool_limits(1):  # the same bits on any number of cores
        places = places_of(
            rows, shared_PR, draw_signs(results.resamples, shared_PR.shape[1], results.seed), results.level
        )
        way = MEANS
        best = 1 + int(np.argmin(places.averages[MEANS.column][1:]))
        if places.way_of(single(best)) is MEDIANS:
            way, best = MEDIANS, 1 + int(np.argmin(places.averages[MEDIANS.column][1:]))
        critical = places.paired.critical(searched(len(rows), is_least), way)
        found = places.paired.difference(single(best), critical, way)
    return rows.iloc[best], Effect(found.value, float(found.low), float(found.high), found.n, found.average)


def compared(others: pd.DataFrame) -> pd.DataFrame:
    """Return the rows among which the best is sought."""
    places = {*chosen(range(len(others)), MOST_COMPARED), int(np.argmin(others["risk"]))}
    return others.iloc[sorted(places)]


def changes(results: Results, row: pd.Series, other: pd.Series) -> str:
    """Return what another row has in place of a row's values of the axes: ``model.width = 8``."""
    differ = [key for key in swept_keys(results) if not is_same(row[key], other[key])]
    return ", ".join(f"{key} = {written(other[key])}" for key in differ)


def single(other: int) -> Pairs:
    """Return the pair of another place with the first."""
    return np.array([other]), np.array([0])


def searched(count: int, is_least: bool) -> Pairs:
    """Return the pairs that one with the first place was chosen among, in both orders: those with it, or all."""
    first, second = np.nonzero(~np.eye(count, dtype=bool))
    keep = (first == 0) | (second == 0) | is_least
    return first[keep], second[keep]
