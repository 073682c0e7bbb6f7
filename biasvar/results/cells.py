"""What results are made of: cells that a study has trained, or whose predictions were made elsewhere."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from biasvar.data.rows import Evaluation
from biasvar.results.ensembles import CellEnsemble
from biasvar.study.claims.claim import Claim
from biasvar.study.config import Figure, Interval, Study

if TYPE_CHECKING:
    from biasvar.results.verification.form import ClosedForm


@dataclass(frozen=True)
class Head:
    """What a table has once: its name, the keys that tell cells apart, settings of estimates, and what it is about."""

    name: str
    axes: tuple[str, ...]
    seed: int
    interval: Interval
    tolerance: float
    figure: Figure
    about: str = ""


class Cells(ABC):
    """The cells of one table, in order; a cell is called by its number.

    ``kind`` says who trained the members; ``environments`` and ``devices`` are those they were trained under, where
    known. ``command`` asks for the study, and is empty if it is not known.
    """

    kind: ClassVar[str]
    warnings: Sequence[str] = ()
    warnings_on_training: Sequence[str] = ()
    environments: Sequence[Mapping[str, Any]] = ()
    devices: Collection[str] = ()
    claims: Sequence[Claim] = ()
    command: str = ""

    @property
    @abstractmethod
    def head(self) -> Head:
        """What the table has once."""

    @property
    @abstractmethod
    def values(self) -> Sequence[Mapping[str, Any]]:
        """The values of the axes in each cell."""

    def closed_forms(self, cell: int, loss: str) -> "list[ClosedForm]":
        """Return the closed forms of what a cell estimates under a loss; by default none is known."""
        return []

    def ensembles(self) -> Iterator[CellEnsemble]:
        """Yield the ensemble of each cell, in order."""
        return map(self.ensemble, range(len(self.values)))

    @abstractmethod
    def ensemble(self, number: int) -> CellEnsemble:
        """Return the ensemble of one cell."""

    @abstractmethod
    def evaluation(self, cell: int) -> Evaluation:
        """Return the evaluation points of a cell; inputs that are not known have no columns."""

    def study(self, cell: int) -> Study | None:
        """Return the settings of a cell; None if its models were trained elsewhere."""
        return None

    @abstractmethod
    def class_name(self, cell: int, number: float) -> str:
        """Return the name of a class, or its number if classes have no names."""

    @abstractmethod
    def predictions(self, cell: int, warn: Callable[[str], None], points_n: np.ndarray | None = None) -> pd.DataFrame:
        """Return the prediction of each model of a cell at each point, or at some; see ``predictions.tidy``."""

    @abstractmethod
    def fingerprint(self) -> str:
        """Return a hash of all that the tables depend on: outputs, evaluation points, and settings."""
