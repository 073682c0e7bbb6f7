"""The double-descent curve (Fig. 7.2 of the chapter): training and test risk through the interpolation threshold."""

from collections.abc import Sequence
from typing import Any

from biasvar.report import style
from biasvar.report.figures.display import MOST_DIRECT, Display
from biasvar.report.figures.selection import Selection, stem_of
from biasvar.report.words import captions
from biasvar.results.curves import Curve, Panel, curve
from biasvar.results.results import Results
from biasvar.results.thresholds import INTERPOLATING

FEWEST_PLACES = 8
"""Lines through fewer places are no shapes: many of them get a panel for each condition."""


class DoubleDescent(Display):
    """Training (green) and test risk (black) on the way to interpolation.

    Line style is the condition, or each has a panel.
    """

    @classmethod
    def from_results(cls, results: Results, loss: str) -> Sequence[Display]:
        """Compute the figure of one loss, if models come to interpolate along the axis and training risk is known."""
        selection = Selection.of(results, loss)
        if selection.column not in INTERPOLATING or results.of_loss(loss)["train_risk"].isna().all():
            return []
        together = 2 * len(selection.conditions) <= MOST_DIRECT or max(map(len, selection.rows)) >= FEWEST_PLACES
        panels = on_one(selection) if together else apart(selection)
        title = f"Training and test risk against {selection.x_name}, {selection.loss_name}"
        several = together and len(selection.conditions) > 1
        styles = "Colour is the quantity, line style the condition." if several else ""
        caption = selection.caption(captions.join(f"{title}.", styles), panels)
        named = [(one.label or panel.title, one) for panel in panels for one in panel.curves]
        alt = captions.alt(title, selection.x_name, named)
        stem, x_label = stem_of("double_descent", loss), selection.x_label
        return [cls(stem, title, panels, x_label, selection.loss_name, caption, alt)]

    def named(self, panel: Panel) -> dict[str, Curve]:
        """Return the curves of one panel by quantity and condition."""
        return {name_of(item.label, item.quantity): item for item in panel.curves}

    def key(self) -> dict[str, dict[str, Any]]:
        """Return each colour and each line style once, where they are many."""
        if not self.needs_key:
            return super().key()
        found: dict[str, dict[str, Any]] = {}
        for name in ("risk", "train_risk"):
            found[style.WORDS[name]] = {"color": style.COLOURS[name]}
        tests = [item for panel in self.panels for item in panel.curves if item.quantity == "risk"]
        return found | {item.label: {"color": "#777777", "ls": item.style} for item in tests}


def on_one(selection: Selection) -> tuple[Panel, ...]:
    """Return one panel of both risks of all conditions."""
    curves = []
    for line, condition, rows in zip(style.LINE_STYLES, selection.conditions, selection.rows, strict=False):
        curves.append(curve(rows, "risk", selection.column, condition.label, line))
        dash = line if condition.label else "--"
        curves.append(curve(rows, "train_risk", selection.column, condition.label, dash))
    return (Panel("", tuple(curves), selection.thresholds),)


def apart(selection: Selection) -> tuple[Panel, ...]:
    """Return a panel of both risks for each condition."""
    panels = []
    for index, (condition, rows) in enumerate(zip(selection.conditions, selection.rows, strict=True)):
        test = curve(rows, "risk", selection.column)
        training = curve(rows, "train_risk", selection.column, style="--")
        panels.append(Panel(condition.label, (test, training), selection.thresholds[index : index + 1]))
    return tuple(panels)


def name_of(condition: str, quantity: str) -> str:
    """Return what stands at the end of a line: the quantity, and the condition below it."""
    return f"{style.WORDS[quantity]}\n{condition}" if condition else style.WORDS[quantity]
