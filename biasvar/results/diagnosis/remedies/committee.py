"""Bagging: estimators that do it, or the average of several of the cell's models, from the table of committees."""

import math

import pandas as pd

from biasvar.results.diagnosis.effects import Effect
from biasvar.results.diagnosis.regime import HIGH_VARIANCE
from biasvar.results.diagnosis.remedies.other_model import found_of_name
from biasvar.results.diagnosis.remedies.remedy import DiagnosedCell, Finding, Remedy

OWN_SETS = "each on a training set of its own, which a bagged committee has not"


class Bagging(Remedy):
    """Estimators that bag, if the sweep has some, or a committee of as many of the cell's models as the table has."""

    name = "bagging"
    against = HIGH_VARIANCE

    def finding(self, cell: DiagnosedCell) -> Finding:
        """Return the effect of the best estimator that bags, or of the largest committee."""
        if swept := found_of_name(cell, "Bagging|Forest|ExtraTrees"):
            return swept
        row, table = cell.row, cell.results.committees
        if table is None or table.empty:
            return Finding(reason="this study has no committees")
        rows = table[(table["cell"] == row["cell"]) & (table["loss"] == row["loss"])]
        if rows.empty:
            return Finding(reason="this cell has no committees")
        on_one_set = rows["shared"].fillna("").str.contains("data")
        own_sets = not on_one_set.any() and row["resampling"] != "bootstrap"
        rows = rows[on_one_set] if on_one_set.any() else rows
        rows = rows[rows["rule"] == rows["rule"].iloc[0]].sort_values("members")
        members, risks = int(rows["members"].iloc[-1]), rows["risk"].iloc[[0, -1]]
        effect = effect_of_committee(row, members, float(risks.iloc[1] - risks.iloc[0]))
        return Finding(f"a committee of {members}", effect, reason=OWN_SETS if own_sets else "")


def effect_of_committee(row: pd.Series, members: int, value: float) -> Effect:
    """Return what a committee adds to the risk of one model.

    Under squared error and independent members that is -(1 - 1/M) of the variance, and its interval is the variance's.
    """
    low = high = math.nan
    if row["loss"] == "squared_error" and row["design"] == "joint":
        low, high = (-(1 - 1 / members) * float(row[f"variance{end}"]) for end in ("_high", "_low"))
    return Effect(value, low, high, int(row["n_ok"]))
