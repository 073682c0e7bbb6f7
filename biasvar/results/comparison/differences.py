"""The table of a comparison: one row per pair of cells, loss and quantity."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from biasvar.results.cells import Cells
from biasvar.results.comparison.comparability import shared_sources, why_not_comparable
from biasvar.results.comparison.contributed import Side
from biasvar.results.comparison.matching import columns_of, matched, refuse
from biasvar.results.comparison.rows import Pairing, counted, of_pair
from biasvar.results.ensembles import CellEnsemble

COLUMNS = {
    "cell_a": "number of the cell of A",
    "cell_b": "number of the cell of B",
    "loss": "loss of the decomposition",
    "quantity": "what differs: the risk, or one of its parts",
    "a": "estimate of A, over the models that are compared",
    "b": "estimate of B, over the models that are compared",
    "difference": "A - B",
    "low": "lower end of its interval",
    "high": "upper end of its interval",
    "average": "what the difference is: mean, or pseudo-median where a mean does not settle",
    "p_a_better": "risk: share of pairs of replicates in which that of A is lower, ties half",
    "p_a_better_low": "lower end of its interval",
    "p_a_better_high": "upper end of its interval",
    "paired": "yes: replicates of A and B with the same number are subtracted; no: they are taken as independent",
    "shared": "the sources of randomness that paired replicates share",
    "n_a": "models of A that are compared",
    "n_b": "models of B that are compared",
    "level": "level of the intervals",
    "over": "what the intervals generalise to: replicates at these points, or also other points",
    "note": "why it is not paired, why there is no interval, which models are left out",
}
"""The columns after the axes, with what they hold."""


@dataclass(frozen=True)
class Differences:
    """A - B for each pair of cells; ``table`` has the axes of both, then ``COLUMNS``.

    ``axes`` are the columns of the axes, those that only one study has ending in ``_a`` or ``_b``. ``about`` has a row
    for each pair and loss with what A's table says of its cell, and both counts of models. ``left_out`` says which
    cells cannot be compared.
    """

    names: tuple[str, str]
    axes: tuple[str, ...]
    table: pd.DataFrame
    about: pd.DataFrame
    level: float
    over: str
    width: float
    left_out: tuple[str, ...] = ()

    @property
    def losses(self) -> list[str]:
        """The losses of the table, in order of first appearance."""
        return list(dict.fromkeys(self.table["loss"]))


def compare(
    studies: tuple[Cells, Cells], names: tuple[str, str], advance: Callable[[], None] = lambda: None
) -> Differences:
    """Return the differences of the cells that two studies have in common.

    ``advance`` is called after each pair of cells. The level of the intervals is the higher one of both studies, and
    they generalise to other points if those of either do.

    Raises
    ------
    SettingsError
        For studies that have nothing to compare: no cells in common, or other points, targets, outputs or losses in
        all of them.
    """
    values, heads = (studies[0].values, studies[1].values), [one.head for one in studies]
    level = max(head.interval.level for head in heads)
    over = max((head.interval.over for head in heads), key=len)
    sides, rows, about = [Side(one) for one in studies], list[dict[str, Any]](), list[dict[str, Any]]()
    reasons: dict[str, int] = {}
    with threadpool_limits(1):  # the same bits on any number of cores
        for pair in matched(values, names):
            cells = (sides[0].ensemble(pair[0]), sides[1].ensemble(pair[1]))
            points = (studies[0].evaluation(pair[0]), studies[1].evaluation(pair[1]))
            if why := why_not_comparable(cells, points):
                reasons[why] = reasons.get(why, 0) + 1
            else:
                shared, why = shared_sources(studies, pair, cells)
                axes = names_of_axes(columns_of(values, pair))
                found = of_pair(sides, cells, Pairing(shared, why, level, over))
                rows += [{**axes, "cell_a": pair[0], "cell_b": pair[1], **row} for row in found]
                about += [described(cells, loss, axes, len(about)) for loss in dict.fromkeys(r["loss"] for r in found)]
            advance()
    if not rows:
        refuse(names, next(iter(reasons)))
    left_out = tuple(f"left out: {counted(count, 'pair')} of cells, {why}" for why, count in reasons.items())
    axes_of_both = tuple(names_of_axes(columns_of(values, (0, 0))))
    table = pd.DataFrame(rows)[[*axes_of_both, *COLUMNS]]
    return Differences(names, axes_of_both, table, pd.DataFrame(about), level, over, heads[0].figure.width, left_out)


def names_of_axes(axes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of axes by the names of their columns: one called as another column is ``NAME_axis``."""
    return {f"{name}_axis" if name in COLUMNS else name: value for name, value in axes.items()}


def described(
    cells: tuple[CellEnsemble, CellEnsemble], loss: str, axes: Mapping[str, Any], number: int
) -> dict[str, Any]:
    """Return what a figure needs to know of a pair of cells beside their differences: A's columns, the worse status."""
    columns = dict(cells[0].columns) | dict(axes) | {"cell": number, "loss": loss}
    used, planned = (sum(cell.columns[name] for cell in cells) for name in ("n_ok", "n_planned"))
    return columns | {"n_ok": used, "n_planned": planned}
