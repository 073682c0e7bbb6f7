"""Points whose main prediction under zero-one loss few votes do not decide.

There the estimated bias may be one or zero for chance alone, which no resampling of the votes tells: what they allow is
added to intervals instead.
"""

from typing import NamedTuple

import numpy as np

from biasvar.decomposition.ensemble import Ensemble
from biasvar.decomposition.losses import zero_one

STANDARD_ERRORS = 3.0  # with two, one point in 40 of those that tie would be taken for decided the wrong way
MANY = 0.05  # the share of points from which a bias is called undecided


class Contested(NamedTuple):
    """What is not decided by the votes, at points whose classes with most votes lie within sampling error.

    The share of points at which it is not known whether they are biased; and means over all points of the bias and of
    the loss of the main prediction, from the least to the most that such classes allow.
    """

    share: float
    bias: tuple[float, float, float]
    central: tuple[float, float, float]

    def reach(self, name: str) -> tuple[float, float]:
        """Return how far below and above its estimate a term may lie for that."""
        least, found, most = self.bias if name in ("bias", "net_variance") else self.central
        if name in ("net_variance", "variance_effect"):  # which are so much more as these are less
            return most - found, found - least
        return (found - least, most - found) if name in zero_one.DECIDED else (0.0, 0.0)


def contested_by(ensemble: Ensemble) -> Contested:
    """Return what is not decided by the votes.

    A class lies within sampling error of the first where its votes are fewer by no more than ``STANDARD_ERRORS`` of the
    difference, whose variance in a tie is the number of both. Crossed models share seeds: their votes weigh as many as
    there are seeds of the source with fewest.
    """
    weight = min(ensemble.sizes) / ensemble.models

    def of_tile(tile: Ensemble) -> dict[str, np.ndarray]:
        distribution_NC = tile.reference.target_NK
        votes_NC = zero_one.count_votes(tile.votes_MN, distribution_NC.shape[1])[0] * weight
        top_N1 = votes_NC.max(axis=-1, keepdims=True)
        near_NC = (top_N1 - votes_NC <= STANDARD_ERRORS * np.sqrt(top_N1 + votes_NC)) & (votes_NC > 0)
        parts, optimal_NC = zero_one.parts_of_votes(votes_NC, distribution_NC), zero_one.are_optimal(distribution_NC)
        least_N, most_N = ~(near_NC & optimal_NC).any(axis=-1), (near_NC & ~optimal_NC).any(axis=-1)
        losses_NC = 1 - distribution_NC
        of_points = {
            "share": least_N < most_N,
            "bias": np.array([least_N, parts["bias"], most_N]),
            "central": np.array(
                [np.where(near_NC, losses_NC, 1).min(-1), parts["central"], np.where(near_NC, losses_NC, 0).max(-1)]
            ),
        }
        return {name: np.mean(value, axis=-1) for name, value in of_points.items()}

    found = ensemble.mean(of_tile)
    return Contested(float(found["share"]), tuple(found["bias"].tolist()), tuple(found["central"].tolist()))
