"""Exact training of what is linear in its parameters: ridge for a whole path of weight decays, and minimum norm."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

import numpy as np

from biasvar.settings import key
from biasvar.training.inputs import Fit, Inputs
from biasvar.training.least_squares import LeastSquares
from biasvar.training.member import Member


@dataclass(frozen=True)
class Exact:
    """Minimise mean_i sum_k (y_ik - f_k(x_i))^2 + (weight_decay / 2) |w|^2 in closed form, in float64.

    ``weight_decay`` is what torch's optimisers call so, with a loss that is a mean over rows. In the chapter's terms,
    alpha = n weight_decay / 2; Hastie's lambda is alpha / n. The intercept is not penalised. At 0 the fit is the
    least-squares one of minimum norm, by singular values above ``cutoff`` times the largest.
    """

    kind: ClassVar[str] = "exact"
    stochastic: ClassVar[bool] = False

    weight_decay: float = key(0.0, "coefficient of (1/2)|w|^2 beside the mean loss; 0: minimum norm", at_least=0)
    cutoff: float = key(1e-11, "singular values below this share of the largest count as zero", above=0, below=1)

    @staticmethod
    def refuses(model) -> str:
        """Return why the model cannot be trained this way, or an empty text."""
        if model.linear_in_parameters:
            return ""
        return f"training=exact fits what is linear in its parameters, and model={model.kind} is not: use training=sgd"

    @staticmethod
    def flops(member: Member) -> float:
        """Return a rough count of floating-point operations."""
        rows, features = member.data.n_train, member.model.size
        directions = min(rows, features)
        solving = 4.0 * rows * features * (directions + member.data.outputs)
        return solving + 2.0 * member.data.n_eval * features * (directions + member.data.outputs)

    @staticmethod
    def unit(member: Member) -> tuple:
        """Return what members must have in common to share one decomposition: all but the weight decay."""
        return (member.model.family(), member.model.size, member.draws.init, member.training.cutoff)

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
                problem = LeastSquares(
                    np.ascontiguousarray(train_nP[:, : model.size]) * model.scale,
                    np.ascontiguousarray(eval_NP[:, : model.size]) * model.scale,
                    inputs.y_nK,
                    inputs.counts_n,
                    model.has_intercept(unit[0].data),
                )
                yield from zip(unit, problem.path([m.training for m in unit]), strict=True)


def order(member: Member) -> tuple:
    """Return a sorting key by family, initialisation, size and cutoff."""
    return (repr(member.model.family()), member.draws.init, member.model.size, member.training.cutoff)
