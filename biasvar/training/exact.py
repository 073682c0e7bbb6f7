"""Exact training of what is linear in its parameters: ridge for a whole path of weight decays, and minimum norm."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import ClassVar

import numpy as np

from biasvar.settings import key
from biasvar.training.inputs import Fit, Inputs
from biasvar.training.member import Member


@dataclass(frozen=True)
class Exact:
    """Minimise mean_i sum_k (y_ik - f_k(x_i))^2 + (weight_decay / 2) |w|^2 in closed form, in float64.

    ``weight_decay`` is what torch's optimisers call so, with a loss that is a mean over rows. In the chapter's terms,
    alpha = n weight_decay / 2; Hastie's lambda is alpha / n. The intercept is not penalised. At 0 the fit is the
    least-squares one of minimum norm, by singular values above ``cutoff`` times the largest.
    """

    kind: ClassVar[str] = "exact"

    weight_decay: float = key(0.0, "coefficient of (1/2)|w|^2 beside the mean loss; 0: minimum norm", at_least=0)
    cutoff: float = key(1e-11, "singular values below this share of the largest count as zero", above=0, below=1)

    @staticmethod
    def refuses(model, data) -> str:
        """Return why the model cannot be trained this way, or an empty text."""
        if model.linear_in_parameters:
            return ""
        return f"training=exact fits what is linear in its parameters, and model={model.kind} is not: use training=sgd"

    @staticmethod
    def flops(member: Member) -> float:
        """Return a rough count of floating-point operations."""
        rows, features = member.data.n_train, member.model.size
        return 4.0 * rows * features * (min(rows, features) + member.data.outputs) + 2.0 * member.data.n_eval * features

    @staticmethod
    def unit(member: Member) -> tuple:
        """Return what members must have in common to share one decomposition: all but the weight decay."""
        return (member.model.family(), member.model.size, member.draws.initialisation, member.training.cutoff)

    @staticmethod
    def fit(members: Sequence[Member], inputs: Inputs) -> Iterator[tuple[Member, Fit]]:
        """Fit members of one replicate; those of one feature family are views of the widest one's matrix."""
        for _, same_family in groupby(sorted(members, key=order), key=lambda m: order(m)[:2]):
            family = list(same_family)
            widest = max(family, key=lambda m: m.model.size)
            size = widest.model.size
            train_nP = widest.model.feature_matrix(inputs.x_nD, size, widest.init_sequence())
            eval_NP = widest.model.feature_matrix(inputs.x_ND, size, widest.init_sequence())
            for _, same_unit in groupby(family, key=order):
                unit = list(same_unit)
                model = unit[0].model
                design = Design(
                    np.ascontiguousarray(train_nP[:, : model.size]) * model.scale,
                    np.ascontiguousarray(eval_NP[:, : model.size]) * model.scale,
                    inputs.y_nK,
                    inputs.counts_n,
                    model.has_intercept(unit[0].data),
                )
                yield from zip(unit, design.path([m.training for m in unit]), strict=True)


def order(member: Member) -> tuple:
    """Return a sorting key by family, initialisation, size and cutoff."""
    return (repr(member.model.family()), member.draws.initialisation, member.model.size, member.training.cutoff)


class Design:
    """A weighted least-squares problem, centred where it has an intercept.

    Rows of the distinct training set are weighted by the square root of their counts, which gives the same fit as
    repeating them, from a smaller matrix.
    """

    def __init__(self, z_nP, z_NP, y_nK, counts_n, intercept: bool):
        self.rows = counts_n.sum()
        self.mean_P = np.average(z_nP, axis=0, weights=counts_n) if intercept else np.zeros(z_nP.shape[1])
        self.mean_K = np.average(y_nK, axis=0, weights=counts_n) if intercept else np.zeros(y_nK.shape[1])
        root_n1 = np.sqrt(counts_n)[:, None]
        self.train_nP, self.eval_NP = z_nP - self.mean_P, z_NP - self.mean_P
        self.a_nP = self.train_nP * root_n1
        self.b_nK = (y_nK - self.mean_K) * root_n1

    def path(self, trainings: Sequence[Exact]) -> Iterator[Fit]:
        """Return the fit at each weight decay; all positive ones share one eigendecomposition."""
        ridge = cache(self.ridge)  # decomposed only if some weight decay is positive, and once
        for training in trainings:
            if training.weight_decay > 0:
                w_PK = ridge()(self.rows * training.weight_decay / 2)
            else:
                w_PK = self.minimum_norm(training.cutoff)
            yield Fit(self.eval_NP @ w_PK + self.mean_K, self.train_nP @ w_PK + self.mean_K)

    def ridge(self) -> Callable[[float], np.ndarray]:
        """Return alpha -> argmin_w |b - A w|^2 + alpha |w|^2, from the smaller of A'A (primal) and AA' (dual)."""
        rows, features = self.a_nP.shape
        if features <= rows:
            values_P, vectors_PP = np.linalg.eigh(self.a_nP.T @ self.a_nP)
            projected_PK = vectors_PP.T @ (self.a_nP.T @ self.b_nK)
            return lambda alpha: vectors_PP @ (projected_PK / (np.maximum(values_P, 0) + alpha)[:, None])
        values_n, vectors_nn = np.linalg.eigh(self.a_nP @ self.a_nP.T)
        projected_nK = vectors_nn.T @ self.b_nK
        back_Pn = self.a_nP.T @ vectors_nn
        return lambda alpha: back_Pn @ (projected_nK / (np.maximum(values_n, 0) + alpha)[:, None])

    def minimum_norm(self, cutoff: float) -> np.ndarray:
        """Return the least-squares solution of minimum norm, [P, K]."""
        if self.a_nP.shape[1] == 0:
            return np.zeros((0, self.b_nK.shape[1]))
        left, values, right = np.linalg.svd(self.a_nP, full_matrices=False)
        kept = values > cutoff * values[0]
        return right[kept].T @ ((left[:, kept].T @ self.b_nK) / values[kept, None])
