"""The interface of remedies: what the chapter advises against high bias or high variance."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import pandas as pd

from biasvar.results.diagnosis.effects import Effect, changes, effect_of
from biasvar.results.results import Results
from biasvar.results.shapes.evidence_table import paired_by
from biasvar.results.shapes.paired import FEWEST
from biasvar.study.config import Study

NO_AXIS = "this sweep has no axis for it"


@dataclass(frozen=True)
class DiagnosedCell:
    """A row of the table that is diagnosed, and what is known about it.

    ``study`` has the settings of its cell, None for predictions made elsewhere. ``is_least``: it was chosen as the cell
    of least risk.
    """

    results: Results
    row: pd.Series
    study: Study | None
    is_least: bool


@dataclass(frozen=True)
class Finding:
    """What a sweep says of a remedy: its ``effect`` on the risk at ``place``, or the ``override`` that would try it.

    ``reason`` says why there is no effect, or what must be known about it.
    """

    place: str = ""
    effect: Effect | None = None
    override: str = ""
    reason: str = ""


def found(cell: DiagnosedCell, others: pd.DataFrame) -> Finding | None:
    """Return the effect of the best of other rows of the table; None if there are none."""
    effect = effect_of(cell.results, cell.row, others, cell.is_least)
    if effect is None:
        return None
    best, size = effect
    few = f"fewer than {FEWEST} {paired_by(cell.row.to_frame().T)}s are shared"
    return Finding(changes(cell.results, cell.row, best), size, reason="" if size else few)


class Remedy(ABC):
    """A remedy by its name, and the regime that it is meant against."""

    name: str
    against: str

    @abstractmethod
    def finding(self, cell: DiagnosedCell) -> Finding:
        """Return what the sweep says of this remedy for a cell."""
