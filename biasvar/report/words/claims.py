"""The claims of a study in words: how many hold, what their intervals mean, and why some are not decided."""

from math import isfinite
from typing import Any

import pandas as pd

from biasvar.results.claims.verdict import FAILS, HOLDS, OPEN
from biasvar.results.numbers import plain


def tally(table: pd.DataFrame | None) -> str:
    """Return how many claims hold, do not hold, and are not decided."""
    if table is None or table.empty:
        return ""
    counts = {verdict: int((table["verdict"] == verdict).sum()) for verdict in (HOLDS, FAILS, OPEN)}
    holds = f"{counts[HOLDS]} {'holds' if counts[HOLDS] == 1 else 'hold'}"
    fails = f"{counts[FAILS]} {'does' if counts[FAILS] == 1 else 'do'} not hold"
    is_open = f"{counts[OPEN]} {'is' if counts[OPEN] == 1 else 'are'} not decided"
    return f"Of {len(table)} claim{'s' * (len(table) > 1)}, {holds}, {fails}, and {is_open}."


def interval_in_words(table: pd.DataFrame | None) -> str:
    """Return what the intervals of claims mean."""
    if table is None or table.empty:
        return ""
    level = plain(round(100 * float(table["level"].iloc[0]), 2))
    return (
        f"Each interval has a level of {level} %, so that all of them hold at once at the level of the study "
        "(Bonferroni). Differences are paired by replicate. A claim holds if its whole interval is as expected."
    )


def verdict_in_words(row: Any) -> str:
    """Return a verdict, with the reason if it is not decided, and when the claim was stated if that was late."""
    text = str(row["verdict"])
    if row["note"]:
        text += f": {row['note']}"
    if isfinite(row["replicates_needed"]):
        text += f"; about {row['replicates_needed']:,.0f} replicates would decide"
    if row["added_after"] > 0:
        text += f" (added after {row['added_after']:,.0f} models)"
    return text
