"""What two studies differ in: A - B of the risk and its parts, with intervals, about a line at zero."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from biasvar.report.figures.categories import LEAST_PLACE
from biasvar.report.figures.display import Display
from biasvar.report.figures.scales import Scale
from biasvar.report.figures.selection import axis_label, stem_of
from biasvar.report.figures.u_curve import MOST_CELLS, SIDES
from biasvar.report.figures.vertical import Vertical
from biasvar.report.style import INK
from biasvar.report.words import captions
from biasvar.results.comparison.differences import Differences
from biasvar.results.conditions import chosen, conditions_of, horizontal, horizontal_name
from biasvar.results.curves import Curve, Panel, part_curves
from biasvar.results.numbers import plain, span
from biasvar.results.results import QUANTITIES, Results

SETTLED_BY_MEDIANS = (
    "Where means do not settle, the difference of the risk is a pseudo-median, and its parts are without interval."
)
TOLERANCE = 1e-3  # of training risks, which a comparison does not have


class Difference(Display):
    """The differences of risk and parts between two studies, one panel a condition."""

    from_zero = False

    @classmethod
    def from_results(cls, results: Results, loss: str) -> Sequence[Display]:
        """Return nothing: a difference is between two studies; see ``of``."""
        return ()

    @classmethod
    def of(cls, differences: Differences, loss: str) -> "Difference":
        """Compute the figure of one loss: against the axis that both studies have, or cell by cell without one."""
        results = as_results(differences, loss)
        rows = results.table
        column = horizontal(results)
        every = conditions_of(results, column)
        title = f"Difference in {captions.loss_words(loss)}, A − B"
        y_label = f"{captions.loss_words(loss)}, A − B"
        stem = stem_of("difference", loss)
        if column is None:
            room = int((differences.width - SIDES) / LEAST_PLACE)
            cells = every[: min(MOST_CELLS, room)]
            drawn = pd.concat([condition.rows(rows).head(1) for condition in cells])
            curves = parts_of(drawn, None)
            names = tuple(condition.label or "the only cell" for condition in cells)
            alt = captions.alt_of_cells(title, names, curves)
            shown = captions.shown(names, len(every))
            apart = tuple(beside(curve, place, len(curves)) for place, curve in enumerate(curves))
            caption = captions.join(f"{title}.", shown, closing(differences, drawn, loss, curves))
            return cls(stem, title, (Panel("", apart),), captions.schemes(rows), y_label, caption, alt, names)
        conditions = chosen(every)
        panels = tuple(Panel(one.label, parts_of(one.rows(rows), column)) for one in conditions)
        every_curve = [curve for panel in panels for curve in panel.curves]
        name = horizontal_name(results, column)
        alt = captions.alt(title, name, [(panel.title, curve) for panel in panels for curve in panel.curves])
        shown = captions.shown([one.label for one in conditions], len(every))
        caption = captions.join(f"{title}.", shown, closing(differences, rows, loss, every_curve))
        return cls(stem, title, panels, axis_label(name, rows), y_label, caption, alt)

    @property
    def vertical(self) -> Vertical:
        """One linear axis for all panels, on which no difference and no interval is cut off."""
        count = len(self.panels)
        return Vertical(Scale(), True, (-inf,) * count, ((-inf, inf),) * count)

    def draw_curves(self, ax: Axes, panel: Panel, lowest: float) -> None:
        """Draw the line at zero and the curves of one panel."""
        ax.axhline(0, color=INK, lw=0.8, zorder=0.5)
        super().draw_curves(ax, panel, lowest)


def parts_of(rows: pd.DataFrame, column: str | None) -> tuple[Curve, ...]:
    """Return a curve for the risk and each part but the noise, which is the same in what can be compared."""
    return tuple(curve for curve in part_curves(rows, column) if curve.quantity != "noise")


def beside(curve: Curve, place: int, count: int) -> Curve:
    """Return a curve of cells in no order moved aside, so that no interval hides another."""
    return replace(curve, x=curve.x + 0.08 * (place - (count - 1) / 2))


def closing(differences: Differences, rows: pd.DataFrame, loss: str, curves: Sequence[Curve]) -> str:
    """Return the end of the caption: what the line at zero and the bands are, and how replicates are compared."""
    table = differences.table[differences.table["loss"] == loss]
    level, sizes = plain(round(100 * differences.level, 6)), span([*table["n_a"], *table["n_b"]])
    points = "these points" if differences.over == "replicates" else "points drawn anew"
    paired = table.loc[table["quantity"] == "risk", "paired"]
    ways = {"yes": "paired by replicate", "no": "of independent replicates (Welch)"}
    how = " or ".join(text for name, text in ways.items() if (paired == name).any())
    bands = f"Bands: {level} % interval of the difference at {points}, {how}, {sizes} models in each cell."
    medians = bool((table["average"] == "pseudo-median").any())
    return captions.join(
        f"A is {differences.names[0]}, B is {differences.names[1]}: below 0, A has the lower one.",
        captions.marks(curves, rows),
        bands,
        SETTLED_BY_MEDIANS if medians else "",
        captions.fixed(rows),
    )


def as_results(differences: Differences, loss: str) -> Results:
    """Return the differences as a table with a row for each pair of cells, as curves take it."""
    table = differences.table[differences.table["loss"] == loss]
    about = differences.about[differences.about["loss"] == loss].reset_index(drop=True)
    keys, ends = ["cell_a", "cell_b"], {"": "difference", "_low": "low", "_high": "high"}
    wide = {}
    for quantity, rows in table.groupby("quantity", sort=False):
        for end, column in ends.items():
            wide[f"{quantity}{end}"] = rows.set_index(keys)[column]
    numbers = pd.DataFrame(wide, index=pd.MultiIndex.from_frame(table[keys].drop_duplicates()))
    found = pd.concat([about, numbers.reset_index(drop=True)], axis=1)
    lacking = [name + end for name in QUANTITIES for end in ends if name + end not in found]
    found = found.assign(**dict.fromkeys(lacking, np.nan))
    found["status"] = np.where(found["risk"].isna(), "missing", found["status"])
    name = f"{differences.names[0]} - {differences.names[1]}"
    return Results(
        name, found, differences.axes, differences.level, TOLERANCE, 0, differences.width, over=differences.over
    )
