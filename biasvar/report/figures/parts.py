"""The risk and its parts over the whole range of capacities, through the interpolation threshold."""

from collections.abc import Sequence

from biasvar.report.figures.display import Display
from biasvar.report.figures.selection import Selection
from biasvar.report.figures.u_curve import parts_display
from biasvar.results.curves import part_curves
from biasvar.results.results import Results


class Parts(Display):
    """Risk, bias, variance and noise against capacity, one panel a condition, all capacities."""

    @classmethod
    def from_results(cls, results: Results, loss: str) -> Sequence[Display]:
        """Compute the figure of one loss, if it shows more than the U-shaped curve."""
        selection = Selection.of(results, loss)
        if not selection.has_classical:
            return []
        curves = [part_curves(rows, selection.column) for rows in selection.rows]
        title = f"Risk and its parts over all of {selection.x_name}, {selection.loss_name}"
        return [parts_display(cls, "parts", selection, curves, title)]
