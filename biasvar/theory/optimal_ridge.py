"""The best ridge penalty for isotropic inputs, and its risk (Nakkiran, Venkat, Kakade, Ma 2021)."""

import math


def optimal_weight_decay(p: int, n: int, noise_variance: float, signal: float) -> float:
    """Return the weight decay that is best for a fit on all p standard normal inputs, whatever n.

    The penalty of the sum of squares is alpha = n weight_decay / 2 = p sigma^2 / |beta|^2. Exact at every size.

    Source: Nakkiran, Venkat, Kakade, Ma 2021, "Optimal regularization can mitigate double descent", ICLR.
    """
    return 2 * p * noise_variance / (n * signal)


def optimal_ridge_excess(ratio: float, noise_variance: float, signal: float) -> float:
    """Return the risk without the noise of a ridge fit at that weight decay, with ``ratio`` = p / n.

    With lambda = ratio sigma^2 / |beta|^2, it is sigma^2 ratio m, where m is the Stieltjes transform of Marchenko and
    Pastur at -lambda: ratio lambda m^2 + (1 - ratio + lambda) m = 1. Asymptotic; it has no peak at p = n.
    """
    penalty = ratio * noise_variance / signal
    linear = 1 - ratio + penalty
    root = math.sqrt(linear**2 + 4 * ratio * penalty)
    transform = 2 / (linear + root) if linear >= 0 else (root - linear) / (2 * ratio * penalty)
    return noise_variance * ratio * transform
