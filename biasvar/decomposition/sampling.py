"""The sampling error of squared-error terms: that of nearly Gaussian effects, and what unequal seeds add to it.

A term is a weighted sum of components of variance, and of bias squared under the key (). The risk is none of these: it
is the mean of the models' own losses, see ``means``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
import scipy

from biasvar.decomposition import components as parts
from biasvar.decomposition import means
from biasvar.decomposition.deletions import Deletions, deletions_of
from biasvar.decomposition.gaussian import term_variance
from biasvar.decomposition.gram import Gram
from biasvar.decomposition.moments import Moments, moments_of
from biasvar.decomposition.terms import NESTED

Weights = Mapping[parts.Sources, float]


@dataclass(frozen=True)
class Sampling:
    """Second moments and deletions in a ``unit`` of squared errors near the spread.

    ``losses`` has the squared error of each model less |m|^2, as ``means.by_seeds`` arranges it.
    """

    moments: Moments
    deletions: Deletions
    losses: np.ndarray
    unit: float

    def standard_error(self, weights: Weights) -> float:
        """Return the standard error of a term, in the units of the loss."""
        return sqrt(term_variance(self.moments, weights) + self.excess(weights)) * self.unit

    @property
    def error_of_risk(self) -> float:
        """The standard error of the risk, in the units of the loss."""
        return means.error_of_grand_mean(self.losses) * self.unit

    def risk_interval(self, how: means.Resampling, level: float) -> means.Interval:
        """Return the interval of the risk without the noise, in the units of the loss."""
        everything = dict.fromkeys([(), *self.moments.mean_squares], 1.0)
        gaussian = sqrt(term_variance(self.moments, everything))
        low, high = means.interval_of_losses(self.losses, self.moments.squared_mean, gaussian, how, level)
        return low * self.unit, high * self.unit

    def excess(self, weights: Weights) -> float:
        """Return by how much the variance of a term exceeds that for seeds with effects of equal size.

        Bias squared has none: the covariance of the mean is estimated without bias, whatever the sizes of effects.
        """
        if set(weights) == {()}:
            return 0.0
        return max(self.deletions.variance(weights) - term_variance(self.moments, weights), 0.0)

    def excess_at(self, level: float, weights: Weights) -> float:
        """Return the excess that makes a normal interval reach as far as Student's: few seeds tell little about it."""
        tail = min((1 - level) / 2, 0.499)  # at one half both quantiles are 0
        longer = float(scipy.special.stdtrit(self.deletions.freedom, tail) / scipy.special.ndtri(tail))
        return longer**2 * self.excess(weights)


def sampling_of(gram: Gram, sizes: tuple[int, ...], sources: tuple[str, ...]) -> Sampling:
    """Return the sampling error of the terms of models with these inner products, in a design of these sources.

    The mean square of a joint design has the sizes of its replicates' effects in its degrees of freedom, and needs no
    deletions. In a nested design outer sets are independent, and the only ones to be deleted.
    """
    independent = () if len(sizes) == 1 else (0,) if sources == NESTED else tuple(range(len(sizes)))
    in_unit = gram.over(gram.unit)
    losses = means.by_seeds(in_unit.losses_M, sizes, sources)
    return Sampling(moments_of(in_unit, sizes), deletions_of(in_unit, sizes, independent), losses, gram.unit)
