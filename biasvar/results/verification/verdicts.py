"""Whether ``claims.csv`` has the verdicts that the saved contributions of each replicate lead to."""

from pathlib import Path

import numpy as np

from biasvar.results.cells import Cells
from biasvar.results.claims import claims_table, contributions
from biasvar.results.results import Results
from biasvar.results.tables import read_csv

SAME = 1e-6  # relative: last bits may differ from machine to machine
NUMBERS = ("measured", "low", "high")


def fault_of_verdicts(cells: Cells, results: Results, folder: Path) -> str | None:
    """Return which verdict on disk is another than its contributions give, an empty text if none is.

    None where the tables are missing or there is no claim.
    """
    paths = folder / claims_table.FILE, folder / contributions.FILE
    if not cells.claims or not all(path.is_file() for path in paths):
        return None
    try:
        found, contributed = map(read_csv, paths)
        again = claims_table.claims_table(cells, results, contributed)
        if list(found["id"]) != list(again["id"]):
            return f"{claims_table.FILE} has other claims than the study"
        for (_, there), (_, expected) in zip(found.iterrows(), again.iterrows(), strict=True):
            was, now = (np.array([row[name] for name in NUMBERS], dtype=float) for row in (there, expected))
            if there["verdict"] != expected["verdict"] or not np.allclose(was, now, rtol=SAME, equal_nan=True):
                return f"{there['id']} is {there['verdict']!r}, and its contributions give {expected['verdict']!r}"
    except (ValueError, LookupError, TypeError) as error:
        return f"cannot be read: {error!r}"
    return ""
