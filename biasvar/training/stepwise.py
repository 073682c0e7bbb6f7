"""Stepwise training: the common part of the trainers of networks."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod

import numpy as np

from biasvar.settings import Problem
from biasvar.training.checkpoints import Checkpoints
from biasvar.training.inputs import Fit, Inputs, Reading
from biasvar.training.member import Member
from biasvar.training.tasks import target_units, task_of
from biasvar.training.trainer import Trainer
from biasvar.training.training_config import Task

ARRAYS = 7  # of the size of the weights: values, gradients, two optimiser states, and learning rates
PREDICTION_ROWS = 500  # rows of each member predicted at a time, at most


class Stepwise(Trainer):
    """A trainer that minimises a loss over mini-batches; a subclass defines ``train``."""

    def incompatibility(self, member: Member) -> Problem | None:
        """Return why a model is not supported: it is no network and not linear in its parameters."""
        usual = member.model.usual_training
        if usual != "estimator":
            return None
        what = f"training={member.training.kind} does not train model={member.model.kind}"
        return Problem("training", f"{what}: use training={usual}")

    def gives(self, member: Member) -> frozenset[str]:
        """Return the inputs of measures: weights, and the curvature of what is linear in its parameters."""
        return frozenset({"weights", "curvature"} if member.model.linear_in_parameters else {"weights"})

    @abstractmethod
    def train(self, first: Member, tasks: list[Task]) -> list[Fit]:
        """Train a bundle; its first member is given too."""

    def output_dtype(self, member: Member) -> np.dtype:
        """Return the number format of training; with bfloat16 products, that of the weights."""
        return np.dtype("float64" if member.training.dtype == "float64" else "float32")

    def flops(self, member: Member) -> float:
        """Return a rough count of floating-point operations."""
        again = 2.0 * member.training.bn_reestimate * len(member.asked.taken)
        rows = member.data.n_train * (6.0 * member.training.epochs + again)
        passes = rows + 2.0 * member.points * sum(one.samples or 1 for one in member.asked.taken)
        model = member.model
        return passes * (model.parameters if model.linear_in_parameters else model.products)(member.data)

    def bytes(self, member: Member) -> float:
        """Return roughly how much memory one member needs: weights, the values of a batch, and its rows."""
        data, model, training = member.data, member.model, member.training
        inputs = model.size if model.linear_in_parameters else 0
        values = inputs + data.outputs if model.linear_in_parameters else model.values(data)
        rows = (data.n_train + member.points) * (inputs or prod(data.shape))
        batch = max(3 * min(training.batch_size, data.n_train), PREDICTION_ROWS) * values
        return self.output_dtype(member).itemsize * (ARRAYS * model.parameters(data) + batch + rows)

    def fit(
        self, members: Sequence[Member], inputs: Sequence[Inputs], checkpoints: Checkpoints
    ) -> Iterator[tuple[Member, Fit]]:
        """Train a bundle of members, each on its own inputs."""
        tasks = [
            task_of(member, one)._replace(checkpoint=checkpoints.of(member.id, member.asked))
            for member, one in zip(members, inputs, strict=True)
        ]
        for member, one, trained in zip(members, inputs, self.train(members[0], tasks), strict=True):
            yield member, in_units(member, one, trained)


def in_units(member: Member, inputs: Inputs, trained: Fit) -> Fit:
    """Return a trained member's outputs in the units of its targets."""
    mean_K, std_K = target_units(member, inputs)

    def scaled(reading: Reading) -> Reading:
        outputs = {rows: (NK * std_K + mean_K).astype(NK.dtype) for rows, NK in reading.outputs.items()}
        spread_NK = None if reading.spread_NK is None else reading.spread_NK * std_K**2
        return replace(reading, outputs=outputs, spread_NK=spread_NK)

    return replace(trained, readings={readout: scaled(one) for readout, one in trained.readings.items()})
