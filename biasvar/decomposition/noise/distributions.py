"""Noise distributions of mean 0 and variance 1, each by the mean distance of a draw from a number."""

import numpy as np
import scipy

FREEDOM = 5
"""Degrees of freedom of Student's distribution."""

STUDENT_SCALE = float(np.sqrt((FREEDOM - 2) / FREEDOM))

FARTHEST = 1e100  # in standard deviations; beyond it the distribution makes no difference

# E |e - z| - |z| at z >= 0: the excess of the mean distance over z, which falls to 0. By symmetry 2 E max(e - z, 0).
EXCESS = {
    "gaussian": lambda z: 2 * (np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) - z * scipy.special.ndtr(-z)),
    "laplace": lambda z: np.exp(-np.sqrt(2) * z) / np.sqrt(2),
    "uniform": lambda z: np.maximum(np.sqrt(3) - z, 0) ** 2 / (2 * np.sqrt(3)),
    "student": lambda z: student_excess(z / STUDENT_SCALE) * STUDENT_SCALE,
}
DENSITY_AT_0 = 8 / (3 * np.pi * np.sqrt(5))  # of Student's distribution with 5 degrees of freedom


def student_excess(t: np.ndarray) -> np.ndarray:
    """Return E |T - t| - |t| at t >= 0: 2 (nu + t^2) / (nu - 1) f(t) - 2 t P(T > t), with f the density."""
    tail = (1 + t**2 / FREEDOM) ** (-(FREEDOM - 1) / 2)
    return 2 * (FREEDOM / (FREEDOM - 1) * DENSITY_AT_0 * tail - t * scipy.special.stdtr(FREEDOM, -t))


def mean_distance(away: np.ndarray, deviation: np.ndarray, distribution: str) -> np.ndarray:
    """Return E |Y - f|, with f at distance ``away`` from the mean of Y, and noise of a distribution and deviation.

    = |away| + deviation EXCESS(|away| / deviation), exactly; |away| where there is no noise.
    """
    far = np.abs(away)
    deviation = np.broadcast_to(deviation, far.shape)
    with np.errstate(over="ignore"):
        z = np.divide(far, deviation, out=np.full(far.shape, FARTHEST), where=deviation > 0)
    return far + deviation * EXCESS[distribution](np.minimum(z, FARTHEST))


def check_noise_distribution(distribution: str, noise: np.ndarray | float | None) -> None:
    """Raise for an unknown distribution, and for one without a variance."""
    if distribution not in EXCESS:
        raise ValueError(f"noise_distribution = {distribution!r} is not known; choose one of {', '.join(EXCESS)}")
    if noise is None:
        raise ValueError(f"noise_distribution = {distribution!r} was given without noise, its variance")
