"""The exact risk of least squares and ridge regression at fixed training inputs, over fresh labels."""

import numpy as np

from biasvar.theory.risk import Risk


def fixed_design_risk(
    z_nP: np.ndarray,
    z_NP: np.ndarray,
    f_n: np.ndarray,
    f_N: np.ndarray,
    noise_n: np.ndarray,
    noise_N: np.ndarray,
    weight_decay: float,
    *,
    intercept: bool,
) -> Risk:
    """Return the decomposition for y = f + noise of variance ``noise``, fitted on n rows of features and read at N.

    The fit minimises |y - Z w|^2 + alpha |w|^2 with alpha = n weight_decay / 2; weight_decay = 0 is the fit of minimum
    norm. It is S y with S [N, n] that depends on the inputs alone, whatever the distribution of the noise:

        bias_squared = mean (S f - f)^2,  variance = mean of sum_n S_Nn^2 noise_n,

    which at the training inputs, with noise variance sigma^2 and p coefficients of least squares, is sigma^2 p / n.
    """
    rows, features = z_nP.shape
    mean_P = z_nP.mean(axis=0) if intercept else np.zeros(features)
    centred_nP, alpha = z_nP - mean_P, rows * weight_decay / 2
    inverse_Pn = (
        np.linalg.solve(centred_nP.T @ centred_nP + alpha * np.eye(features), centred_nP.T)
        if alpha > 0
        else np.linalg.pinv(centred_nP)
    )
    smoother_Nn = (z_NP - mean_P) @ inverse_Pn
    if intercept:
        smoother_Nn += (1 - smoother_Nn.sum(axis=1, keepdims=True)) / rows
    bias_squared = float(np.mean((smoother_Nn @ f_n - f_N) ** 2))
    return Risk(float(noise_N.mean()), bias_squared, float(np.mean(smoother_Nn**2 @ noise_n)))
