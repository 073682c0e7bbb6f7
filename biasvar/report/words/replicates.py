"""How many more replicates would settle a question, in words."""

import math

import pandas as pd

from biasvar.report.words.designs import draws

MOST_TIMES = 1000
"""More than so many times as many replicates are no advice."""


def more_replicates(row: pd.DataFrame, times: float) -> str:
    """Return how many more than the replicates of a row, or seeds of its sources, make ``times`` as many.

    The number is rounded up to two digits. The text is empty if no number of them would do, or only one beyond reach.
    """
    if not times <= MOST_TIMES:
        return ""
    more = float(draws(row).iloc[0]) * (times - 1)
    step = 10 ** max(0, math.floor(math.log10(max(more, 1))) - 1)
    count = max(1, math.ceil(more / step)) * step
    unit, of = ("seed", " of each source") if (row["design"] == "crossed").any() else ("replicate", "")
    return f"about {count:,} more {unit}{'s' if count > 1 else ''}{of}"
