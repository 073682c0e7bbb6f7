"""The Bayes error of Gaussian classes on a circle, under each loss of classification."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.integrate import quad

# The trapezoid rule on a plane grid reaching this far beyond the mean: exponentially good for smooth integrands that
# decay (Trefethen, Weideman 2014, "The exponentially convergent trapezoidal rule").
REACH, STEP = 8.0, 0.04


@dataclass(frozen=True)
class BayesError:
    """Expected loss of the best possible prediction; the cross-entropy in nats."""

    zero_one: float
    squared_error: float
    cross_entropy: float


def bayes_error(classes: int, separation: float) -> BayesError:
    """Return the Bayes error of K equally likely normal classes, means on a circle, covariance the identity.

    The means are K equally spaced points at the distance ``separation`` from the origin of a plane; further dimensions
    say nothing of the class. With p the posterior at x: zero_one = E 1 - max p, squared_error = E sum_k p_k (1 - p_k)
    (of one-hot labels, summed over classes), cross_entropy = E -sum_k p_k log p_k. The first is the probability of
    leaving a sector of angle 2 pi / K,

        zero_one = (1 / pi) int_0^(pi - pi/K) exp(-separation^2 sin^2(pi/K) / (2 sin^2 t)) dt

    (Craig 1991, "A new, simple and exact result for calculating the probability of error"), which for two classes is
    Phi(-separation). The others are integrals over the plane. All are good to 1e-9 up to a separation of 10.

    Raises
    ------
    ValueError
        For fewer than two classes or a negative separation.
    """
    if classes < 2 or not separation >= 0:
        raise ValueError(f"classes = {classes}, separation = {separation}; expected at least 2, and 0 or more")
    side = separation * math.sin(math.pi / classes)
    outside, _ = quad(
        lambda t: math.exp(-((side / math.sin(t)) ** 2) / 2), 0, math.pi - math.pi / classes, epsabs=1e-12
    )
    impurity, entropy = mean_impurities(classes, separation)
    return BayesError(outside / math.pi, impurity, entropy)


def mean_impurities(classes: int, separation: float) -> tuple[float, float]:
    """Return E sum_k p_k (1 - p_k) and E -sum_k p_k log p_k over x of class 0, which by symmetry is over all x."""
    steps_G = np.arange(-REACH, REACH + STEP / 2, STEP)
    mass_G = np.exp(-(steps_G**2) / 2)
    mass_G /= mass_G.sum()
    angle_K = 2 * np.pi * np.arange(classes) / classes
    impurity = entropy = 0.0
    for step, mass in zip(steps_G, mass_G, strict=True):  # a line of the grid at a time
        x_G = separation + steps_G
        score_GK = separation * (x_G[:, None] * np.cos(angle_K) + step * np.sin(angle_K))
        score_GK -= score_GK.max(axis=1, keepdims=True)
        weight_GK = np.exp(score_GK)
        total_G1 = weight_GK.sum(axis=1, keepdims=True)
        p_GK = weight_GK / total_G1
        impurity += mass * float(mass_G @ np.sum(p_GK * (1 - p_GK), axis=1))
        entropy += mass * float(mass_G @ np.sum(p_GK * (np.log(total_G1) - score_GK), axis=1))
    return float(impurity), float(entropy)
