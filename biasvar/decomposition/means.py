"""The mean over models of one number each, such as the loss of each model: its standard error and its interval.

The estimate is linear in the numbers, so nothing is assumed about what made them. Taken apart into bias and spread, the
risk would need their covariance as well, which vanishes for symmetric effects only.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np
import scipy

from biasvar.decomposition import components as parts
from biasvar.decomposition.bootstrap import FEWEST, resample_counts, studentised
from biasvar.decomposition.gram import power_of_two
from biasvar.decomposition.terms import NESTED

Interval = tuple[float, float]


class Resampling(NamedTuple):
    """How many resamples are drawn, and the seed of the ensemble that keys them."""

    number: int
    seed: int


def by_seeds(values_M: np.ndarray, sizes: tuple[int, ...], sources: tuple[str, ...]) -> np.ndarray:
    """Return values over the seeds of each source, [*sizes]; of a nested design means over the outer sets, [I]."""
    values = values_M.reshape(sizes)
    return values.mean(axis=1) if sources == NESTED else values


def error_of_grand_mean(values: np.ndarray) -> float:
    """Return the standard error of the mean of independent values [R], or of those of crossed seeds [*sizes].

    se^2 = sum_S V_S / prod_{s in S} n_s, with V_S the unbiased components of variance (Searle 1971): the variance of R
    values over R. Components of both signs may cancel, so it is at least what each mean square implies.
    """
    unit, sizes = power_of_two(float(np.ptp(values))), values.shape
    squares = parts.marginal_squares(((values - values.flat[0]) / unit).reshape(-1, 1, 1), sizes)
    of_mean = parts.variance_of_the_mean(parts.variance_components(squares, sizes), sizes)
    least = max(float(one[0]) for one in parts.mean_squares(squares, sizes).values()) / values.size
    return sqrt(max(float(of_mean[0]), least)) * unit


def student_interval(values_RS: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of Student's interval of the mean over R independent values of each of S numbers, [S] each.

    It suits values that are themselves means of many terms, and so nearly Gaussian.
    """
    count = len(values_RS)
    half_S = scipy.special.stdtrit(count - 1, (1 + level) / 2) * np.std(values_RS, axis=0, ddof=1) / sqrt(count)
    mean_S = np.mean(values_RS, axis=0)
    return mean_S - half_S, mean_S + half_S


def interval_of_losses(
    values: np.ndarray, beyond: float, least_error: float, how: Resampling, level: float
) -> Interval:
    """Return the interval of the mean of ``beyond`` + values, which are losses without what they have in common.

    Independent losses, ten or more, have a studentised bootstrap (Hall 1988), with tails as far out as Student's. Of
    fewer, and of crossed seeds, whose resamples count twice what two sources do together, the mean is matched to a
    chi-square by its first two moments; its standard error is lengthened as Student's t with one degree of freedom
    fewer than the fewest seeds is, and is at least ``least_error``.
    """
    mean, error, alpha = float(values.mean()), error_of_grand_mean(values), (1 - level) / 2
    t = float(scipy.special.stdtrit(min(values.shape) - 1, alpha))
    if values.ndim == 1 and len(values) >= FEWEST and error > 0:
        t_B = studentised([resample_counts(len(values), how.number, how.seed)], [(values - mean) / error])
        if len(t_B) == how.number:  # the others would have no spread
            least, most = np.quantile(t_B, [scipy.special.ndtr(t), scipy.special.ndtr(-t)])
            return beyond + mean - float(most) * error, beyond + mean - float(least) * error
    longer = t / float(scipy.special.ndtri(alpha)) if t < 0 else 1.0  # at one half both quantiles are 0
    return chi_square_interval(beyond + mean, max(longer * error, least_error), alpha)


def chi_square_interval(mean: float, deviation: float, alpha: float) -> Interval:
    """Return the interval of a mean of squares with its standard deviation: that of a chi-square with these moments.

    A square has at least one degree of freedom.
    """
    if mean <= 0 or deviation <= 0:
        return mean, mean
    freedom = max(2 * (mean / deviation) ** 2, 1.0)
    low, high = (mean * freedom / float(scipy.special.chdtri(freedom, end)) for end in (alpha, 1 - alpha))
    return low, high
