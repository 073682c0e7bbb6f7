"""Moments of random neurons of a Gaussian input, from Hermite expansions of their activation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

# The trapezoid rule on +-REACH standard deviations: unlike Gauss-Hermite, accurate to 1e-5 for activations with kinks.
REACH, STEP = 8.0, 0.01
DEGREES = 16

# The distributions of weights, in units of their standard deviation, and of offsets.
WEIGHTS: Mapping[str, Callable[[np.random.Generator, int, int], np.ndarray]] = {
    "gaussian": lambda generator, p, dimension: generator.standard_normal((p, dimension)) / np.sqrt(dimension),
    "orthonormal": lambda generator, p, dimension: rotations(generator, -(-p // dimension), dimension)[:p],
}
OFFSETS: Mapping[str, Callable[[np.random.Generator, int, float], np.ndarray]] = {
    "normal": lambda generator, p, weight_std: generator.standard_normal(p) * weight_std,
    "uniform": lambda generator, p, weight_std: generator.uniform(0, 2 * np.pi, p),
    "none": lambda generator, p, weight_std: np.zeros(p),
}


@dataclass(frozen=True)
class Neurons:
    """Neurons phi(w_j' x + b_j): weights [P, D] and offsets [P]."""

    weights_PD: np.ndarray
    offsets_P: np.ndarray

    @classmethod
    def draw(
        cls,
        generator: np.random.Generator,
        p: int,
        dimension: int,
        weight_std: float,
        offsets: str,
        weights: str = "gaussian",
    ) -> "Neurons":
        """Return p drawn neurons whose weights are normal with standard deviation weight_std / sqrt(D).

        ``orthonormal`` weights are orthogonal rows of length weight_std, in runs of D.

        Raises
        ------
        ValueError
            For unknown weights or offsets.
        """
        if weights not in WEIGHTS or offsets not in OFFSETS:
            choices = f"{' or '.join(WEIGHTS)}, and {' or '.join(OFFSETS)}"
            raise ValueError(f"weights = {weights!r} with offsets = {offsets!r} is not known; choose {choices}")
        return cls(WEIGHTS[weights](generator, p, dimension) * weight_std, OFFSETS[offsets](generator, p, weight_std))


def feature_moments(
    neurons: Neurons, activation: Callable[[np.ndarray], np.ndarray], beta_D: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return E zz' [P, P] and E z psi' [P, 2] of z_j = P^(-1/2) phi(w_j' x + b_j) over x standard normal.

    The two functions psi are of mean square 1: x't and x't (|x|^2 - D - 2) / sqrt(2 (D + 2)), with t = beta / |beta|.
    With r_j = |w_j|, v_j = w_j / r_j and a_jk the coefficient of phi(b_j + r_j g) along the normalised Hermite
    polynomial of degree k in g, Mehler's formula gives E phi_i phi_j = sum_k a_ik a_jk (v_i'v_j)^k (k = 0 is the mean,
    k = 1 the linear part; high degrees are mostly on the diagonal, which is set to E phi_j^2), and the moments with psi
    are a_j1 v_j't and a_j3 v_j't sqrt(3 / (D + 2)).
    """
    width = len(neurons.offsets_P)
    radius_P1 = np.linalg.norm(neurons.weights_PD, axis=1, keepdims=True)
    directions_PD = neurons.weights_PD / radius_P1
    grid_G, mass_G = gaussian_grid()
    values_PG = activation(neurons.offsets_P[:, None] + radius_P1 * grid_G)
    coefficients_Pk = values_PG @ (hermite(grid_G, DEGREES) * mass_G).T
    cosine_PP = directions_PD @ directions_PD.T
    power_PP, second_PP = np.ones_like(cosine_PP), np.zeros_like(cosine_PP)
    for k in range(DEGREES + 1):
        second_PP += np.outer(coefficients_Pk[:, k], coefficients_Pk[:, k]) * power_PP
        power_PP *= cosine_PP
    np.fill_diagonal(second_PP, np.square(values_PG) @ mass_G)
    along_P = directions_PD @ beta_D / np.linalg.norm(beta_D) / np.sqrt(width)
    cubic = np.sqrt(3 / (len(beta_D) + 2))
    return second_PP / width, np.stack([coefficients_Pk[:, 1], cubic * coefficients_Pk[:, 3]], axis=1) * along_P[
        :, None
    ]


def rotations(generator: np.random.Generator, count: int, dimension: int) -> np.ndarray:
    """Return uniformly distributed orthogonal matrices, one below the other: [count D, D]."""
    axes_mDD, triangle_mDD = np.linalg.qr(generator.standard_normal((count, dimension, dimension)))
    signs_mD = np.sign(np.diagonal(triangle_mDD, axis1=1, axis2=2))
    return (axes_mDD * signs_mD[:, None, :]).reshape(count * dimension, dimension)


def gaussian_grid() -> tuple[np.ndarray, np.ndarray]:
    """Return points and weights of the trapezoid rule for the standard normal distribution, axes [G]."""
    grid_G = np.arange(-REACH, REACH + STEP / 2, STEP)
    mass_G = np.exp(-(grid_G**2) / 2)
    return grid_G, mass_G / mass_G.sum()


def hermite(grid_G: np.ndarray, degrees: int) -> np.ndarray:
    """Return the normalised Hermite polynomials of degrees 0 to ``degrees`` at the points of a grid: [k, G]."""
    rows = [np.ones_like(grid_G), grid_G]
    for k in range(2, degrees + 1):
        rows.append((grid_G * rows[-1] - np.sqrt(k - 1) * rows[-2]) / np.sqrt(k))
    return np.array(rows)
