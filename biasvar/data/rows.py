"""What a data source hands on: rows, training sets, evaluation points."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rows:
    """Inputs x_nD (or images [n, channels, height, width]) with numbers or class indices y_n."""

    x_nD: np.ndarray
    y_n: np.ndarray


@dataclass(frozen=True)
class TrainingSet:
    """Distinct rows and how often each of them occurs: a bootstrap sample of m rows has about 0.632 m distinct ones."""

    x_nD: np.ndarray
    y_n: np.ndarray
    counts_n: np.ndarray

    @property
    def n_distinct(self) -> int:
        """The number of distinct rows, at which a model can interpolate."""
        return len(self.counts_n)


@dataclass(frozen=True)
class Evaluation:
    """The fixed points at which every member predicts, and what is known of their labels.

    ``target`` is f*(x) [N] with its ``noise_N`` (variance of the label), a label law [N, K], or labels [N] alone, as
    ``decomposition.decompose`` takes them.
    """

    x_ND: np.ndarray
    target: np.ndarray
    noise_N: np.ndarray | None = None
