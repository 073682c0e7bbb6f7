"""The output of data sources: rows, training sets, evaluation points."""

from dataclasses import dataclass

import numpy as np

QUANTILES = (np.arange(200) + 0.5) / 200
"""Probabilities of the noise quantiles that labels of evaluation points are drawn from."""


@dataclass(frozen=True)
class Rows:
    """Inputs x_nD (or images [n, channels, height, width]) with numbers or class indices y_n.

    ``clean_n`` has the labels before their noise, if ``y_n`` are noisy ones.
    """

    x_nD: np.ndarray
    y_n: np.ndarray
    clean_n: np.ndarray | None = None


@dataclass(frozen=True)
class TrainingSet:
    """Distinct rows and their multiplicities: a bootstrap sample of m rows has about 0.632 m distinct ones.

    ``drawn_m`` lists the drawn rows as positions among the distinct ones, in the order of the draw.
    ``label_noise_rate`` is the share of the distinct rows whose label is not the clean one; None without label noise.
    """

    x_nD: np.ndarray
    y_n: np.ndarray
    counts_n: np.ndarray
    drawn_m: np.ndarray
    label_noise_rate: float | None = None


@dataclass(frozen=True)
class Evaluation:
    """The fixed points at which every member predicts, with the available reference data.

    ``target`` is f*(x) [N] with its ``noise_N`` (variance of the label), a label distribution [N, K], or labels [N]
    alone, as for ``decomposition.decompose``. ``noise_quantiles_S`` holds equally likely quantiles of the noise over
    its standard deviation, if it has one distribution at all points. ``pictures`` has the points for display if they
    are images: bytes [N, height, width], or [N, height, width, 3] in colour. ``votes_NK`` counts human annotations, if
    they were requested. ``weights_N`` says how much each point counts in a mean over points, of which only the ratios
    matter; None where all count the same. Training does not see them.
    """

    x_ND: np.ndarray
    target: np.ndarray
    noise_N: np.ndarray | None = None
    noise_quantiles_S: np.ndarray | None = None
    pictures: np.ndarray | None = None
    votes_NK: np.ndarray | None = None
    weights_N: np.ndarray | None = None
