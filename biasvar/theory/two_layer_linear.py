"""The risk of a two-layer linear network with a random first layer, and its components (Lin, Dobriban 2021)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from biasvar.theory.risk import Risk


@dataclass(frozen=True)
class TwoLayerRisk(Risk):
    """The risk, with its variance also split by sets of sources: data, label_noise, init, and their interactions.

    ``components`` adds up to ``variance``; sets that are missing contribute nothing, by symmetry.
    """

    components: Mapping[tuple[str, ...], float]


@dataclass(frozen=True)
class Shrinkage:
    """What a ridge penalty does to q standard normal inputs on n rows, S = X'X / n, as n -> infinity with q / n fixed.

    ``lost`` is l t_1 and ``lost_squared`` l^2 t_2, the mean and mean square of the share of a coefficient that is lost;
    ``spread`` is t_1 - l t_2, with t_k = E tr (S + l)^-k / q (Marchenko, Pastur 1967). All are finite at l = 0.
    """

    lost: float
    lost_squared: float
    spread: float

    @classmethod
    def of(cls, ratio: float, penalty: float) -> "Shrinkage":
        """Return the shrinkage at ratio = q / n and penalty l; with k = l t_1, ratio k^2 + (l + 1 - ratio) k = l."""
        linear = penalty + 1 - ratio
        root = math.sqrt(linear**2 + 4 * ratio * penalty)
        # Two forms of the same root, each without cancellation on its side.
        lost = 2 * penalty / (linear + root) if linear >= 0 else (root - linear) / (2 * ratio)
        spread = (1 - lost) / root
        return cls(lost, lost - penalty * spread, spread)


def two_layer_linear_risk(
    signal: float, p: int, dimension: int, n: int, noise_variance: float, weight_decay: float, weight_std: float = 1.0
) -> TwoLayerRisk:
    """Return the decomposition for y = x' beta + noise, x standard normal in D dimensions, |beta|^2 = ``signal``.

    The fit f(x) = p^(-1/2) w' W x has p orthonormal random rows in W, times ``weight_std``, and minimises the sum of
    squares of n rows plus alpha |w|^2, alpha = n weight_decay / 2. With the penalty lambda = p weight_decay /
    (2 weight_std^2) of W x itself, pi = p / D, delta = D / n, gamma = p / n, k and s the ``lost`` and ``spread`` of
    gamma at lambda, and K and S those of delta at L = lambda + (1 - pi) / (2 pi) [lambda + 1 - gamma +
    sqrt((lambda + gamma - 1)^2 + 4 lambda)]:

        bias_squared = signal (1 - pi + pi k)^2
        data = signal (1 - 2 K + K_2 - pi^2 (1 - k)^2)
        init = signal pi (1 - pi) (1 - k)^2
        data and init = signal (pi (1 - 2 k + k_2 + (1 - pi) delta s) - 1 + 2 K - K_2) - init
        data and label_noise = sigma^2 delta S
        data, label_noise and init = sigma^2 delta (pi s - S)

    Asymptotic in n, p and D; simulated at D = 60 to 120 all are within 1.2 %.

    Source: Lin, Dobriban 2021, "What causes the test error? Going beyond bias-variance via ANOVA", JMLR 22(155).

    Raises
    ------
    ValueError
        If p is not between 1 and D, or for p = n without weight decay, where the variance is infinite.
    """
    if not 1 <= p <= dimension or not weight_decay >= 0 or (p == n and weight_decay == 0):
        settings = f"p = {p}, D = {dimension}, n = {n}, weight_decay = {weight_decay}"
        raise ValueError(f"{settings}: expected p from 1 to D, and a weight decay above 0, or of 0 and p other than n")
    penalty = p * weight_decay / (2 * weight_std**2)
    share, delta, gamma = p / dimension, dimension / n, p / n
    root = math.sqrt((penalty + gamma - 1) ** 2 + 4 * penalty)
    one = Shrinkage.of(gamma, penalty)
    both = Shrinkage.of(delta, penalty + (1 - share) / (2 * share) * (penalty + 1 - gamma + root))
    mean = 1 - 2 * both.lost + both.lost_squared
    init = signal * share * (1 - share) * (1 - one.lost) ** 2
    given = share * (1 - 2 * one.lost + one.lost_squared + (1 - share) * delta * one.spread)
    components = {
        ("data",): signal * (mean - share**2 * (1 - one.lost) ** 2),
        ("init",): init,
        ("data", "init"): signal * (given - mean) - init,
        ("data", "label_noise"): noise_variance * delta * both.spread,
        ("data", "label_noise", "init"): noise_variance * delta * (share * one.spread - both.spread),
    }
    bias_squared = signal * (1 - share + share * one.lost) ** 2
    return TwoLayerRisk(noise_variance, bias_squared, sum(components.values()), components)
