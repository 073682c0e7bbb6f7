"""The variance by source: what training sets, initial weights, and so on make of it, in a crossed design."""

from collections.abc import Sequence

import pandas as pd

from biasvar.decomposition.result import COMPONENTS
from biasvar.report import captions
from biasvar.report.curves import Curve, Panel, curve
from biasvar.report.figures.display import Display
from biasvar.report.figures.selection import Selection, stem_of
from biasvar.report.results import Results


class Components(Display):
    """The variance and its components against capacity or another numeric axis, one panel a condition."""

    @classmethod
    def from_results(cls, results: Results, loss: str) -> Sequence[Display]:
        """Compute the figure of one loss, if a component is known and there is an axis."""
        selection = Selection.of(results, loss)
        rows = results.of_loss(loss)
        if selection.column is None or rows["variance_interaction"].isna().all():
            return []
        panels, named = [], []
        for index, (condition, own) in enumerate(zip(selection.conditions, selection.rows, strict=True)):
            lines = component_curves(own, selection.column)
            panels.append(Panel(condition.label, lines, selection.thresholds[index : index + 1]))
            named += [(condition.label, line) for line in lines]
        title = f"Variance by source against {selection.x_name}, {selection.loss_name}"
        said = "Each source's own component and all interactions add up to the variance; estimates may be negative."
        caption = selection.caption(captions.join(f"{title}.", said), [line for _, line in named])
        alt = captions.alt(title, selection.x_name, named)
        y_label = f"variance, {selection.loss_name}"
        return [cls(stem_of("components", loss), title, tuple(panels), selection.x_label, y_label, caption, alt)]


def component_curves(rows: pd.DataFrame, column: str) -> tuple[Curve, ...]:
    """Return the variance and its known components."""
    known = [name for name in COMPONENTS if rows[name].notna().any()]
    return tuple(curve(rows, name, column) for name in ("variance", *known))
