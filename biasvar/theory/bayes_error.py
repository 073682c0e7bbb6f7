"""The Bayes error of Gaussian classes on a circle, under each classification loss."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.integrate import quad

# The trapezoid rule on a plane grid reaching this far beyond the mean converges exponentially for smooth, decaying
# integrands (Trefethen, Weideman 2014, "The exponentially convergent trapezoidal rule").
REACH, STEP = 8.0, 0.04
FARTHEST = 40.0  # beyond it sech w is rounding
ACCURACY = 1e-9


@dataclass(frozen=True)
class BayesError:
    """Expected loss of the best possible prediction; the cross-entropy in nats."""

    zero_one: float
    squared_error: float
    cross_entropy: float


def bayes_error(classes: int, separation: float) -> BayesError:
    """Return the Bayes error of K equally likely normal classes with means on a circle and identity covariance.

    The means are K equally spaced points at the distance ``separation`` from the origin of a plane; further dimensions
    are irrelevant to the class. With p the posterior at x: zero_one = E 1 - max p, squared_error = E sum_k p_k (1 -
    p_k) (of one-hot labels, summed over classes), cross_entropy = E -sum_k p_k log p_k. The first is the probability of
    leaving a sector of angle 2 pi / K,

        zero_one = (1 / pi) int_0^(pi - pi/K) exp(-separation^2 sin^2(pi/K) / (2 sin^2 t)) dt

    (Craig 1991, "A new, simple and exact result for calculating the probability of error"), which for two classes is
    Phi(-separation). The others are integrals over the plane. All are accurate to ``ACCURACY`` at any separation.

    Raises
    ------
    ValueError
        For fewer than two classes or a negative separation.
    """
    check(classes, separation)
    (_, impurity, entropy), _ = moments(classes, separation)
    return BayesError(sector_left(classes, separation), float(impurity), float(entropy))


def deviation_of_points(classes: int, separation: float) -> BayesError:
    """Return the standard deviation over x of the terms whose mean is :func:`bayes_error`, under each loss.

    Accurate to a percent or to ``ACCURACY``: 1 - max p has a kink between classes.

    Raises
    ------
    ValueError
        As :func:`bayes_error`.
    """
    check(classes, separation)
    means, squares = moments(classes, separation)
    return BayesError(*np.sqrt(np.maximum(squares - means**2, 0.0)).tolist())


def sector_left(classes: int, separation: float) -> float:
    """Return Craig's integral in w, with sin t = sech w: its integrand has width about 1 at any separation.

    zero_one = exp(-s^2 / 2) / pi int exp(-(s sinh w)^2 / 2) sech w dw up to w = log cot(pi / (2 K)), with
    s = separation sin(pi / K).
    """
    side = separation * math.sin(math.pi / classes)
    reach = min(FARTHEST, math.asinh(REACH / side)) if side > 0 else FARTHEST
    end = min(reach, -math.log(math.tan(math.pi / (2 * classes))))
    inside, _ = quad(lambda w: math.exp(-((side * math.sinh(w)) ** 2) / 2) / math.cosh(w), -reach, end, epsabs=1e-12)
    return math.exp(-(side**2) / 2) * inside / math.pi


@cache
def moments(classes: int, separation: float) -> tuple[np.ndarray, np.ndarray]:
    """Return means and mean squares of 1 - max p, sum_k p_k (1 - p_k) and -sum_k p_k log p_k, [3] each.

    The mean is over x of class 0, which by symmetry equals that over all x.
    """
    steps_G = np.arange(-REACH, REACH + STEP / 2, STEP)
    mass_G = np.exp(-(steps_G**2) / 2)
    mass_G /= mass_G.sum()
    angle_K = 2 * np.pi * np.arange(classes) / classes
    means_3, squares_3 = np.zeros(3), np.zeros(3)
    for step, mass in zip(steps_G, mass_G, strict=True):  # one line of the grid at a time
        x_G = separation + steps_G
        score_GK = separation * (x_G[:, None] * np.cos(angle_K) + step * np.sin(angle_K))
        noise_3G = noise_of(score_GK)
        means_3 += mass * noise_3G @ mass_G
        squares_3 += mass * noise_3G**2 @ mass_G
    for found_3 in (means_3, squares_3):
        found_3.setflags(write=False)
    return means_3, squares_3


def noise_of(score_GK: np.ndarray) -> np.ndarray:
    """Return 1 - max p, sum_k p_k (1 - p_k) and -sum_k p_k log p_k of p = softmax(score): [3, G]."""
    score_GK = score_GK - score_GK.max(axis=1, keepdims=True)
    weight_GK = np.exp(score_GK)
    total_G1 = weight_GK.sum(axis=1, keepdims=True)
    p_GK = weight_GK / total_G1
    entropy_G = np.sum(p_GK * (np.log(total_G1) - score_GK), axis=1)
    return np.stack([1 - p_GK.max(axis=1), np.sum(p_GK * (1 - p_GK), axis=1), entropy_G])


def check(classes: int, separation: float) -> None:
    """Raise for an impossible number of classes or separation."""
    if classes < 2 or not separation >= 0:
        raise ValueError(f"classes = {classes}, separation = {separation}; expected at least 2, and 0 or more")
