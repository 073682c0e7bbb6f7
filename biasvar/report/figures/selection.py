"""What the figures of one loss have in common: the horizontal axis, the conditions shown, their rows and thresholds."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from biasvar.report import captions
from biasvar.report.conditions import Condition, chosen, conditions_of, horizontal, horizontal_name
from biasvar.report.curves import Curve
from biasvar.report.figures.scales import scale_of_y
from biasvar.report.house import label
from biasvar.report.numbers import plain
from biasvar.report.results import Results
from biasvar.report.thresholds import Threshold, threshold_of

FEWEST_CLASSICAL = 4
"""So many capacities below the threshold make a U-shaped curve worth a figure of its own."""


@dataclass(frozen=True)
class Selection:
    """One loss over one horizontal axis: at most four conditions of ``total``, each with its rows and threshold."""

    results: Results
    loss: str
    column: str | None
    total: int
    conditions: tuple[Condition, ...]
    rows: tuple[pd.DataFrame, ...]
    thresholds: tuple[Threshold, ...]

    @classmethod
    def of(cls, results: Results, loss: str) -> "Selection":
        """Select what is shown of one loss."""
        column = horizontal(results)
        every = conditions_of(results, column)
        conditions = tuple(chosen(every))
        rows = tuple(condition.rows(results.of_loss(loss)) for condition in conditions)
        thresholds = tuple(threshold_of(results, condition) for condition in conditions if column == "capacity")
        return cls(results, loss, column, len(every), conditions, rows, thresholds)

    @property
    def x_name(self) -> str:
        """What the horizontal axis is."""
        return horizontal_name(self.results, self.column)

    @property
    def x_label(self) -> str:
        """What stands under the axis: its name, and how the training sets came about."""
        name = f"{self.x_name} (capacity)" if self.column == "capacity" != self.x_name else self.x_name
        return axis_label(name, self.results.of_loss(self.loss))

    @property
    def loss_name(self) -> str:
        """The loss, for people."""
        return captions.loss_words(self.loss)

    def limit(self, index: int) -> float | None:
        """Return where one condition's classical regime ends, None if it has none that is worth a figure."""
        measured = self.thresholds[index].measured if self.thresholds else None
        if measured is None:
            return None
        capacities = self.rows[index]["capacity"].dropna().unique()
        return measured if FEWEST_CLASSICAL <= (capacities < measured).sum() < len(capacities) else None

    @property
    def limits(self) -> list[float | None]:
        """The end of the classical regime of each condition; one without its own ends where the last other one does."""
        own = [self.limit(index) for index in range(len(self.conditions))]
        last = max((limit for limit in own if limit is not None), default=None)
        return [last if limit is None else limit for limit in own]

    def caption(self, first: str, curves: Sequence[Curve]) -> str:
        """Return a caption that begins with ``first``, with everything that must be said of any figure."""
        labels = [condition.label for condition in self.conditions]
        found = captions.thresholds(self.thresholds, self.conditions) if self.thresholds else ""
        shown = captions.shown(labels, self.total)
        return captions.join(first, shown, found, closing(self.results, self.results.of_loss(self.loss), curves))


def closing(results: Results, rows: pd.DataFrame, curves: Sequence[Curve]) -> str:
    """Return the end of every caption: the marks, the scale, the band, the resampling, the reference of the bias."""
    scale = scale_of_y(curves)
    linear = f"The vertical axis is logarithmic, and linear between ±{plain(scale.linear_below)}."
    return captions.join(
        captions.marks(curves),
        linear if scale.kind == "symlog" else "",
        captions.band(results, rows),
        captions.resampling(rows),
        captions.reference(rows),
    )


def axis_label(name: str, rows: pd.DataFrame) -> str:
    """Return the two lines under a horizontal axis: its name, and how the training sets came about."""
    return f"{label(name, 60)}\n{label(captions.schemes(rows), 60)}"


def stem_of(*words: str) -> str:
    """Return a file name without an ending: plain letters, digits, underscores; a hash where that loses something."""
    text = "_".join(words)
    slug = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:80]
    faithful = slug == text.replace(".", "_")
    return slug if faithful else f"{slug}_{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:8]}"
