"""The same model fitted again to some of its training rows: what cross-validation asks for."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from biasvar.training.exact.least_squares import LeastSquares


@dataclass(frozen=True)
class Refit:
    """One model's training set: distinct rows with their features [n, P], targets [n, K] and counts [n].

    ``training`` has the weight decay, which is relative to the number of rows, so that a fit to fewer rows is the one
    that the study would make of them.
    """

    z_nP: np.ndarray
    y_nK: np.ndarray
    counts_n: np.ndarray
    intercept: bool
    scale: float
    training: Any

    def squared_errors(self, left_out_n: np.ndarray) -> np.ndarray:
        """Return the squared error of a fit without some rows at these rows, summed over outputs: [rows left out]."""
        kept_n = ~left_out_n
        z_NP, y_nK = np.ascontiguousarray(self.z_nP[left_out_n]), self.y_nK[left_out_n]
        problem = LeastSquares(
            np.ascontiguousarray(self.z_nP[kept_n]),
            z_NP,
            self.y_nK[kept_n],
            self.counts_n[kept_n],
            self.intercept,
            self.scale,
        )
        (found,) = problem.path([self.training])
        return np.square(y_nK - found.eval_NK).sum(axis=1)

    def leave_one_out(self) -> np.ndarray:
        """Return the squared error at each row of the fit without it, at the penalty alpha of all rows: [n].

        The residual over 1 - S_ii, with S the smoother of all rows (Allen 1974). Where the fit interpolates both are 0:
        the limit is [G^-1 y]_i / [G^-1]_ii, with G = A A' of the centred features (Hastie et al. 2022, section 7).
        """
        whole = LeastSquares(self.z_nP, self.z_nP[:1], self.y_nK, self.counts_n, self.intercept, self.scale)
        alpha = self.training.weight_decay * whole.rows / (2 * self.scale**2)
        left_nr, sigma_r, _ = whole.decomposition
        kept = sigma_r > max(self.training.cutoff, max(whole.a_nP.shape) * np.finfo(float).eps) * sigma_r.max(initial=0)
        left_nr, squares_r = left_nr[:, kept], sigma_r[kept] ** 2
        # I - S = sum_r u_r u_r' alpha / (sigma_r^2 + alpha) on the features' span, and all that is orthogonal to it.
        mean_n1 = (whole.root_n / np.sqrt(whole.rows))[:, None] if self.intercept else np.zeros((len(self.z_nP), 0))
        spanned_nr = np.concatenate([mean_n1, left_nr], axis=1)
        beyond = np.eye(len(self.z_nP)) - spanned_nr @ spanned_nr.T
        free = spanned_nr.shape[1] < len(self.z_nP)
        if alpha == 0 and not free:
            beyond = (left_nr / squares_r) @ left_nr.T
        else:
            beyond += (left_nr * (alpha / (squares_r + alpha))) @ left_nr.T
        b_nK = self.y_nK * whole.root_n[:, None]
        errors_nK = (beyond @ b_nK) / np.diagonal(beyond)[:, None] / whole.root_n[:, None]
        return np.square(errors_nK).sum(axis=1)
