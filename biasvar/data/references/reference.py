"""What every noise reference gives."""

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

import numpy as np

from biasvar.data.rows import Evaluation
from biasvar.data.source import Source
from biasvar.settings import Part


class Target(NamedTuple):
    """What ``decomposition.decompose`` takes as its target and its noise, and the reference's name for people.

    ``target`` is f* [N] beside its ``noise_N``, a label distribution [N, K], votes [N, K] in whole numbers, or labels
    [N].
    """

    target: np.ndarray
    noise_N: np.ndarray | None
    name: str


class Reference(Part, ABC):
    """What the evaluation points are measured against; ``problems`` says which data does not have it."""

    kind: ClassVar[str]

    def read(self, evaluation: Evaluation, data: Source, seed: int) -> Evaluation:
        """Return the evaluation points with what the reference needs beside them.

        Raises
        ------
        OSError
            Where that cannot be read.
        """
        return evaluation

    @abstractmethod
    def target(self, evaluation: Evaluation, data: Source, seed: int) -> Target:
        """Return what the evaluation points are measured against.

        Raises
        ------
        ValueError
            Where the data does not have this reference.
        """
