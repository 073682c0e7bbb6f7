"""The variance by source: what training sets, initial weights, and so on make of it, in a crossed design."""

from collections.abc import Sequence

import pandas as pd

from biasvar.decomposition.terms import COMPONENTS
from biasvar.report.figures.display import Display
from biasvar.report.figures.selection import Selection, stem_of
from biasvar.report.figures.u_curve import points
from biasvar.report.words import captions
from biasvar.results.curves import Curve, Panel, curve
from biasvar.results.results import Results

CROSSED = "Each source's own component and all interactions add up to the variance; estimates may be negative."
NESTED = (
    "The variance between fresh sets and that of training sets within one add up to the variance; estimates may be "
    "negative."
)


class Components(Display):
    """The variance and its components against capacity or another numeric axis, one panel a condition."""

    @classmethod
    def from_results(cls, results: Results, loss: str) -> Sequence[Display]:
        """Compute the figure of one loss, if a component is known; without an axis cells stand side by side."""
        selection = Selection.of(results, loss)
        if results.of_loss(loss)[list(COMPONENTS)].isna().all(axis=None):
            return []
        title, y_label = "Variance by source", f"variance, {selection.loss_name}"
        designs = results.of_loss(loss)["design"]
        texts = {"crossed": CROSSED, "nested": NESTED}
        details = captions.join(*(text for design, text in texts.items() if (designs == design).any()))
        if selection.column is None:
            return [points(cls, "components", selection, component_curves, title, details, y_label)]
        panels, named = [], []
        for index, (condition, own) in enumerate(zip(selection.conditions, selection.rows, strict=True)):
            lines = component_curves(own, selection.column)
            panels.append(Panel(condition.label, lines, selection.thresholds[index : index + 1]))
            named += [(condition.label, line) for line in lines]
        title = f"{title} against {selection.x_name}, {selection.loss_name}"
        caption = selection.caption(captions.join(f"{title}.", details), panels)
        alt = captions.alt(title, selection.x_name, named)
        return [cls(stem_of("components", loss), title, tuple(panels), selection.x_label, y_label, caption, alt)]


def component_curves(rows: pd.DataFrame, column: str | None) -> tuple[Curve, ...]:
    """Return the variance and its known components."""
    known = [name for name in COMPONENTS if rows[name].notna().any()]
    return tuple(curve(rows, name, column) for name in ("variance", *known))
