"""The risk of ridge regression on random features of a linear target, over training sets and random weights."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from biasvar import seeds
from biasvar.theory.gaussian_features import Neurons, feature_moments
from biasvar.theory.risk import Risk

# Number of sets of weights to draw: enough for about FEATURES random features in total, but within SETS.
FEATURES, SETS = 4000, (4, 400)


@dataclass(frozen=True)
class RandomFeaturesRisk(Risk):
    """The risk, with its variance also split by source: variance = variance_given_weights + variance_of_weights.

    ``variance_given_weights`` is the variance over training sets at fixed weights, averaged over weights (in a crossed
    design, data and interaction). ``variance_of_weights`` is that of the mean over training sets (init).
    """

    variance_given_weights: float
    variance_of_weights: float


def random_features_risk(
    beta_D: np.ndarray,
    p: int,
    n: int,
    noise_variance: float,
    weight_decay: float,
    *,
    activation: Callable[[np.ndarray], np.ndarray],
    weight_std: float = 1.0,
    offsets: str = "normal",
    weights: str = "gaussian",
    seed: int = 0,
) -> RandomFeaturesRisk:
    """Return the decomposition for y = x' beta + noise, x standard normal, fitted from n rows on p random features.

    Features are z_j(x) = p^(-1/2) phi(u_j' x / sqrt(D) + b_j), with u_j normal of standard deviation ``weight_std`` (or
    u_j / sqrt(D) ``orthonormal`` in runs of D, times weight_std) and offsets b_j that are ``normal`` of the same,
    ``uniform`` on [0, 2 pi), or ``none``. The fit minimises |y - Z w|^2 +
    alpha |w|^2 with alpha = n weight_decay / 2 and no intercept; weight_decay = 0 is the fit of minimum norm.

    Asymptotic. Given the weights, with Sigma = E zz', c = E z x'beta (see ``feature_moments``) and kappa the root of
    alpha / n = kappa (1 - tr Sigma (Sigma + kappa)^-1 / n), over training sets

        mean weights w = (Sigma + kappa)^-1 c, whose squared error is B = |beta|^2 - 2 c'w + w'Sigma w,
        variance = (B + sigma^2) g / (1 - g) with g = tr Sigma^2 (Sigma + kappa)^-2 / n.

    Over weights too, whose distribution is isotropic, the mean prediction is x'beta q(|x|); q is approximated as linear
    in |x|^2, and bias_squared is the squared distance from x'beta. The variance of the weights is E B - bias_squared.
    Expectations over weights are means over seeded draws.

    The approximation is that rows of features behave as Gaussian ones with the same moments (Gaussian equivalence), up
    to terms of order 1/n and 1/D. Against simulations at n = 40 to 200 and D = 20 to 120 with weight decays from 0.001
    on, bias_squared and variance are within 7 % of their sum (ReLU, D = 40), 6 % (D = 20) and mostly 3 %. Smaller
    weight decays are not covered near p = n, nor with ReLU, whose rarely active neurons have heavier tails than
    Gaussian features.

    Sources: Mei, Montanari 2022, "The generalization error of random features regression"; Adlam, Pennington 2020,
    "Understanding double descent requires a fine-grained bias-variance decomposition"; Simon et al. 2023, "The
    eigenlearning framework".

    Raises
    ------
    ValueError
        For p or n below 1, a negative weight decay, a beta of zeros, or an unknown distribution of weights or offsets.
    """
    if not np.any(beta_D):
        raise ValueError("beta is zero everywhere; expected a signal")
    if p < 1 or n < 1 or not weight_decay >= 0:
        raise ValueError(f"p = {p}, n = {n}, weight_decay = {weight_decay}; expected at least 1, 1 and 0")
    signal = float(np.sum(np.square(beta_D)))
    sets = min(max(math.ceil(FEATURES / p), SETS[0]), SETS[1])
    given = []
    for number in range(sets):
        neurons = Neurons.draw(
            seeds.generator(seed, "estimation", 20, number), p, len(beta_D), weight_std, offsets, weights
        )
        moments = feature_moments(neurons, activation, beta_D)
        given.append(given_weights(*moments, signal, n, noise_variance, weight_decay / 2))
    linear, cubic, error, variance = map(float, np.mean(given, axis=0))
    bias_squared = (math.sqrt(signal) - linear) ** 2 + cubic**2
    of_weights = error - bias_squared
    return RandomFeaturesRisk(noise_variance, bias_squared, of_weights + variance, variance, of_weights)


def given_weights(
    second_PP: np.ndarray, cross_P2: np.ndarray, signal: float, n: int, noise_variance: float, decay: float
) -> tuple[float, float, float, float]:
    """Return the mean fit's coefficients of the two psi, its squared error B, and the variance, at given weights.

    Mean and variance are over training sets. See ``feature_moments`` for psi.
    """
    values_P, vectors_PP = np.linalg.eigh(second_PP)
    values_P = np.maximum(values_P, 0)
    cross_P2 = math.sqrt(signal) * (vectors_PP.T @ cross_P2)
    kappa = effective_decay(values_P, n, decay)
    shrunk_P = values_P + kappa
    kept_P = shrunk_P > 1e-14 * values_P[-1]
    values_P, cross_P2, shrunk_P = values_P[kept_P], cross_P2[kept_P], shrunk_P[kept_P]
    weights_P = cross_P2[:, 0] / shrunk_P
    error = signal - 2 * float(cross_P2[:, 0] @ weights_P) + float(values_P @ weights_P**2)
    spent = float(np.sum((values_P / shrunk_P) ** 2)) / n
    variance = (error + noise_variance) * spent / (1 - spent) if spent < 1 else math.inf
    linear, cubic = cross_P2.T @ weights_P / math.sqrt(signal)
    return float(linear), float(cubic), error, variance


def effective_decay(values_P: np.ndarray, n: int, decay: float) -> float:
    """Return the kappa with decay = kappa (1 - sum_j values_j / (values_j + kappa) / n).

    Without decay it is 0 if there are no more directions than rows, else the root of sum_j ... = n.
    """
    if decay == 0 and np.count_nonzero(values_P > 1e-14 * values_P[-1]) <= n:
        return 0.0

    def excess(kappa: float) -> float:
        return kappa - decay - kappa * float(np.sum(values_P / (values_P + kappa))) / n

    # Without decay both sides vanish at kappa = 0, so the bracket starts above it. Its upper end is twice the largest
    # possible root, which exceeds the root even if a large decay leaves only rounding.
    low, high = max(decay, 1e-16 * float(values_P[-1])), 2 * (decay + float(np.sum(values_P)) / n)
    return float(brentq(excess, low, high, xtol=1e-18, rtol=1e-13)) if excess(low) < 0 else low
