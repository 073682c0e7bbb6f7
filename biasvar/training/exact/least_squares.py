"""Weighted least squares: every weight decay from one decomposition, and the effective size of each fit."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from biasvar.data.views import mean, rounding
from biasvar.training.measures.fitted_model import FittedModel, Smoother, some

# Combinations are computed for this many fits and outputs at a time, with the last block padded: every product has the
# same shape, and so the same bits, whichever weight decays share a decomposition.
BLOCK = 32
TILE, FEWEST = 2**16, 64  # numbers (and at least this many rows) multiplied at a time: they stay in the cache
# A'A is decomposed if its smallest eigenvalue plus alpha is at least this share of its trace before centring: its
# rounding, a few 1e-16 of its largest eigenvalue, then affects about the tenth digit. Otherwise A itself is decomposed.
CONDITION = 1e-6


@dataclass(frozen=True)
class Spectrum:
    """A decomposition A = sum_r sigma_r u_r v_r' of the weighted training set.

    The weights of a fit are w = sum_r c_r d_r / (sigma_r^2 + alpha) with c_r = sigma_r u_r' b and d_r = v_r, or with
    c_r = u_r' b and d_r = sigma_r v_r = A' u_r. ``values_r`` holds sigma_r^2, ``projected_rK`` c_r, and ``gains_r`` the
    mean over evaluation points of (sigma_r v_r' z(x))^2, with z(x) the centred features. The product of ``directions``
    is d, [r, P], and ``fitted_nr`` is A d where it costs nothing.
    """

    values_r: np.ndarray
    projected_rK: np.ndarray
    gains_r: np.ndarray
    directions: tuple[np.ndarray, ...]
    fitted_nr: np.ndarray | None = None


class Solution(NamedTuple):
    """A fit: its predictions at evaluation points [N, K], on training rows [n, K] and elsewhere, and its weights."""

    eval_NK: np.ndarray
    train_nK: np.ndarray
    others: Mapping[str, np.ndarray]
    model: FittedModel


class LeastSquares:
    """argmin_w |b - A w|^2 + alpha |w|^2, centred where there is an intercept.

    Rows of the distinct training set are weighted by the square root of their counts. This gives the same fit as
    repeating them, from a smaller matrix. Axes: n distinct rows, P features, K outputs, N evaluation points, L weight
    decays. Features that are all multiplied by ``scale`` are fitted without it, at alpha / scale^2. ``others`` holds
    the features of other rows to predict, by name. Of the singular directions the ``directions`` leading ones are kept,
    all if it is None. Trainings of one path share their cutoff.
    """

    def __init__(
        self,
        z_nP,
        z_NP,
        y_nK,
        counts_n,
        intercept: bool,
        scale: float = 1.0,
        others=MappingProxyType({}),
        directions: int | None = None,
    ):
        weights_n = counts_n.astype(np.float64)
        self.rows, self.intercept, self.scale = weights_n.sum(), intercept, scale
        self.mean_P = mean(z_nP, weights_n) if intercept else np.zeros(z_nP.shape[1])
        self.mean_K = mean(y_nK, weights_n) if intercept else np.zeros(y_nK.shape[1])
        self.root_n = np.sqrt(weights_n)
        self.a_nP = (z_nP - self.mean_P if intercept else z_nP) * self.root_n[:, None]
        self.b_nK = (y_nK - self.mean_K) * self.root_n[:, None]
        squares = np.vdot(self.a_nP, self.a_nP) + self.rows * np.vdot(self.mean_P, self.mean_P)
        self.smallest = CONDITION * float(squares)
        self.z_NP, self.others = z_NP, others
        self.directions = directions
        self.smoothed_sP = some(z_NP) - self.mean_P

    def path(self, trainings: Sequence[Any]) -> Iterator[Solution]:
        """Yield the fit at each training's weight decay, from two decompositions at most.

        A training's own weight decay alone decides which decomposition it uses, so its bits do not depend on the others
        in the path. Leading directions are those of the features themselves.
        """
        alphas = [training.weight_decay * self.rows / (2 * self.scale**2) for training in trainings]
        least = self.gram.values_r.min(initial=np.inf) if any(alphas) and self.directions is None else -np.inf
        cutoffs = [
            (t.cutoff if alpha == 0 else None if least + alpha >= self.smallest else 0.0)
            for t, alpha in zip(trainings, alphas, strict=True)
        ]
        for cutoff, alike in groupby(zip(cutoffs, alphas, strict=True), key=itemgetter(0)):
            alpha_L = np.array([alpha for _, alpha in alike])
            yield from self.fits(self.gram if cutoff is None else self.singular(cutoff), alpha_L, trainings[0].cutoff)

    def fits(self, spectrum: Spectrum, alpha_L: np.ndarray, cutoff: float) -> Iterator[Solution]:
        """Yield the fit at each alpha with its effective degrees of freedom and its effective parameters.

        A prediction is f(x) = s(x)' y with smoother weights s(x) over the n training rows, 1/n of the intercept in each
        of them. ``degrees_of_freedom`` is the trace of the smoother on those rows, sum_r sigma_r^2 / (sigma_r^2 +
        alpha), and 1 for the intercept. ``effective_parameters`` is n mean_x |s(x)|^2 over some evaluation
        points (``fitted_model.some``) (Curth, Jeffares, van der Schaar 2023), which unlike the trace falls again
        beyond the interpolation threshold.
        """
        shrunk_Lr = spectrum.values_r + alpha_L[:, None]
        degrees_L = self.intercept + np.sum(spectrum.values_r / shrunk_Lr, axis=1)
        effective_L = self.intercept + self.rows * np.sum(spectrum.gains_r / shrunk_Lr**2, axis=1)
        w_LKr = spectrum.projected_rK.T / shrunk_Lr[:, None, :]
        shares_rC = w_PC = w_LKr.reshape(math.prod(w_LKr.shape[:2]), w_LKr.shape[2]).T
        for directions_rP in spectrum.directions:
            w_PC = product(directions_rP.T, w_PC)
        fitted_nr = spectrum.fitted_nr
        train_nC = product(self.a_nP, w_PC) if fitted_nr is None else product(fitted_nr, shares_rC)
        train_nC /= self.root_n[:, None]
        fits = len(alpha_L)
        eval_NLK, train_nLK = self.with_means(self.predict(self.z_NP, w_PC), fits), self.with_means(train_nC, fits)
        others_NLK = {rows: self.with_means(self.predict(z_NP, w_PC), fits) for rows, z_NP in self.others.items()}
        weights_PLK, singular_values = self.by_fit(w_PC, fits), partial(self.singular_values, cutoff)
        for place, (degrees, effective) in enumerate(zip(degrees_L.tolist(), effective_L.tolist(), strict=True)):
            curvature = partial(self.curvature, cutoff, alpha_L[place])
            smoother = Smoother(degrees, effective, singular_values)
            yield Solution(
                eval_NLK[:, place],
                train_nLK[:, place],
                {rows: values_NLK[:, place] for rows, values_NLK in others_NLK.items()},
                FittedModel(partial(self.scaled, weights_PLK[:, place]), smoother, curvature),
            )

    def predict(self, z_NP: np.ndarray, w_PC: np.ndarray) -> np.ndarray:
        """Return predictions at rows before the targets' means are added, one column for each column of w."""
        found_NC = product(z_NP, w_PC)
        if self.intercept:
            found_NC -= product(self.mean_P[None], w_PC)
        return found_NC

    def scaled(self, w_PK: np.ndarray) -> list[np.ndarray]:
        """Return the weights of the features multiplied by ``scale``, which are those that weight decay shrinks."""
        return [w_PK / self.scale]

    def singular_values(self, cutoff: float) -> np.ndarray:
        """Return the nonzero singular values of the features with ``scale``."""
        return np.sqrt(self.singular(cutoff).values_r) * self.scale

    def curvature(self, cutoff: float, alpha: float) -> np.ndarray:
        """Return the eigenvalues of A'A + alpha I of the features with ``scale``, [P]."""
        values_r = self.singular(cutoff).values_r
        unseen = np.zeros(self.a_nP.shape[1] - len(values_r))
        return (np.concatenate([unseen, values_r]) + alpha) * self.scale**2

    def with_means(self, values_MC: np.ndarray, fits: int) -> np.ndarray:
        """Return predictions [M, L, K] from those of centred outputs in columns."""
        return self.by_fit(values_MC, fits) + self.mean_K

    def by_fit(self, values_MC: np.ndarray, fits: int) -> np.ndarray:
        """Return the columns of each fit, [M, L, K]."""
        return values_MC.reshape(len(values_MC), fits, len(self.mean_K))

    @cached_property
    def gram(self) -> Spectrum:
        """The eigendecomposition of the smaller of A'A (primal) and AA' (dual)."""
        rows, features = self.a_nP.shape
        if features <= rows:
            values_r, vectors_Pr = self.eigen(self.a_nP.T @ self.a_nP)
            return self.spectrum(values_r, vectors_Pr.T @ (self.a_nP.T @ self.b_nK), vectors_Pr.T)
        values_r, vectors_nr = self.eigen(self.a_nP @ self.a_nP.T)
        gains_r = mean_square((self.smoothed_sP @ self.a_nP.T) @ vectors_nr)
        directions = (vectors_nr.T, self.a_nP)
        return Spectrum(values_r, vectors_nr.T @ self.b_nK, gains_r, directions, vectors_nr * values_r)

    def eigen(self, gram_rr: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return ascending eigenvalues and vectors, without the zero eigenvalue from centring if it is well separated.

        Centred rows span one direction less than there are rows. If another eigenvalue is as small, the two are mixed.
        """
        values_r, vectors_rr = np.linalg.eigh(gram_rr)
        centred = self.intercept and len(gram_rr) == len(self.a_nP)
        first = int(centred and values_r[1:].min(initial=np.inf) >= self.smallest)
        return np.maximum(values_r[first:], 0), vectors_rr[:, first:]

    def singular(self, cutoff: float) -> Spectrum:
        """Return the singular values above ``cutoff`` times the largest, and above their rounding.

        The rounding is that of the decomposition, relative to the largest value, and that of the features, relative to
        their size before centring: the remainder of a constant feature is no direction.
        """
        left_nr, sigma_r, right_rP = self.decomposition
        largest = sigma_r.max(initial=0)
        squares_P = np.einsum("np,np->p", self.a_nP, self.a_nP) + self.rows * self.mean_P**2  # before centring
        share = max(cutoff, max(self.a_nP.shape) * np.finfo(float).eps)
        kept = sigma_r > np.maximum(share * largest, rounding(np.abs(right_rP) @ np.sqrt(squares_P)))
        kept[len(kept) if self.directions is None else self.directions :] = False
        sigma_r, right_rP = sigma_r[kept], right_rP[kept]
        return self.spectrum(sigma_r**2, sigma_r[:, None] * (left_nr[:, kept].T @ self.b_nK), right_rP)

    @cached_property
    def decomposition(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The singular value decomposition of A."""
        return np.linalg.svd(self.a_nP, full_matrices=False)

    def spectrum(self, values_r: np.ndarray, projected_rK: np.ndarray, vectors_rP: np.ndarray) -> Spectrum:
        """Return a decomposition from sigma_r^2, sigma_r u_r' b and v_r."""
        gains_r = values_r * mean_square(self.smoothed_sP @ vectors_rP.T)
        return Spectrum(values_r, projected_rK, gains_r, (vectors_rP,))


def product(values_MP: np.ndarray, w_PC: np.ndarray) -> np.ndarray:
    """Return values times w, [M, C], tile by tile and block by block; the bits do not depend on C."""
    found_MC = np.empty((len(values_MP), w_PC.shape[1]))
    blocks = [(slice(c, c + BLOCK), filled_up(w_PC[:, c : c + BLOCK])) for c in range(0, w_PC.shape[1], BLOCK)]
    step = max(TILE // max(values_MP.shape[1], 1), FEWEST)
    tile_mc = np.empty((min(step, len(values_MP)), BLOCK))
    for start in range(0, len(values_MP), step):
        for columns, w_Pc in blocks:
            part_MC = found_MC[start : start + step, columns]
            part_Mc = np.matmul(values_MP[start : start + step], w_Pc, out=tile_mc[: len(part_MC)])
            part_MC[:] = part_Mc[:, : part_MC.shape[1]]
    return found_MC


def filled_up(w_PC: np.ndarray) -> np.ndarray:
    """Return columns padded with zeros to a block."""
    return np.concatenate([w_PC, np.zeros((len(w_PC), BLOCK - w_PC.shape[1]))], axis=1)


def mean_square(values_sr: np.ndarray) -> np.ndarray:
    """Return the mean over evaluation points of the squares, axis [r]."""
    return np.einsum("sr,sr->r", values_sr, values_sr) / len(values_sr)
