"""What a penalty does: risk and parts against weight decay or dropout, a line for each capacity."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from biasvar.report import style
from biasvar.report.figures.display import Display
from biasvar.report.figures.selection import axis_label, closing, stem_of
from biasvar.report.words import captions
from biasvar.results.conditions import (
    combinations,
    condition_keys,
    horizontal,
    is_numeric,
    name_of,
    sweeps_capacity,
)
from biasvar.results.curves import Curve, Panel, curve, part_curves, quantities
from biasvar.results.numbers import position
from biasvar.results.results import Results
from biasvar.results.thresholds import threshold_of

PENALTIES = ("weight_decay", "dropout")


class Penalty(Display):
    """Risk, bias and variance against a penalty: a panel each, with one line for each of at most four capacities.

    A study without a capacity axis gets one panel with all the parts.
    """

    @classmethod
    def from_results(cls, results: Results, loss: str) -> Sequence[Display]:
        """Compute a figure for each swept penalty that no other figure has on its horizontal axis."""
        column = horizontal(results)
        swept = [key for key in condition_keys(results, column) if key.rsplit(".", 1)[-1].endswith(PENALTIES)]
        return [penalty(cls, results, loss, key) for key in swept if is_numeric(results.table[key])]

    @property
    def needs_key(self) -> bool:
        """Whether lines are capacities, which end in one point where the penalty is strong."""
        return any(item.label for panel in self.panels for item in panel.curves) or super().needs_key

    def key(self) -> dict[str, dict[str, Any]]:
        """Return the line style of each capacity once, in no panel's colour."""
        if not any(item.label for item in self.panels[0].curves):
            return super().key()
        return {item.label: {"color": "#777777", "ls": item.style} for item in self.panels[0].curves}


def penalty(cls: type[Display], results: Results, loss: str, key: str) -> Display:
    """Return the figure of one penalty; what else is swept is held at its first value."""
    by_capacity = sweeps_capacity(results)
    along = (key, "capacity") if by_capacity else (key,)
    fixed = combinations(results, results.table, condition_keys(results, *along))
    every = results.of_loss(loss)
    rows = fixed[0].rows(every)
    name = name_of(key, results)
    title = f"Risk and its parts against {name}, {captions.loss_words(loss)}"
    panels, details = capacity_panels(results, rows, key) if by_capacity else ((Panel("", part_curves(rows, key)),), "")
    only = f"Held at {fixed[0].label}, the first of {len(fixed)} conditions." if len(fixed) > 1 else ""
    walked = "" if by_capacity else captions.walked(results, key)
    caption = captions.join(f"{title}.", walked, details, only, closing(results, every, panels))
    named = [(item.label, item) for panel in panels for item in panel.curves]
    stem, x_label = stem_of("penalty", key, loss), axis_label(name, every)
    return cls(stem, title, panels, x_label, captions.loss_words(loss), caption, captions.alt(title, name, named))


def capacity_panels(results: Results, rows: pd.DataFrame, key: str) -> tuple[tuple[Panel, ...], str]:
    """Return a panel for each quantity but the noise, with a line for each capacity, and what to say of them."""
    capacities = shown_capacities(results, rows, key)
    names = [name for name in quantities(rows) if name != "noise"]
    panels = []
    for name in names:
        lines: list[Curve] = []
        for dash, capacity in zip(style.LINE_STYLES, capacities, strict=False):
            lines.append(curve(rows[rows["capacity"] == capacity], name, key, f"capacity {position(capacity)}", dash))
        panels.append(Panel(captions.words(name), tuple(lines)))
    total = rows["capacity"].nunique()
    details = captions.shown([position(capacity) for capacity in capacities], total, "capacities")
    return tuple(panels), captions.join("Line style is the capacity.", details)


def shown_capacities(results: Results, rows: pd.DataFrame, key: str) -> list[float]:
    """Return the smallest capacity, the threshold (or the peak of the risk), the middle one, and the largest."""
    every = sorted(rows["capacity"].dropna().unique())
    if len(every) <= len(style.LINE_STYLES):
        return every
    weakest = rows[rows[key] == rows[key].min()]
    others = combinations(results, weakest, condition_keys(results, "capacity"))
    measured = threshold_of(results, others[0]).measured
    if measured is None and weakest["risk"].notna().any():
        measured = weakest.loc[weakest["risk"].idxmax(), "capacity"]
    return sorted({every[0], measured, every[len(every) // 2], every[-1]} - {None})
