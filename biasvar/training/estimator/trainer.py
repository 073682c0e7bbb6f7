"""Train scikit-learn estimators: one fit a member."""

import warnings
from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, ClassVar

import numpy as np
from threadpoolctl import threadpool_limits

from biasvar.models.estimators.assembly import assemble
from biasvar.models.estimators.classes import class_at
from biasvar.settings import Problem
from biasvar.training.checkpoints import Checkpoints
from biasvar.training.inputs import Fit, Inputs
from biasvar.training.measures import measured
from biasvar.training.measures.fitted_model import FittedModel, some
from biasvar.training.member import Member
from biasvar.training.trainer import Trainer
from biasvar.training.training_config import LARGEST_OUTPUT

COST = 100.0  # floating-point operations for each number of the rows and each estimator of an ensemble
COPIES = 4  # of the rows, in an estimator's own memory


class EstimatorTrainer(Trainer):
    """Fits clones of an estimator to the rows of each training set, repeated as they were drawn."""

    name: ClassVar[str] = "estimator"
    library: ClassVar[str] = "sklearn.ensemble"

    def incompatibility(self, member: Member) -> Problem | None:
        """Return why a model is not supported: it is no estimator."""
        if member.model.kind == "estimator":
            return None
        what = f"training=estimator fits model=estimator, and model={member.model.kind} is none"
        return Problem("training", f"{what}: use training={member.model.usual_training}")

    def gives(self, member: Member) -> frozenset[str]:
        """Return the inputs of measures: an estimator only has a number of parameters."""
        return frozenset({"parameters"})

    def output_dtype(self, member: Member) -> np.dtype:
        """Return float64."""
        return np.dtype("float64")

    def flops(self, member: Member) -> float:
        """Return a rough count of floating-point operations: of what an estimator does little is known in advance."""
        data, rows = member.data, member.data.n_train * np.log2(member.data.n_train + 1) + member.points
        return COST * rows * prod(data.shape) * repeats(dict(member.model.values))

    def bytes(self, member: Member) -> float:
        """Return roughly how much memory a fit takes: copies of the rows."""
        return 8.0 * COPIES * (member.data.n_train + member.points) * (prod(member.data.shape) + member.data.outputs)

    def fit(
        self, members: Sequence[Member], inputs: Sequence[Inputs], checkpoints: Checkpoints
    ) -> Iterator[tuple[Member, Fit]]:
        """Fit each member on its own inputs, with one thread."""
        for member, one in zip(members, inputs, strict=True):
            with threadpool_limits(1), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # such as of iterations that end early, which may be the capacity
                fitted = fit_of(member, one)
            yield member, fitted


def repeats(values: dict[str, Any]) -> float:
    """Return how many estimators or iterations there are at most, as far as parameters say."""
    counts = [value for name, value in values.items() if name.rpartition("__")[2] == "n_estimators"]
    return float(prod(count for count in counts if isinstance(count, int) and count > 0))


def fit_of(member: Member, inputs: Inputs) -> Fit:
    """Return one member's fit.

    Raises
    ------
    ValueError
        For predictions that are not finite, or too large to be squared.
    """
    from biasvar.training.estimator.fitting import fit, outputs_of
    from biasvar.training.estimator.parameter_count import count
    from biasvar.training.estimator.tree_smoother import smoother_of

    classes_K = np.arange(member.data.outputs)
    classifies = member.data.task == "classification"
    y_n = inputs.y_nK.argmax(axis=1) if classifies else inputs.y_nK[:, 0]
    rows = inputs.drawn_m
    fitted = fit(new_estimator(member.model), inputs.x_nD[rows], y_n[rows], member.seed, member.draws["init"])

    def outputs_at(x_ND: np.ndarray) -> np.ndarray:
        outputs = outputs_of(fitted, member.model.outputs_by, x_ND, classes_K)
        if member.model.outputs_by == "labels":
            outputs = outputs[:, None] == classes_K
        return require_numbers(outputs.reshape(len(x_ND), -1).astype(np.float64), member)

    others = {name: outputs_at(x_ND) for name, x_ND in inputs.others.items()}
    smoother = smoother_of(fitted, inputs.x_nD[rows], some(inputs.x_ND))
    measures = measured(member, FittedModel(parameters=count(fitted), smoother=smoother))
    return Fit.once(outputs_at(inputs.x_ND), outputs_at(inputs.x_nD), others, measures)


def new_estimator(model: Any) -> Any:
    """Return the unfitted estimator of a model's settings, with one thread."""
    classes = {name: class_at(name, place, source) for name, place, source in model.places}
    estimator = assemble(model.name, model.values, classes)
    return estimator.set_params(**{name: 1 for name in estimator.get_params() if name.rpartition("__")[2] == "n_jobs"})


def require_numbers(outputs_NK: np.ndarray, member: Member) -> np.ndarray:
    """Return outputs [N, K], which are finite but for the logits of a probability 0.

    Raises
    ------
    ValueError
        With the number of points that have others, and the first.
    """
    wrong_N = np.asarray(~(outputs_NK <= LARGEST_OUTPUT).all(axis=1))
    if member.outputs_are != "logits":
        wrong_N |= (outputs_NK < -LARGEST_OUTPUT).any(axis=1)
    if wrong_N.any():
        first = int(np.argmax(wrong_N))
        values = ", ".join(f"{value:g}" for value in outputs_NK[first])
        raise ValueError(
            f"{member.model.name[-1]} predicts no usable numbers at {wrong_N.sum()} of {len(wrong_N)} rows, first at "
            f"row {first}: {values}"
        )
    return outputs_NK
