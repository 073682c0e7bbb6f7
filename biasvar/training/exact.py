"""Exact training of what is linear in its parameters: ridge for a whole path of weight decays, and minimum norm."""

from collections.abc import Iterable, Iterator, Sequence
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
    least-squares one of minimum norm, by singular values above ``cutoff`` times the largest. Directions that are
    but the rounding of the features count as zero at any weight decay.
    """

    kind: ClassVar[str] = "exact"
    numerics: ClassVar[int] = 1
    stochastic: ClassVar[bool] = False

    weight_decay: float = key(
        0.0, "coefficient of (1/2)|w|^2 beside the mean loss; 0: minimum norm", at_least=0, at_most=1e12, neutral=0.0
    )
    cutoff: float = key(1e-11, "singular values below this share of the largest count as zero", above=0, below=1)

    @staticmethod
    def incompatibility(model) -> str:
        """Return why the model cannot be trained this way, or an empty text."""
        if model.linear_in_parameters:
            return ""
        return f"training=exact fits what is linear in its parameters, and model={model.kind} is not: use training=sgd"

    @staticmethod
    def uses_torch(member: Member) -> bool:
        """Say that torch trains no member."""
        return False

    @staticmethod
    def flops(member: Member) -> float:
        """Return a rough count of floating-point operations."""
        rows, features = member.data.n_train, member.model.size
        directions = min(rows, features)
        solving = 4.0 * rows * features * (directions + member.data.outputs)
        return solving + 2.0 * member.data.n_eval * features * (directions + member.data.outputs)

    @staticmethod
    def bytes(member: Member) -> float:
        """Return about how much memory a fit takes: features, decompositions, and what it is seen through."""
        rows, points, features = member.data.n_train, member.data.n_eval, member.model.size
        directions = min(rows, features)
        matrices = 6.0 * rows * features + 2.0 * points * features
        return 8 * (matrices + 5.0 * directions**2 + 2.0 * directions * (rows + points))

    @staticmethod
    def batch_key(member: Member) -> tuple:
        """Return what members must have in common to share decompositions: all but the weight decay."""
        return (member.draws, member.resampling, member.model, member.training.cutoff)

    @staticmethod
    def most_at_once(member: Member) -> None:
        """Return the largest number of members of one unit that are worth training at once: all."""
        return None

    @staticmethod
    def shape(member: Member) -> tuple:
        """Return what members of one bundle share beside their replicate: nothing."""
        return ()

    @staticmethod
    def bundles(members: Iterable[Member]) -> Iterator[list[Member]]:
        """Yield the members of each replicate, which share their training set."""
        for _, same_replicate in groupby(members, key=lambda member: member.replicate):
            yield list(same_replicate)

    @property
    def output_dtype(self) -> np.dtype:
        """The number format of outputs."""
        return np.dtype("float64")

    @staticmethod
    def fit(members: Sequence[Member], inputs_of_each: Sequence[Inputs]) -> Iterator[tuple[Member, Fit]]:
        """Fit members of one replicate; those of one feature family are views of the widest one's matrix."""
        inputs = inputs_of_each[0]
        paths: dict[tuple, list[Member]] = {}
        for member in members:
            paths.setdefault((member.model, member.draws["init"], member.training.cutoff), []).append(member)
        for _, same_family in groupby(sorted(paths.values(), key=order), key=lambda path: order(path)[:2]):
            family = list(same_family)
            widest = max((path[0] for path in family), key=lambda m: m.model.size)
            size = widest.model.size
            train_nP = widest.model.feature_matrix(inputs.x_nD, size, widest.init_sequence())
            eval_NP = widest.model.feature_matrix(inputs.x_ND, size, widest.init_sequence())
            for path in family:
                model = path[0].model
                problem = LeastSquares(
                    np.ascontiguousarray(train_nP[:, : model.size]),
                    np.ascontiguousarray(eval_NP[:, : model.size]),
                    inputs.y_nK,
                    inputs.counts_n,
                    model.has_intercept(path[0].data),
                    model.scale,
                )
                yield from zip(path, problem.path([m.training for m in path]), strict=True)


def order(path: Sequence[Member]) -> tuple:
    """Return a sorting key of members that differ by weight decay: family, initialisation, size and cutoff."""
    member = path[0]
    return (repr(member.model.family()), member.draws["init"], member.model.size, member.training.cutoff)
