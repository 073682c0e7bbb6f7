"""The double-descent curve (Fig. 7.2 of the chapter): training and test risk through the interpolation threshold."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from biasvar.report import style
from biasvar.report.figures import labels
from biasvar.report.figures.display import MOST_DIRECT, Display
from biasvar.report.figures.selection import Selection, stem_of
from biasvar.report.words import captions
from biasvar.results.curves import Panel, curve
from biasvar.results.results import Results
from biasvar.study.config import CAPACITY_AXES


class DoubleDescent(Display):
    """Training (green) and test risk (black) against capacity; line style is the condition."""

    @classmethod
    def from_results(cls, results: Results, loss: str) -> Sequence[Display]:
        """Compute the figure of one loss, if capacity is swept and the training risk is known."""
        selection = Selection.of(results, loss)
        if selection.column not in CAPACITY_AXES or results.of_loss(loss)["train_risk"].isna().all():
            return []
        curves = []
        for index, (condition, rows) in enumerate(zip(selection.conditions, selection.rows, strict=True)):
            line = style.LINE_STYLES[index]
            column, dash = selection.column, line if condition.label else "--"
            curves.append(curve(rows, "risk", column, condition.label, line))
            curves.append(curve(rows, "train_risk", column, condition.label, dash))
        title = f"Training and test risk against {selection.x_name}, {selection.loss_name}"
        styles = "" if len(selection.conditions) == 1 else "Colour is the quantity, line style the condition."
        caption = selection.caption(captions.join(f"{title}.", styles), curves)
        named = [(item.label, item) for item in curves]
        alt = captions.alt(title, selection.x_name, named)
        panel = (Panel("", tuple(curves), selection.thresholds),)
        stem, x_label = stem_of("double_descent", loss), selection.x_label
        return [cls(stem, title, panel, x_label, selection.loss_name, caption, alt)]

    def name_lines(self, ax: Axes, panel: Panel) -> None:
        """Name the lines; a legend of many shows each colour and each line style once."""
        if len(panel.curves) <= MOST_DIRECT:
            lines = [self.lines_["", item.label, item.quantity] for item in panel.curves]
            labels.label_ends(ax, lines, [name_of(item.label, item.quantity) for item in panel.curves])
            return
        names = ("risk", "train_risk")
        colours = [Line2D([], [], color=style.COLOURS[name], label=style.WORDS[name]) for name in names]
        tests = [item for item in panel.curves if item.quantity == "risk"]
        styles = [Line2D([], [], color="#777777", ls=item.style, label=style.label(item.label)) for item in tests]
        labels.legend_beside(ax, [*colours, *styles])


def name_of(condition: str, quantity: str) -> str:
    """Return what stands at the end of a line: the quantity, and the condition below it."""
    return f"{style.WORDS[quantity]}\n{style.label(condition, 24)}" if condition else style.WORDS[quantity]
