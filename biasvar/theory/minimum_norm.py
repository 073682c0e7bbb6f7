"""The exact risk of minimum-norm regression on the first p of D Gaussian features (Belkin, Hsu, Xu 2019)."""

import math

import numpy as np

from biasvar.theory.risk import Risk, split_beta


def minimum_norm_risk(beta_D: np.ndarray, p: int, n: int, noise_variance: float) -> Risk:
    """Return the exact decomposition for y = x' beta + noise, x standard normal, fitted on x_1..x_p from n rows.

    With s = |beta_1..p|^2, t = |beta_p+1..D|^2 (which acts as further noise) and sigma^2 the noise variance:

    - p <= n - 2: bias_squared = t, variance = (sigma^2 + t) p / (n - p - 1);
    - p >= n + 2: the mean fit is (n / p) beta on the features used, so bias_squared = t + s (1 - n/p)^2 and
      variance = s (n/p) (1 - n/p) + (sigma^2 + t) n / (p - n - 1);
    - p = n - 1, n, n + 1: the variance is infinite (unless sigma^2 + t = 0). The weights have heavy tails of index
      |n - p| + 1: their mean, and so bias_squared by the same formulas (t up to p = n), exists at p = n - 1 and n + 1;
      at p = n it does not, and what is given is the limit of a ridge fit as its penalty goes to 0.

    Source: Belkin, Hsu, Xu 2019, "Two models of double descent for weak features", theorem 1, whose risk this splits.

    Raises
    ------
    ValueError
        If p is not between 0 and D.
    """
    seen, unseen = split_beta(beta_D, p)
    unexplained = noise_variance + unseen
    share = min(1.0, n / p) if p else 1.0
    bias_squared = unseen + seen * (1 - share) ** 2
    shrunk = seen * share * (1 - share)
    if unexplained == 0:
        return Risk(noise_variance, bias_squared, shrunk)
    if abs(n - p) <= 1:
        return Risk(noise_variance, bias_squared, math.inf)
    return Risk(noise_variance, bias_squared, shrunk + unexplained * min(n, p) / (abs(n - p) - 1))
