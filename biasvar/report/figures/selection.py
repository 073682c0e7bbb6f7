"""What the figures of one loss have in common: the horizontal axis, the conditions shown, their rows and thresholds."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from biasvar.report.figures.vertical import vertical_in_words
from biasvar.report.words import captions
from biasvar.results.conditions import Condition, chosen, conditions_of, horizontal, horizontal_name, naming
from biasvar.results.curves import Panel
from biasvar.results.results import Results
from biasvar.results.thresholds import INTERPOLATING, Threshold, classical, classical_ends, threshold_of
from biasvar.study.config import CAPACITY_AXES


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
        """Select what is shown of one loss over the study's horizontal axis."""
        return cls.along(results, loss, horizontal(results))

    @classmethod
    def along(cls, results: Results, loss: str, column: str | None) -> "Selection":
        """Select what is shown of one loss over some axis."""
        every = conditions_of(results, column)
        conditions = tuple(chosen(every))
        rows = tuple(condition.rows(results.of_loss(loss)) for condition in conditions)
        thresholds: tuple[Threshold, ...] = ()
        if column in INTERPOLATING:
            thresholds = tuple(threshold_of(results, condition, column) for condition in conditions)
        return cls(results, loss, column, len(every), conditions, rows, thresholds)

    @property
    def x_name(self) -> str:
        """What the horizontal axis is."""
        return horizontal_name(self.results, self.column)

    @property
    def place_name(self) -> str:
        """What places on the horizontal axis are named by."""
        return horizontal_name(self.results, naming(self.column))

    @property
    def x_label(self) -> str:
        """What stands under the axis: its name, and how the training sets came about."""
        name = f"{self.x_name} (capacity)" if self.column == "capacity" != self.x_name else self.x_name
        return axis_label(name, self.results.of_loss(self.loss))

    @property
    def loss_name(self) -> str:
        """The loss, for people."""
        return captions.loss_words(self.loss)

    @property
    def has_classical(self) -> bool:
        """Whether some condition has a classical regime that is worth a figure of its own."""
        return any(end is not None for end in self.ends)

    @property
    def classical_rows(self) -> list[pd.DataFrame]:
        """The rows of each condition's classical regime."""
        return [classical(rows, end) for rows, end in zip(self.rows, self.ends, strict=True)]

    @property
    def ends(self) -> list[float | None]:
        """The capacity at which the classical regime of each condition ends."""
        return classical_ends(self.thresholds, self.rows) if self.column in CAPACITY_AXES else [None] * len(self.rows)

    def caption(self, first: str, panels: Sequence[Panel]) -> str:
        """Return a caption that begins with ``first``, with everything that must be said of any figure."""
        labels = [condition.label for condition in self.conditions]
        found = captions.thresholds(self.thresholds, self.conditions) if self.thresholds else ""
        shown = captions.shown(labels, self.total)
        turns = captions.turns([curve for panel in panels for curve in panel.curves])
        walked = captions.walked(self.results, self.column)
        end = closing(self.results, self.results.of_loss(self.loss), panels)
        return captions.join(first, walked, shown, found, turns, end)


def closing(results: Results, rows: pd.DataFrame, panels: Sequence[Panel]) -> str:
    """Return the end of every caption: the marks, the axes, the band, the resampling, the reference of the bias."""
    return captions.join(
        captions.marks([curve for panel in panels for curve in panel.curves], rows),
        vertical_in_words(panels),
        captions.band(results, rows),
        captions.resampling(rows),
        captions.reference(rows),
        captions.fixed(rows),
    )


def axis_label(name: str, rows: pd.DataFrame) -> str:
    """Return the two lines under a horizontal axis: its name, and how the training sets came about."""
    return f"{name}\n{captions.schemes(rows)}"


def stem_of(*words: str) -> str:
    """Return a file name without an ending: plain letters, digits, underscores; a hash where that loses something."""
    text = "_".join(words)
    slug = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:80]
    faithful = slug == text.replace(".", "_")
    return slug if faithful else f"{slug}_{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:8]}"
