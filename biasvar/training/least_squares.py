"""Weighted least squares: every weight decay from one decomposition, and what each fit spends on its data."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from biasvar.training.inputs import Fit


@dataclass(frozen=True)
class Spectrum:
    """A decomposition A = sum_r sigma_r u_r v_r', from which the weights at any alpha follow.

    ``values_r`` holds sigma_r^2 and ``gains_r`` the mean over evaluation points x of (sigma_r v_r' z(x))^2, with z(x)
    the centred features; ``solve`` takes alpha to the weights [P, K].
    """

    values_r: np.ndarray
    gains_r: np.ndarray
    solve: Callable[[float], np.ndarray]


class LeastSquares:
    """argmin_w |b - A w|^2 + alpha |w|^2, centred where there is an intercept.

    Rows of the distinct training set are weighted by the square root of their counts, which gives the same fit as
    repeating them, from a smaller matrix. Axes: n distinct rows, P features, K outputs, N evaluation points.
    """

    def __init__(self, z_nP, z_NP, y_nK, counts_n, intercept: bool):
        self.rows, self.intercept = counts_n.sum(), intercept
        self.mean_P = np.average(z_nP, axis=0, weights=counts_n) if intercept else np.zeros(z_nP.shape[1])
        self.mean_K = np.average(y_nK, axis=0, weights=counts_n) if intercept else np.zeros(y_nK.shape[1])
        root_n1 = np.sqrt(counts_n)[:, None]
        self.train_nP, self.eval_NP = z_nP - self.mean_P, z_NP - self.mean_P
        self.a_nP = self.train_nP * root_n1
        self.b_nK = (y_nK - self.mean_K) * root_n1

    def path(self, trainings: Sequence[Any]) -> Iterator[Fit]:
        """Yield the fit at each training's weight decay; all positive ones share one decomposition."""
        ridge = cache(self.ridge)  # decomposed only if some weight decay is positive, and once
        for training in trainings:
            spectrum = ridge() if training.weight_decay > 0 else self.minimum_norm(training.cutoff)
            yield self.fit(spectrum, self.rows * training.weight_decay / 2)

    def fit(self, spectrum: Spectrum, alpha: float) -> Fit:
        """Return the fit at one alpha with its effective degrees of freedom and its effective parameters.

        A prediction is f(x) = s(x)' y with smoother weights s(x) over the n training rows, 1/n of the intercept in each
        of them. ``degrees_of_freedom`` is the trace of the smoother on those rows, sum_r sigma_r^2 / (sigma_r^2 +
        alpha), and 1 for the intercept. ``effective_parameters`` is n mean_x |s(x)|^2 over the evaluation points
        (Curth, Jeffares, van der Schaar 2023), which unlike the trace falls again beyond the interpolation threshold.
        """
        w_PK = spectrum.solve(alpha)
        shrunk_r = spectrum.values_r + alpha
        return Fit(
            self.eval_NP @ w_PK + self.mean_K,
            self.train_nP @ w_PK + self.mean_K,
            degrees_of_freedom=float(self.intercept + np.sum(spectrum.values_r / shrunk_r)),
            effective_parameters=float(self.intercept + self.rows * np.sum(spectrum.gains_r / shrunk_r**2)),
        )

    def ridge(self) -> Spectrum:
        """Return the eigendecomposition of the smaller of A'A (primal) and AA' (dual)."""
        rows, features = self.a_nP.shape
        if features <= rows:
            values_P, vectors_PP = np.linalg.eigh(self.a_nP.T @ self.a_nP)
            values_P = np.maximum(values_P, 0)
            projected_PK = vectors_PP.T @ (self.a_nP.T @ self.b_nK)
            gains_P = values_P * mean_square(self.eval_NP @ vectors_PP)
            return Spectrum(values_P, gains_P, lambda alpha: vectors_PP @ (projected_PK / (values_P + alpha)[:, None]))
        values_n, vectors_nn = np.linalg.eigh(self.a_nP @ self.a_nP.T)
        values_n = np.maximum(values_n, 0)
        projected_nK = vectors_nn.T @ self.b_nK
        gains_n = mean_square((self.eval_NP @ self.a_nP.T) @ vectors_nn)

        def solve(alpha: float) -> np.ndarray:
            return self.a_nP.T @ (vectors_nn @ (projected_nK / (values_n + alpha)[:, None]))

        return Spectrum(values_n, gains_n, solve)

    def minimum_norm(self, cutoff: float) -> Spectrum:
        """Return the singular values above ``cutoff`` times the largest, for the solution of minimum norm."""
        if self.a_nP.shape[1] == 0:
            return Spectrum(np.zeros(0), np.zeros(0), lambda alpha: np.zeros((0, self.b_nK.shape[1])))
        left_nr, values_r, right_rP = np.linalg.svd(self.a_nP, full_matrices=False)
        kept = values_r > cutoff * values_r[0]
        left_nr, values_r, right_rP = left_nr[:, kept], values_r[kept], right_rP[kept]
        w_PK = right_rP.T @ ((left_nr.T @ self.b_nK) / values_r[:, None])
        return Spectrum(values_r**2, values_r**2 * mean_square(self.eval_NP @ right_rP.T), lambda alpha: w_PK)


def mean_square(values_Nr: np.ndarray) -> np.ndarray:
    """Return the mean over evaluation points of the squares, axis [r]."""
    return np.einsum("nr,nr->r", values_Nr, values_Nr) / len(values_Nr)
