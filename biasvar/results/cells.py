"""What results are made of: cells that a study has trained, or whose predictions were made elsewhere."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from biasvar.data.rows import Evaluation
from biasvar.results.ensembles import CellEnsemble
from biasvar.study.config import Figure, Interval


@dataclass(frozen=True)
class Head:
    """What a table has once: its name, the keys that tell cells apart, and the settings of its estimates."""

    name: str
    axes: tuple[str, ...]
    seed: int
    interval: Interval
    tolerance: float
    figure: Figure


class Cells(ABC):
    """The cells of one table, in order; a cell is called by its number.

    ``kind`` says who trained the members; ``environments`` and ``devices`` are those they were trained under, where
    known.
    """

    kind: ClassVar[str]
    warnings: Sequence[str] = ()
    warnings_on_training: Sequence[str] = ()
    environments: Sequence[Mapping[str, Any]] = ()
    devices: Collection[str] = ()

    @property
    @abstractmethod
    def head(self) -> Head:
        """What the table has once."""

    @property
    @abstractmethod
    def values(self) -> Sequence[Mapping[str, Any]]:
        """The values of the axes in each cell."""

    @abstractmethod
    def ensembles(self) -> Iterator[CellEnsemble]:
        """Yield the ensemble of each cell, in order."""

    @abstractmethod
    def evaluation(self, cell: int) -> Evaluation:
        """Return the evaluation points of a cell; inputs that are not known have no columns."""

    @abstractmethod
    def class_name(self, cell: int, number: float) -> str:
        """Return the name of a class, or its number if classes have no names."""

    @abstractmethod
    def predictions(self, cell: int, warn: Callable[[str], None], points_n: np.ndarray | None = None) -> pd.DataFrame:
        """Return the prediction of each model of a cell at each point, or at some; see ``predictions.tidy``."""

    @abstractmethod
    def fingerprint(self) -> str:
        """Return a hash of all that the tables depend on: outputs, evaluation points, and settings."""
