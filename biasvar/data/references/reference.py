"""The interface of noise references."""

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

import numpy as np

from biasvar.data.rows import Evaluation
from biasvar.data.source import Source
from biasvar.settings import Part


class Target(NamedTuple):
    """The target and noise for ``decomposition.decompose``, and the reference's display name.

    ``target`` is f* [N] beside its ``noise_N``, a label distribution [N, K], votes [N, K] in whole numbers, or labels
    [N].
    """

    target: np.ndarray
    noise_N: np.ndarray | None
    name: str


class Reference(Part, ABC):
    """A reference for the evaluation points; ``problems`` says which data does not have it."""

    kind: ClassVar[str]

    def read(self, evaluation: Evaluation, data: Source, seed: int) -> Evaluation:
        """Return the evaluation points with the reference's additional data.

        Raises
        ------
        OSError
            If these cannot be read.
        """
        return evaluation

    @abstractmethod
    def target(self, evaluation: Evaluation, data: Source, seed: int) -> Target:
        """Return the target of the evaluation points.

        Raises
        ------
        ValueError
            If the data does not have this reference.
        """
