"""The Bayes error of Gaussian classes in the plane with any priors, means and covariances."""

from functools import cache

import numpy as np

from biasvar.theory.bayes_error import REACH, STEP, BayesError, noise_of

SHARP = 1e-3  # relative accuracy of the zero-one error: 1 - max p has kinks where classes meet

Numbers = tuple[float, ...]


@cache
def mixture_error(
    priors: Numbers, means: tuple[Numbers, ...], spreads: Numbers, correlations: Numbers
) -> tuple[BayesError, BayesError]:
    """Return the Bayes error under each classification loss, and the standard deviation over x of the terms averaged.

    x given class k is normal in the plane with mean ``means[k]`` and covariance spreads[k]^2 [[1, r], [r, 1]], r =
    correlations[k]. With p the posterior at x, that is p_k proportional to prior times density: zero_one = E 1 - max p,
    squared_error = E sum_k p_k (1 - p_k), cross_entropy = E -sum_k p_k log p_k, by the trapezoid rule around each mean.
    The zero-one error is accurate to a relative ``SHARP``, the others to 1e-8.

    Further dimensions are irrelevant to the class if all spreads are equal.

    Raises
    ------
    ValueError
        For lists of unequal length.
    """
    if not len(priors) == len(means) == len(spreads) == len(correlations):
        raise ValueError(
            "priors, means, spreads and correlations have unequal lengths; expected a number for each class"
        )
    steps_G = np.arange(-REACH, REACH + STEP / 2, STEP)
    mass_G = np.exp(-(steps_G**2) / 2)
    mass_G /= mass_G.sum()
    means_K2, spreads_K, slopes_K = np.array(means), np.array(spreads), np.array(correlations)
    narrow_K = np.sqrt(1 - slopes_K**2)
    heights_K = np.log(priors) - 2 * np.log(spreads_K) - np.log(narrow_K)
    first_3, second_3 = np.zeros(3), np.zeros(3)
    for prior, mean_2, spread, slope, narrow in zip(priors, means_K2, spreads_K, slopes_K, narrow_K, strict=True):
        for step, mass in zip(steps_G, mass_G, strict=True):  # one line of the grid at a time
            x_G2 = mean_2 + spread * np.stack([np.full_like(steps_G, step), slope * step + narrow * steps_G], axis=1)
            z_2GK = ((x_G2[:, None] - means_K2) / spreads_K[:, None]).transpose(2, 0, 1)
            across_GK = (z_2GK[1] - slopes_K * z_2GK[0]) / narrow_K
            noise_3G = noise_of(heights_K - (z_2GK[0] ** 2 + across_GK**2) / 2)
            first_3 += prior * mass * noise_3G @ mass_G
            second_3 += prior * mass * noise_3G**2 @ mass_G
    return BayesError(*first_3.tolist()), BayesError(*np.sqrt(np.maximum(second_3 - first_3**2, 0)).tolist())
