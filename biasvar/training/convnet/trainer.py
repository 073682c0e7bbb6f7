"""Convolutional networks of the ``convnet`` family, trained by a compiled kernel on a CPU."""

from collections.abc import Callable
from dataclasses import MISSING, fields
from math import prod
from typing import Any, ClassVar

from biasvar.models.network import Network
from biasvar.training.convnet.architecture import blocks_of
from biasvar.training.inputs import Fit
from biasvar.training.member import Member
from biasvar.training.stepwise import ARRAYS, Stepwise
from biasvar.training.training_config import Task

# What the kernel knows of training; it trains a member only if all else has its default.
KNOWN = {
    *("optimizer", "lr", "momentum", "weight_decay", "epochs", "batch_size", "schedule", "dtype"),
    *("evaluate_at", "predict", "mc_samples", "rows", "measures"),
}


class ConvnetKernel(Stepwise):
    """Trains one member at a time, epoch by epoch; several run in parallel, one per thread."""

    name: ClassVar[str] = "convnet"

    def trains(self, member: Member) -> bool:
        """Return whether the kernel has all that a member's network and training need."""
        training, model = member.training, member.model
        if member.device != "cpu" or training.dtype == "bfloat16" or not isinstance(model, Network):
            return False
        return bool(blocks_of(member)) and all(
            getattr(training, field.name) == default_of(field) for field in fields(training) if field.name not in KNOWN
        )

    def bytes(self, member: Member) -> float:
        """Return roughly how much memory one member needs: weights, the values of a batch, and its rows."""
        data, model, training = member.data, member.model, member.training
        # Gradients take the place of values before batch norm, so that a batch takes about what its layers compute.
        values = min(training.batch_size, data.n_train) * model.values(data)
        rows = (data.n_train + member.points) * prod(data.shape)
        return self.output_dtype(member).itemsize * (ARRAYS * model.parameters(data) + values + rows)

    def prepare(self, member: Member, compiling: Callable[[], None]) -> None:
        """Load the kernel for a member's number format, or compile it, which takes some seconds."""
        from biasvar.training.convnet.compilation import prepare

        prepare(member.training.dtype, compiling)

    def train(self, first: Member, tasks: list[Task]) -> list[Fit]:
        """Train members one by one."""
        from biasvar.training.convnet import training  # compiles it, or loads it from the cache

        return [training.train(blocks_of(first), task) for task in tasks]


def default_of(field: Any) -> Any:
    """Return the default of a dataclass's field."""
    return field.default if field.default is not MISSING else field.default_factory()
