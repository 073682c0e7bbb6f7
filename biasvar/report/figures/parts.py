"""The risk and its parts over all capacities, through the interpolation threshold, and along training."""

from collections.abc import Sequence

from biasvar.report.figures.display import Display
from biasvar.report.figures.selection import Selection
from biasvar.report.figures.u_curve import parts_display
from biasvar.report.words import captions
from biasvar.results.conditions import other_axes
from biasvar.results.curves import curve, part_curves, quantities
from biasvar.results.results import Results


class Parts(Display):
    """Risk, bias, variance and noise against all capacities, one panel a condition.

    Against epochs and training set sizes, where these are swept beside the capacity, there is a figure each, with the
    training risk: the noise is the same everywhere along them.
    """

    @classmethod
    def from_results(cls, results: Results, loss: str) -> Sequence[Display]:
        """Compute the figures of one loss: over all capacities if that shows more than the U-shaped curve."""
        found = [along(cls, results, loss, column) for column in other_axes(results)]
        selection = Selection.of(results, loss)
        if not selection.has_classical:
            return found
        curves = [part_curves(rows, selection.column) for rows in selection.rows]
        title = f"Risk and its parts over all of {selection.x_name}, {selection.loss_name}"
        return [parts_display(cls, "parts", selection, curves, title), *found]


def along(cls: type[Display], results: Results, loss: str, column: str) -> Display:
    """Return the figure of one loss over an axis that is not the horizontal one of other figures."""
    selection = Selection.along(results, loss, column)
    curves = []
    for rows in selection.rows:
        known = [name for name in quantities(rows) if name not in ("noise", "net_noise")]
        training = [curve(rows, "train_risk", column, style="--")] if rows["train_risk"].notna().any() else []
        curves.append((*(curve(rows, name, column) for name in known), *training))
    title = f"Risk, its parts and the training risk against {selection.x_name}, {selection.loss_name}"
    least = captions.minima([risk for risk, *_ in curves], selection.place_name, selection.conditions)
    return parts_display(cls, f"parts_{column}", selection, curves, title, least, marks_minimum=True)
