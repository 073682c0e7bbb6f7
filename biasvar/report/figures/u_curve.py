"""The U-shaped curve (Fig. 7.1 of the chapter): risk and its parts against capacity, in the classical regime."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from biasvar.report.figures.categories import LEAST_PLACE
from biasvar.report.figures.display import Display
from biasvar.report.figures.selection import Selection, stem_of
from biasvar.report.words import captions
from biasvar.results.conditions import conditions_of, naming
from biasvar.results.curves import Curve, Panel, curve, part_curves
from biasvar.results.results import Results

MOST_CELLS = 24
"""So many cells in no order are shown side by side, and no more than there is room for."""

SIDES = 1.9
"""Inches beside them: the numbers of the vertical axis, and the names of lines."""


class UCurve(Display):
    """Risk, bias, variance and noise, one panel a condition; the minimum of the risk is marked.

    Where a sweep crosses the interpolation threshold, only the capacities below it are shown, if there are enough.
    """

    @classmethod
    def from_results(cls, results: Results, loss: str) -> Sequence[Display]:
        """Compute the figure of one loss."""
        selection = Selection.of(results, loss)
        if selection.column is None:
            return [points(cls, "u_curve", selection, part_curves, "Risk and its parts", "", selection.loss_name)]
        curves = [part_curves(rows, selection.column) for rows in selection.classical_rows]
        cut = "Only the classical regime is shown: the capacities below the measured threshold."
        regime = cut if selection.has_classical else ""
        title = f"Risk and its parts against {selection.x_name}, {selection.loss_name}"
        risks = [curve(rows, "risk", naming(selection.column)) for rows in selection.classical_rows]
        least = captions.minima(risks, selection.place_name, selection.conditions)
        details = captions.join(regime, least)
        return [parts_display(cls, "u_curve", selection, curves, title, details, marks_minimum=True)]


def parts_display(
    cls: type[Display],
    kind: str,
    selection: Selection,
    curves: Sequence[tuple[Curve, ...]],
    title: str,
    details: str = "",
    marks_minimum: bool = False,
) -> Display:
    """Return the display of risk and parts, one panel a condition."""
    panels = []
    for index, (condition, parts) in enumerate(zip(selection.conditions, curves, strict=True)):
        panels.append(Panel(condition.label, parts, selection.thresholds[index : index + 1], marks_minimum))
    pairs = zip(selection.conditions, curves, strict=True)
    named = [(condition.label, one) for condition, parts in pairs for one in parts]
    alt = captions.alt(title, selection.x_name, named)
    caption = selection.caption(captions.join(f"{title}.", details), panels)
    stem = stem_of(kind, selection.loss)
    return cls(stem, title, tuple(panels), selection.x_label, selection.loss_name, caption, alt)


def points(
    cls: type[Display],
    kind: str,
    selection: Selection,
    curves_of: Callable[[pd.DataFrame, None], tuple[Curve, ...]],
    title: str,
    details: str,
    y_label: str,
) -> Display:
    """Return what ``curves_of`` takes from each cell side by side, for a study without a numeric axis."""
    table = selection.results.of_loss(selection.loss)
    # Cells of another task do not have the loss.
    every = [one for one in conditions_of(selection.results, None) if not one.rows(table).empty]
    room = int((selection.results.figure_width - SIDES) / LEAST_PLACE)
    cells = tuple(every[: min(MOST_CELLS, room)])
    selection = replace(selection, conditions=cells, total=len(every))
    curves = curves_of(pd.concat([condition.rows(table).head(1) for condition in cells]), None)
    title = f"{title}, {selection.loss_name}"
    caption = selection.caption(captions.join(f"{title}.", details), [Panel("", curves)])
    names = [condition.label or "the only cell" for condition in cells]
    alt = captions.alt_of_cells(title, names, curves)
    # Side by side, so that no interval hides another.
    shifts = 0.08 * (np.arange(len(curves)) - (len(curves) - 1) / 2)
    curves = tuple(replace(one, x=one.x + shift) for one, shift in zip(curves, shifts, strict=True))
    x_label, stem = captions.schemes(table), stem_of(kind, selection.loss)
    return cls(stem, title, (Panel("", curves),), x_label, y_label, caption, alt, tuple(names))
