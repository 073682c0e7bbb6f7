"""The cell of least risk of each condition: what a study would choose, and what figures of single points show."""

import numpy as np

from biasvar.results.conditions import Condition, conditions_of, horizontal
from biasvar.results.results import Results


def cells_of_least_risk(results: Results, loss: str) -> list[tuple[Condition, int]]:
    """Return each condition with the number of its cell of least risk; those without an estimate are left out."""
    table, found = results.of_loss(loss), []
    for condition in conditions_of(results, horizontal(results)):
        rows = condition.rows(table).dropna(subset="risk")
        if len(rows):
            found.append((condition, int(rows["cell"].iloc[int(np.argmin(rows["risk"]))])))
    return found
