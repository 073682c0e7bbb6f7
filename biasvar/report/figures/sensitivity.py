"""Sensitivity to the number of replicates: what plug-in and corrected estimates would have been with fewer."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from biasvar.report import style
from biasvar.report.figures.display import Display
from biasvar.report.figures.scatter import cells_in_words
from biasvar.report.figures.selection import axis_label, stem_of
from biasvar.report.figures.vertical import vertical_in_words
from biasvar.report.words import captions
from biasvar.report.words.designs import unit
from biasvar.results.conditions import Condition, chosen
from biasvar.results.curves import Curve, Panel
from biasvar.results.kept_cells import least_risk_of_kept, of_kept
from biasvar.results.numbers import interval, plain
from biasvar.results.results import Results

PLUG_IN, CORRECTED = "plug-in", "corrected"
DASHED = style.LINE_STYLES[1]


class Sensitivity(Display):
    """Plug-in (dashed) and corrected estimates (solid) against replicates, for the cell of least risk of a condition.

    There is a panel for each of at most four conditions. Colour is the quantity.
    """

    @classmethod
    def from_results(cls, results: Results, loss: str) -> Sequence[Display]:
        """Compute the figure of one loss, if estimates at two numbers of replicates are known."""
        if results.sensitivity is None:
            return []
        known = results.sensitivity
        rows = known[(known["loss"] == loss) & known["quantity"].isin(style.COLOURS)]
        return [] if rows["at_replicates"].nunique() < 2 else [sensitivity(cls, results, loss, rows)]

    def named(self, panel: Panel) -> dict[str, Curve]:
        """Return the corrected curve of each quantity by its name, or the plug-in one if it is the only one."""
        return {style.WORDS[item.quantity]: item for item in panel.curves}


def sensitivity(cls: type[Display], results: Results, loss: str, rows: pd.DataFrame) -> Display:
    """Return the figure of one loss from its rows."""
    every = least_risk_of_kept(results, loss, rows)
    found = chosen(every)
    panels = tuple(Panel(condition.label, curves_of(rows[rows["cell"] == cell])) for condition, cell in found)
    table = results.of_loss(loss).set_index("cell").loc[[cell for _, cell in found]]
    x_name = "replicates" if (table["design"] == "joint").all() else "seeds of each source"
    title = f"Estimates against the number of {x_name}, {captions.loss_words(loss)}"
    caption = captions.join(
        f"{title}.",
        cells_in_words(results, table, found, of_kept(results)),
        captions.shown([condition.label for condition, _ in found], len(every)),
        lines_in_words(panels, loss, x_name),
        vertical_in_words(panels),
        *(resolution_in_words(condition, table.loc[[cell]].iloc[0], rows) for condition, cell in found),
        captions.resampling(table),
        captions.reference(table),
        captions.fixed(table),
    )
    named = [(f"{panel.title}, {one.label}".strip(", "), one) for panel in panels for one in panel.curves]
    x_label, y_label = axis_label(x_name, table), captions.loss_words(loss)
    alt = captions.alt(title, x_name, named)
    return cls(stem_of("sensitivity", loss), title, panels, x_label, y_label, caption, alt)


def curves_of(rows: pd.DataFrame) -> tuple[Curve, ...]:
    """Return for each quantity of one cell the plug-in line, and the corrected one where there is a correction."""
    curves = []
    for quantity in dict.fromkeys(rows["quantity"]):
        one = rows[rows["quantity"] == quantity]
        nothing, nowhere = np.full(len(one), np.nan), np.zeros(len(one), dtype=bool)
        for label, column, dash in ((PLUG_IN, "plug_in", DASHED), (CORRECTED, CORRECTED, "-")):
            if one[column].notna().any():
                x, y = one["at_replicates"].to_numpy(float), one[column].to_numpy(float)
                curves.append(Curve(quantity, label, x, y, nothing, nothing, nowhere, nowhere, dash))
    return tuple(curves)


def lines_in_words(panels: Sequence[Panel], loss: str, x_name: str) -> str:
    """Return what the lines are, how they were made, and which of them have no correction."""
    how = "all subsets" if loss == "squared_error" else "a few subsets"
    made = f"Means over {how} of the {x_name}; intervals at all of them are in the results table."
    curves = [one for panel in panels for one in panel.curves]
    corrected = {one.quantity for one in curves if one.label == CORRECTED}
    lines = f"Dashed: plug-in; solid: corrected for the number of {x_name}." if corrected else "Dashed: plug-in."
    without = [name for name in dict.fromkeys(one.quantity for one in curves) if name not in corrected]
    details = f"No correction of {' and '.join(map(captions.words, without))} is known." if without else ""
    return captions.join(lines, details, made)


def resolution_in_words(condition: Condition, row: pd.Series, rows: pd.DataFrame) -> str:
    """Return the bias at all replicates, and that it is below its own resolution where its interval reaches 0."""
    name = next((name for name in dict.fromkeys(rows["quantity"]) if name.startswith("bias")), None)
    if name is None or pd.isna(row[name]):
        return ""
    text = f"{captions.words(name)} {interval(row[name], row[f'{name}_low'], row[f'{name}_high'])} at "
    text += f"{plain(row['n_ok'])} {unit(row.to_frame().T)}"
    if row[f"{name}_low"] <= 1e-12 * row["risk"]:
        text += ", which is below its own resolution: the interval reaches 0"
    return captions.sentence(f"{condition.label}: {text}" if condition.label else text)
