"""Multilayer perceptrons, and models that are linear in their parameters, trained by the compiled kernel."""

from collections.abc import Callable
from typing import ClassVar

from biasvar.settings import Problem
from biasvar.training.inputs import Fit
from biasvar.training.member import Member
from biasvar.training.readouts import EVALUATION
from biasvar.training.stepwise import Stepwise
from biasvar.training.training_config import Task


class Kernel(Stepwise):
    """Trains one member at a time, every step of every epoch in one call; several run in parallel, one per thread."""

    name: ClassVar[str] = "kernel"

    def incompatibility(self, member: Member) -> Problem | None:
        """Return why a member is not supported: the kernel has no products in bfloat16."""
        if member.training.dtype != "bfloat16":
            return None
        kind = member.model.kind
        what = f"training.dtype = bfloat16 is torch's, and on a CPU the compiled kernel trains model={kind}"
        hint = "model=convnet or device=cuda takes bfloat16"
        return Problem("training.dtype", what, "float32 or float64", hint)

    def bytes(self, member: Member) -> float:
        """Return roughly how much memory one member needs: it is kept as it is at each epoch to be read."""
        epochs = len({EVALUATION.epoch, *(readout.epoch for readout in member.asked.readouts)})
        kept = epochs * member.model.parameters(member.data)
        return super().bytes(member) + self.output_dtype(member).itemsize * kept

    def prepare(self, member: Member, compiling: Callable[[], None]) -> None:
        """Load the kernel for a member's number format, or compile it, which takes some seconds."""
        from biasvar.training.kernel.compilation import prepare

        prepare(member.training.dtype, compiling)

    def train(self, first: Member, tasks: list[Task]) -> list[Fit]:
        """Train members one by one."""
        from biasvar.training.kernel import mlp  # compiles it, or loads it from the cache

        return [mlp.train(*task) for task in tasks]  # type: ignore[arg-type]  # all have NetworkConfigs
