"""Train a torch.nn.Module of the user's own."""

from threading import Lock
from typing import ClassVar

from biasvar.training.inputs import Fit
from biasvar.training.member import Member
from biasvar.training.stack.trainer import NO_MEMORY
from biasvar.training.stepwise import Stepwise
from biasvar.training.training_config import Task

ALONE = Lock()  # a process has one global generator of torch


class OwnModule(Stepwise):
    """Trains one member at a time in a process, whatever the number of threads."""

    name: ClassVar[str] = "module"
    library: ClassVar[str] = "torch"

    def train(self, first: Member, tasks: list[Task]) -> list[Fit]:
        """Train the members of a bundle one after another.

        Raises
        ------
        OSError
            If the user's code cannot be loaded, or has changed since the study was planned.
        MemoryError
            If the memory is too small.
        """
        import torch

        from biasvar.training.module import loop

        model, data = first.model, first.data
        try:
            with ALONE:
                return [loop.train(lambda seed: model.build(data, seed), task, first.device) for task in tasks]
        except RuntimeError as error:
            message = str(error)
            if not isinstance(error, torch.OutOfMemoryError) and NO_MEMORY not in message:
                raise
        raise MemoryError(
            f"one model of {model.parameters(data):,} parameters does not fit into the memory of "
            f"device={first.device}: take a smaller one, or a smaller training.batch_size ({message})"
        )
