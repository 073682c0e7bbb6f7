"""The second moments of a design's mean squares, from the Gram matrix of its errors.

A mean over points of a mean square is a sum of many chi-squares with unknown weights, the eigenvalues of a covariance
between points. Their first two moments follow from the Gram matrix of errors alone, so one interval serves both points
that vary together (few degrees of freedom) and points that vary independently (many): Box 1954, Satterthwaite 1946.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import hypot, inf, prod, sqrt

import numpy as np

from biasvar.decomposition import components as parts
from biasvar.decomposition.gram import Gram

ROUNDING = float(np.finfo(float).eps)


@dataclass(frozen=True)
class MeanSquare:
    """A mean square over points: its value, and the effective degrees of freedom of its chi-square."""

    value: float
    freedom: float

    @property
    def variance(self) -> float:
        """The variance of the mean square, 2 value^2 / freedom."""
        return 2 * self.value * self.value / self.freedom


@dataclass(frozen=True)
class Moments:
    """The moments of a crossed (or joint) design, from its Gram matrix.

    ``skewness_along`` is 2 E (beta'c)(c'c) / R of a joint design with effects c, which vanishes for symmetric ones.
    ``squared_mean`` is |m|^2 of the grand mean error m; ``of_mean`` is its expectation minus bias squared.
    ``found_along`` is m' Sigma m and ``along`` is beta' Sigma beta, estimated with ``freedom_along`` degrees of
    freedom. ``around`` is tr Sigma^2. Sigma is the covariance of m, and beta the bias.
    """

    sizes: tuple[int, ...]
    mean_squares: Mapping[parts.Sources, MeanSquare]
    squared_mean: float
    risk: float
    of_mean: float
    found_along: float
    along: float
    freedom_along: float
    around: float
    skewness_along: float

    @property
    def variance_of_squared_mean(self) -> float:
        """The variance of |m|^2 for a Gaussian m: 4 beta' Sigma beta + 2 tr Sigma^2."""
        return 4 * self.along + 2 * self.around

    @property
    def freedom_of_squared_mean(self) -> float:
        """The degrees of freedom of that variance estimate: the smaller of those of its terms."""
        if self.spread <= 0:
            return 1.0
        of_spread = 2 * (self.spread / sqrt(self.variance_of_spread)) ** 2
        return max(min(of_spread, self.freedom_along if self.along > 0 else of_spread), 1.0)

    @property
    def spread(self) -> float:
        """The trace of Sigma: ``of_mean``, whose signed mean squares may cancel, but at least what each implies."""
        return max(self.of_mean, max(one.value for one in self.mean_squares.values()) / prod(self.sizes))

    @property
    def variance_of_spread(self) -> float:
        """The variance of ``of_mean``, which is sum_S +- MS_S / M."""
        return sum(one.variance for one in self.mean_squares.values()) / prod(self.sizes) ** 2

    @property
    def covariance_with_spread(self) -> float:
        """The covariance of |m|^2 and the mean square of a joint design, no larger than Cauchy and Schwarz allow."""
        most = sqrt(self.variance_of_squared_mean * sum(one.variance for one in self.mean_squares.values()))
        return float(np.clip(self.skewness_along, -most, most))

    def times(self, unit: float) -> "Moments":
        """Return the moments converted from ``unit``, a unit of squared errors, to 1."""
        return replace(
            self,
            mean_squares={s: replace(one, value=one.value * unit) for s, one in self.mean_squares.items()},
            squared_mean=self.squared_mean * unit,
            risk=self.risk * unit,
            of_mean=self.of_mean * unit,
            found_along=self.found_along * unit * unit,
            along=self.along * unit * unit,
            around=self.around * unit * unit,
            skewness_along=self.skewness_along * unit * unit,
        )


