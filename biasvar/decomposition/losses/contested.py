"""Points whose main prediction under zero-one loss is too close to call.

There the estimated bias may be one or zero by chance alone. Resampling the votes does not show this, so the range that
the votes allow is added to intervals.
"""

from typing import NamedTuple

import numpy as np

from biasvar.decomposition.ensemble import Ensemble
from biasvar.decomposition.losses import zero_one

STANDARD_ERRORS = 3.0  # with two, one tied point in 40 would be decided the wrong way
MANY = 0.05  # share of points from which a bias is flagged as undecided


class Contested(NamedTuple):
    """The effect of points where the classes with the most votes are within sampling error of each other.

    Holds the share of points whose bias is not decided; and the least and the largest mean, over all points, of the
    bias and of the loss of the main prediction that such classes allow.
    """

    share: float
    bias: tuple[float, float, float]
    central: tuple[float, float, float]

    def reach(self, name: str) -> tuple[float, float]:
        """Return how far below and above its estimate a term may lie because of such points."""
        least, found, most = self.bias if name in ("bias", "net_variance") else self.central
        if name in ("net_variance", "variance_effect"):  # these grow by as much as the others shrink
            return most - found, found - least
        return (found - least, most - found) if name in zero_one.DECIDED else (0.0, 0.0)


def contested_by(ensemble: Ensemble) -> Contested:
    """Return what the undecided points allow.

    A class is within sampling error of the leader if it trails by at most ``STANDARD_ERRORS`` standard errors of the
    difference; in a tie the variance of the difference is the sum of both counts. Crossed models share seeds: their
    effective number of votes is the number of seeds of the source with the fewest.
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
        return {name: tile.reference.average(value) for name, value in of_points.items()}

    found = ensemble.mean(of_tile)
    return Contested(float(found["share"]), tuple(found["bias"].tolist()), tuple(found["central"].tolist()))
