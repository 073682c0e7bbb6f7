"""Seeds whose risk lies far from that of the others."""

from math import inf
from typing import NamedTuple

import numpy as np

from biasvar.decomposition.terms import NESTED

FARTHEST = 3.0
NORMAL = 1.4826  # standard deviations of a Gaussian in a median absolute deviation
FEWEST = 4  # seeds that have a scale: among three Gaussian ones, every third set would have an outlier
ROUNDING = 1e-12


class Outlier(NamedTuple):
    """A seed of a source by its position among them, with its mean risk and the median risk of all seeds.

    ``distance`` is that of the two in units of 1.4826 median absolute deviations; infinite if more than half of the
    seeds have the same risk.
    """

    source: str
    position: int
    risk: float
    median: float
    distance: float


def outlying_seeds(risk_M: np.ndarray, sizes: tuple[int, ...], sources: tuple[str, ...]) -> list[Outlier]:
    """Return the seeds of each source whose mean risk is more than 3 x 1.4826 MAD from the median of all seeds.

    MAD is the median absolute deviation from the median (Hampel 1974). The seeds are the replicates of a joint design,
    the seeds of each source of a crossed one (means over the other sources), and the outer sets of a nested one. Among
    Gaussian risks too, about one set of seeds in five has an outlier, whatever their number.
    """
    grid, found = risk_M.reshape(sizes), []
    for place in (0,) if sources == NESTED else range(len(sizes)):
        if sizes[place] < FEWEST:
            continue
        risk_n = grid.mean(axis=tuple(other for other in range(len(sizes)) if other != place))
        median = float(np.median(risk_n))
        far_n = np.abs(risk_n - median)
        scale = NORMAL * float(np.median(far_n))
        for position in np.flatnonzero(far_n > max(FARTHEST * scale, ROUNDING * abs(median))):
            distance = float(far_n[position]) / scale if scale > 0 else inf
            found.append(Outlier(sources[place], int(position), float(risk_n[position]), median, distance))
    return found
