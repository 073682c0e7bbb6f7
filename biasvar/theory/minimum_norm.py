"""The exact risk of minimum-norm regression on the first p of D Gaussian features (Belkin, Hsu, Xu 2019)."""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Risk:
    """Expected squared error and its parts, over fresh training sets and x."""

    noise: float
    bias_squared: float
    variance: float

    @property
    def risk(self) -> float:
        """The sum of the parts."""
        return self.noise + self.bias_squared + self.variance


def minimum_norm_risk(beta_D: np.ndarray, p: int, n: int, noise_variance: float) -> Risk:
    """Return the exact decomposition for y = x' beta + noise, x standard normal, fitted on x_1..x_p from n rows.

    With s = |beta_1..p|^2, t = |beta_p+1..D|^2 (which acts as further noise) and sigma^2 the noise variance:

    - p <= n - 2: bias_squared = t, variance = (sigma^2 + t) p / (n - p - 1);
    - p >= n + 2: the mean fit is (n / p) beta on the features used, so bias_squared = t + s (1 - n/p)^2 and
      variance = s (n/p) (1 - n/p) + (sigma^2 + t) n / (p - n - 1);
    - in between the variance is infinite, and bias_squared is the limit of the two.

    Source: Belkin, Hsu, Xu 2019, "Two models of double descent for weak features", theorem 1, whose risk this splits.

    Raises
    ------
    ValueError
        Where p is not between 0 and D.
    """
    if not 0 <= p <= len(beta_D):
        raise ValueError(f"p = {p} is not between 0 and the {len(beta_D)} features of beta")
    seen, unseen = float(np.sum(beta_D[:p] ** 2)), float(np.sum(beta_D[p:] ** 2))
    unexplained = noise_variance + unseen
    if p <= n - 2:
        return Risk(noise_variance, unseen, unexplained * p / (n - p - 1))
    if p <= n + 1:
        return Risk(noise_variance, unseen + seen * max(0.0, 1 - n / p) ** 2, math.inf)
    share = n / p
    variance = seen * share * (1 - share) + unexplained * n / (p - n - 1)
    return Risk(noise_variance, unseen + seen * (1 - share) ** 2, variance)
