"""Members that are linear in their parameters, fitted in closed form."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import ClassVar

import numpy as np

from biasvar.settings import Problem
from biasvar.training.checkpoints import Checkpoints
from biasvar.training.exact.input_dropout import averaged_over_masks
from biasvar.training.exact.least_squares import LeastSquares
from biasvar.training.exact.refit import Refit
from biasvar.training.inputs import Fit, Inputs
from biasvar.training.measures import measured
from biasvar.training.member import Member
from biasvar.training.trainer import Trainer


class ClosedForm(Trainer):
    """Uses one decomposition for a whole path of weight decays; wider features share one matrix as its columns."""

    name: ClassVar[str] = "exact"

    def incompatibility(self, member: Member) -> Problem | None:
        """Return why a model is not supported: it is not linear in its parameters."""
        if member.training.directions is not None and not member.model.no_dropout:
            what = "training.directions keeps directions of the features, and model.dropout gives each a penalty"
            return Problem("training.directions", what, "null, or model.dropout = 0")
        if member.model.linear_in_parameters:
            return None
        what = f"training=exact fits what is linear in its parameters, and model={member.model.kind} is not"
        return Problem("training", f"{what}: use training={member.model.usual_training}")

    def gives(self, member: Member) -> frozenset[str]:
        """Return the inputs of measures: a fit is known entirely, but with dropout, or to directions, not refitted."""
        known = {"weights", "smoother", "curvature", "refit"}
        whole = member.model.no_dropout and member.training.directions is None
        return frozenset(known if whole else known - {"refit"})

    def output_dtype(self, member: Member) -> np.dtype:
        """Return float64."""
        return np.dtype("float64")

    def flops(self, member: Member) -> float:
        """Return a rough count of floating-point operations."""
        rows, features = member.data.n_train, member.model.size
        directions = min(rows, features)
        solving = 4.0 * rows * features * (directions + member.data.outputs)
        return solving + 2.0 * member.points * features * (directions + member.data.outputs)

    def bytes(self, member: Member) -> float:
        """Return roughly how much memory a fit takes: features, decompositions, and the data's view."""
        rows, points, features = member.data.n_train, member.points, member.model.size
        directions = min(rows, features)
        matrices = 6.0 * rows * features + 2.0 * points * features
        return 8 * (matrices + 5.0 * directions**2 + 2.0 * directions * (rows + points))

    def batch_key(self, member: Member) -> tuple:
        """Return the key of members that share decompositions: everything but the weight decay."""
        return (member.draws, member.resampling, member.model, *alike(member))

    def bundles(self, members: Iterable[Member]) -> Iterator[list[Member]]:
        """Yield the members of each replicate, which share their training set."""
        in_order = sorted(members, key=lambda member: member.replicate)
        for _, same_replicate in groupby(in_order, key=lambda member: member.replicate):
            yield list(same_replicate)

    def fit(
        self, members: Sequence[Member], inputs: Sequence[Inputs], checkpoints: Checkpoints
    ) -> Iterator[tuple[Member, Fit]]:
        """Fit members of one replicate; those of one feature family are views of the widest one's matrix."""
        paths: dict[tuple, list[Member]] = {}
        for member in members:
            paths.setdefault((member.model, member.draws["init"], *alike(member)), []).append(member)
        for _, same_family in groupby(sorted(paths.values(), key=order), key=lambda path: order(path)[:2]):
            yield from fit_family(list(same_family), inputs[0])


def alike(member: Member) -> tuple[float, ...]:
    """Return the settings of trainings that share a decomposition; 0 directions stand for all."""
    return member.training.cutoff, member.training.importance, member.training.directions or 0


def order(path: Sequence[Member]) -> tuple:
    """Return the sorting key of members that differ by weight decay: family, initialisation, size and cutoff."""
    member = path[0]
    return (repr(member.model.family()), member.draws["init"], member.model.size, *alike(member))


def fit_family(family: Sequence[Sequence[Member]], inputs: Inputs) -> Iterator[tuple[Member, Fit]]:
    """Fit paths of members of one feature family on one training set."""
    widest = max((path[0] for path in family), key=lambda member: member.model.size)

    def features(x_nD: np.ndarray) -> np.ndarray:
        return widest.model.feature_matrix(x_nD, widest.model.size, widest.init_sequence())

    train_nP, eval_NP = features(inputs.x_nD), features(inputs.x_ND)
    others = {rows: features(x_ND) for rows, x_ND in inputs.others.items()}
    for path in family:
        model, columns = path[0].model, slice(path[0].model.size)
        weighted = with_importance(inputs, path[0])
        if model.dropout > 0:
            yield from fit_with_dropout(path, weighted, train_nP[:, columns], eval_NP[:, columns], others)
            continue
        training_set = np.ascontiguousarray(train_nP[:, columns]), inputs.y_nK, weighted.counts_n
        z_nP, y_nK, counts_n = training_set
        form = model.has_intercept(path[0].data), model.scale
        other_rows = {rows: z_NP[:, columns] for rows, z_NP in others.items()}
        leading = path[0].training.directions
        problem = LeastSquares(z_nP, eval_NP[:, columns], y_nK, counts_n, *form, other_rows, leading)
        for member, found in zip(path, problem.path([member.training for member in path]), strict=True):
            fitted = found.model._replace(refit=Refit(*training_set, *form, member.training))
            yield member, Fit.once(found.eval_NK, found.train_nK, found.others, measured(member, fitted))


def with_importance(inputs: Inputs, member: Member) -> Inputs:
    """Return a training set whose rows count by their importance, as many in all as before."""
    if member.training.importance == 0:
        return inputs
    weights_n = inputs.counts_n * member.data.density_ratio(inputs.x_nD) ** member.training.importance
    return replace(inputs, counts_n=weights_n * (inputs.counts_n.sum() / weights_n.sum()))


def fit_with_dropout(
    path: Sequence[Member], inputs: Inputs, train_nP: np.ndarray, eval_NP: np.ndarray, others: dict[str, np.ndarray]
) -> Iterator[tuple[Member, Fit]]:
    """Fit members whose features are dropped in training, one by one: each weight has a penalty of its own."""
    features = {"training": train_nP, "evaluation": eval_NP} | {
        rows: z_NP[:, : train_nP.shape[1]] for rows, z_NP in others.items()
    }
    for member in path:
        intercept = member.model.has_intercept(member.data)
        found = averaged_over_masks(features, inputs.y_nK, inputs.counts_n, member.model, member.training, intercept)
        yield member, Fit.once(found.eval_NK, found.train_nK, found.others, measured(member, found.model))
