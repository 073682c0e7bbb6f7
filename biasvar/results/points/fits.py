"""Fits of single replicates as functions of one input, in a few cells: what their mean and their spread look like."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from biasvar.data.source import Source
from biasvar.results.conditions import MOST_SHOWN, cells_of_least_risk, chosen
from biasvar.results.ensembles import entry_at
from biasvar.results.points.hardest import best_cell
from biasvar.results.results import Results
from biasvar.study.plan import Cell, Plan
from biasvar.study.store.shard import Entry
from biasvar.study.store.store import Store

MOST_FITS = 40
"""Replicates drawn one by one; the mean is over all."""

MOST_PLACES = 300
"""Evaluation points at which a fit is drawn, evenly chosen in order of the input."""


def has_one_input(data: Source) -> bool:
    """Return whether a fit is a function of one number."""
    return data.task == "regression" and data.shape == (1,) and data.outputs == 1


def fits_of(
    results: Results, loss: str, study_plan: Plan, store: Store, index: Mapping[str, Entry]
) -> pd.DataFrame | None:
    """Return fits in a few cells: cell, fit, x, y; None unless all fits are functions of one input.

    ``fit`` is ``replicate 0`` and so on, ``mean`` over all usable replicates, and ``truth``, which is f*, or ``labels``
    if f* is not known. Rows of a fit are in order of x.
    """
    if not all(has_one_input(cell.study.data) for cell in study_plan.cells):
        return None
    tables = [fits_in(number, study_plan.cells[number], store, index) for number in shown(results, loss)]
    return pd.concat(tables, ignore_index=True) if tables else None


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


def fits_in(number: int, cell: Cell, store: Store, index: Mapping[str, Entry]) -> pd.DataFrame:
    """Return the fits in one cell."""
    known = store.read_evaluation(cell.members[0])
    order = np.argsort(known.x_ND[:, 0], kind="stable")
    order = order[np.unique(np.linspace(0, len(order) - 1, MOST_PLACES).round().astype(int))]
    entries = [entry_at(cell.readout, index.get(member.id)) for member in cell.members]
    total_N, used, fits = np.zeros(len(order)), 0, {}
    for replicate, entry in enumerate(entries):
        if entry is None or not entry.outcome.ok:
            continue
        fit_N = store.outputs(entry, cell.readout)[order, 0].astype(float)
        total_N, used = total_N + fit_N, used + 1
        if used <= MOST_FITS:
            fits[f"replicate {replicate}"] = fit_N
    fits["mean"] = total_N / used
    fits["labels" if known.noise_N is None else "truth"] = known.target[order]
    x_N = known.x_ND[order, 0]
    return pd.concat(
        [pd.DataFrame({"cell": number, "fit": name, "x": x_N, "y": y_N}) for name, y_N in fits.items()],
        ignore_index=True,
    )