def moments_of(gram: Gram, sizes: tuple[int, ...]) -> Moments:
    """Return the moments of a design from the Gram matrix of its errors."""
    models, sets = prod(sizes), parts.sets_of(len(sizes))
    projected = {s: effect(gram.centred_MM, s, sizes) for s in sets}
    inner = {s: effect(gram.along_M[:, None], s, sizes) for s in sets}
    df = {s: parts.freedom(s, sizes) for s in sets}
    sign = {s: (-1) ** (len(s) + 1) for s in sets}
    found = {s: mean_square_of(effect(projected[s].T, s, sizes), df[s], sizes, s) for s in sets}
    of_mean = sum(sign[s] * found[s].value for s in sets) / models
    pairs = {(s, t): shared(projected[s], s, t, sizes, found, df) / models**2 for s in sets for t in sets}
    around = sum(sign[s] * sign[t] * pair for (s, t), pair in pairs.items())
    along = {s: float(np.sum(inner[s] ** 2)) / df[s] for s in sets}
    raw_along = sum(sign[s] * along[s] for s in sets) / models
    error_of_along = hypot(*(along[s] / sqrt(df[s]) for s in sets)) / models
    return Moments(
        sizes=sizes,
        mean_squares=found,
        squared_mean=gram.squared_mean,
        risk=gram.squared_mean + float(np.trace(gram.centred_MM)) / models,
        of_mean=of_mean,
        found_along=max(raw_along, 0.0),
        along=max(raw_along - around, 0.0),
        freedom_along=(raw_along / error_of_along) ** 2 if error_of_along > 0 else 0.0,
        around=max(around, *(pairs[s, s] for s in sets)),  # at least that of any single mean square
        skewness_along=2 * float(gram.along_M @ np.diagonal(gram.centred_MM)) / df[sets[0]] / models,
    )


def effect(matrix: np.ndarray, sources: parts.Sources, sizes: tuple[int, ...]) -> np.ndarray:
    """Return the projection of the first axis [M, ...] on the effect of S: centred over S, averaged over the others."""
    grid = matrix.reshape(*sizes, -1)
    for place in range(len(sizes)):
        mean = grid.mean(axis=place, keepdims=True)
        grid = grid - mean if place in sources else np.broadcast_to(mean, grid.shape)
    return grid.reshape(matrix.shape)


def mean_square_of(gram_MM: np.ndarray, df: int, sizes: tuple[int, ...], sources: parts.Sources) -> MeanSquare:
    """Return a mean square with its effective degrees of freedom from the Gram matrix of its effect.

    With S the sample covariance and Lambda the true one, tr S^2 and (tr S)^2 give unbiased estimates of tr Lambda^2 and
    (tr Lambda)^2 (Srivastava 2005); their ratio is the number of directions that vary. Fourth moments may be larger
    than a Gaussian's: if the sizes of the effects of a source's seeds vary more, that variation is used.
    """
    trace = float(np.trace(gram_MM)) / df
    if trace <= 0:
        return MeanSquare(0.0, float(df))
    if df == 1:
        return MeanSquare(trace, 1.0)
    relative_MM = gram_MM / trace
    square = float(np.sum(relative_MM**2)) / df**2
    one_direction = max(df**2 / ((df - 1) * (df + 2)) * (square - 1 / df), ROUNDING)  # tr Lambda^2 / (tr S)^2
    freedom = df * max(1 / one_direction - 2 / df, 1.0)
    sizes_of_effects = np.diag(relative_MM).reshape(sizes).sum(axis=others_of(sources, sizes))
    found = sizes_of_effects.size * float(np.var(sizes_of_effects, ddof=1)) / df**2
    return MeanSquare(trace, max(min(freedom, 2 / found if found > 0 else inf), 1.0))


def others_of(sources: parts.Sources, sizes: tuple[int, ...]) -> parts.Sources:
    """Return the indices of the sources that are not in S."""
    return tuple(place for place in range(len(sizes)) if place not in sources)


def shared(projected, s, t, sizes, found, df) -> float:
    """Return an estimate of tr(Lambda_S Lambda_T); for two different effects, from a product of independent ones."""
    if s == t:
        return found[s].value ** 2 / max(found[s].freedom / df[s], 1.0)
    both = effect(projected.T, t, sizes)
    return float(np.sum(both**2)) / (df[s] * df[t])
