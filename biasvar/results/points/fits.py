"""Fits of single replicates as functions of one input, in a few cells: what their mean and their spread look like."""

import numpy as np
import pandas as pd

from biasvar.results.cells import Cells
from biasvar.results.conditions import MOST_SHOWN, cells_of_least_risk, chosen
from biasvar.results.points.hardest import best_cell
from biasvar.results.results import Results

MOST_FITS = 40
"""Replicates drawn one by one; the mean is over all."""

MOST_PLACES = 300
"""Evaluation points at which a fit is drawn, evenly chosen in order of the input."""


def fits_of(results: Results, loss: str, cells: Cells) -> pd.DataFrame | None:
    """Return fits in a few cells: cell, fit, x, y; None unless all fits are functions of one number.

    ``fit`` is ``replicate 0`` and so on, ``mean`` over all usable replicates, and ``truth``, which is f*, or ``labels``
    if f* is not known. Rows of a fit are in order of x.
    """
    drawn = shown(results, loss)
    if not all(is_function_of_one_number(cells, cell) for cell in drawn):
        return None
    tables = [fits_in(cell, cells) for cell in drawn]
    return pd.concat(tables, ignore_index=True) if tables else None


def is_function_of_one_number(cells: Cells, cell: int) -> bool:
    """Return whether a cell's models map one number to one number."""
    known = cells.evaluation(cell)
    return known.x_ND.shape[1:] == (1,) and known.target.ndim == 1 and known.target.dtype.kind == "f"


def shown(results: Results, loss: str) -> list[int]:
    """Return the cells whose fits are drawn: all if they are few, else those around the least risk.

    Along the sweep through the cell of least risk these are the first, that cell, and the last.
    """
    rows = results.of_loss(loss).dropna(subset="risk")
    if len(rows) <= MOST_SHOWN:
        return rows["cell"].tolist()
    best = best_cell(results, loss)
    conditions = {cell: condition for condition, cell in cells_of_least_risk(results, loss)}
    if best is None or len(conditions) == len(rows):
        return chosen(rows["cell"].tolist())
    along = conditions[best].rows(rows)["cell"].tolist()
    return list(dict.fromkeys([along[0], best, along[-1]]))


def fits_in(cell: int, cells: Cells) -> pd.DataFrame:
    """Return the fits in one cell."""
    known = cells.evaluation(cell)
    order = np.argsort(known.x_ND[:, 0], kind="stable")
    order = order[np.unique(np.linspace(0, len(order) - 1, MOST_PLACES).round().astype(int))]
    table = cells.predictions(cell, lambda warning: None, order)
    table = table.pivot(index="replicate", columns="point", values="prediction")[order]
    fits = {f"replicate {replicate}": fit_N for replicate, fit_N in table.head(MOST_FITS).T.items()}
    fits["mean"] = table.mean()
    fits["labels" if known.noise_N is None else "truth"] = known.target[order]
    x_N = known.x_ND[order, 0]
    return pd.concat(
        [pd.DataFrame({"cell": cell, "fit": name, "x": x_N, "y": np.asarray(y_N)}) for name, y_N in fits.items()],
        ignore_index=True,
    )
