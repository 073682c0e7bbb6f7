"""The asymptotic risk of a linear model along gradient descent from zero (Heckel, Yilmaz 2021)."""

import numpy as np

from biasvar.theory.risk import Risk


def gradient_descent_risk(
    beta_D: np.ndarray, deviations_D: np.ndarray, n: int, noise_variance: float, step: float, t: int
) -> Risk:
    """Return the risk after t steps w += (step / n) X'(y - X w) from w = 0, for y = x' beta + noise on n rows.

    Inputs are independent, of mean zero and standard deviation c_j. With q_j = 1 - step c_j^2 and noise variance s2:

        bias_squared = sum_j c_j^2 beta_j^2 q_j^(2 t),  variance = (s2 / n) sum_j (1 - q_j^t)^2.

    torch's mean squared error has twice this gradient: its learning rate is step / 2. The error of the risk is of order
    D / n. Its split is rougher: the formula leaves out what the inputs of a training set add to the variance of the
    signal's fit, some tenths of signal D / n at the time at which a direction is learnt.

    Source: Heckel, Yilmaz 2021, "Early stopping in deep networks: double descent and how to eliminate it", theorem 1.
    """
    rest_D = (1 - step * deviations_D**2) ** t
    bias_squared = float(np.sum((deviations_D * beta_D * rest_D) ** 2))
    return Risk(noise_variance, bias_squared, float(noise_variance / n * np.sum((1 - rest_D) ** 2)))
