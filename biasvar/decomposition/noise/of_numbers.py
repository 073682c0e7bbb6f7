"""The noise of a regression (variance of the label given x) from data alone: differences between neighbours' labels."""

import numpy as np

from biasvar.decomposition.noise.estimate import Estimate, mean_of_sharing
from biasvar.decomposition.noise.neighbours import nearest_neighbours
from biasvar.decomposition.noise.of_classes import check_one_a_point
from biasvar.decomposition.reading.checks import check_finite
from biasvar.decomposition.reading.plain_arrays import plain_numbers


def neighbour_difference_variance(x_ND: np.ndarray, y_N: np.ndarray, seed: int = 0) -> Estimate:
    """Return half the mean squared difference between each label and its nearest neighbour's.

    Its expectation is noise + mean (f(x) - f(x'))^2 / 2: an upper estimate, too high by the slope of f between
    neighbours, which is small in few dimensions and may be most of it in many (Rice 1984 in one dimension; Evans and
    Jones 2008 with nearest neighbours). It assumes that noise at neighbours is independent and of like variance.

    Raises
    ------
    ValueError
        For inputs and labels that do not fit each other, are not finite, or are fewer than two.
    """
    x_ND, y_N = plain_numbers("inputs", x_ND), plain_numbers("labels", y_N)
    check_numbers(y_N, len(x_ND), 2)
    nearest_N = nearest_neighbours(x_ND, 1, seed)[:, 0]
    places_N = np.arange(len(y_N))
    half_squares_N = (y_N - y_N[nearest_N]) ** 2 / 2
    return mean_of_sharing(half_squares_N, np.stack([places_N, nearest_N], axis=1), len(y_N))


def second_difference_variance(x_N: np.ndarray, y_N: np.ndarray) -> Estimate:
    """Return the mean squared distance of each label from the line through its two neighbours, for one-dimensional x.

    With e_i = a_i y_(i-1) + b_i y_(i+1) - y_i, and a_i, b_i the weights of linear interpolation, the estimate is
    mean e_i^2 / (a_i^2 + b_i^2 + 1) over the N - 2 inner points in order of x (Gasser, Sroka, Jennen-Steinmetz 1986).
    Unbiased where f is linear between every other point, else too high by its curvature only.

    Raises
    ------
    ValueError
        For inputs and labels that do not fit each other, are not finite, or are fewer than four.
    """
    x_N, y_N = plain_numbers("inputs", x_N).astype(float), plain_numbers("labels", y_N)
    check_one_a_point("inputs", x_N, len(y_N))
    check_finite("inputs", x_N)
    check_numbers(y_N, len(x_N), 4)
    order = np.argsort(x_N, kind="stable")
    x_N, y_N = x_N[order], y_N[order]
    span_n = x_N[2:] - x_N[:-2]
    # Three equal inputs leave the line undetermined: use the mean of the two outer labels.
    before_n = np.divide(x_N[2:] - x_N[1:-1], span_n, out=np.full_like(span_n, 0.5), where=span_n > 0)
    after_n = 1 - before_n
    distance_n = before_n * y_N[:-2] + after_n * y_N[2:] - y_N[1:-1]
    inner_n1 = np.arange(len(span_n))[:, None]
    return mean_of_sharing(distance_n**2 / (before_n**2 + after_n**2 + 1), inner_n1 + np.arange(3), len(y_N))


def check_numbers(y_N: np.ndarray, points: int, fewest: int) -> None:
    """Raise for labels that are not one finite number per point, and for too few of them."""
    check_one_a_point("labels", y_N, points)
    check_finite("labels", y_N)
    if points < fewest:
        raise ValueError(f"there are {points} points; differences of neighbours need at least {fewest}")
