"""Train networks in torch, side by side as one stack."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby, islice
from math import prod
from typing import Any, ClassVar

from biasvar.training.inputs import Fit
from biasvar.training.member import Member
from biasvar.training.stepwise import Stepwise
from biasvar.training.tasks import layers_of
from biasvar.training.training_config import Task

PER_MEMBER = {"lr": 1.0, "momentum": 0.0, "weight_decay": 0.0}  # settings that may differ within one stack
DEVICE_SHARE = 0.5  # of a device's free memory is used
INPUTS_BYTES = 4e9  # of a stack's training sets, in this machine's memory, for training on another device
FLOAT64 = 8  # bytes per number
NO_MEMORY = "can't allocate memory"  # part of torch's message when the machine's own memory is too small


class Stack(Stepwise):
    """Trains members of one shape side by side: on a CPU the model's ``group``, elsewhere as many as memory allows."""

    name: ClassVar[str] = "stack"
    library: ClassVar[str] = "torch"

    def gives(self, member: Member) -> frozenset[str]:
        """Return the inputs of measures: what every network gives, and the units before the last layer."""
        return super().gives(member) | {"units"}

    def bytes(self, member: Member) -> float:
        """Return roughly how much memory of this machine a stack takes; another device's memory is measured there."""
        return super().bytes(member) * member.model.group if member.device == "cpu" else 0

    def batch_key(self, member: Member) -> tuple[str, ...]:
        """Return the key of members that may share a stack: model and training without the per-member values."""
        model = replace(member.model, dropout=0.0) if "dropout" in vars(member.model) else member.model
        return member.device, repr(model), repr(replace(member.training, **PER_MEMBER)), repr(member.data)

    def most_at_once(self, member: Member) -> int | None:
        """Return the size of a stack on a CPU."""
        return member.model.group if member.device == "cpu" else None

    def bundles(self, members: Iterable[Member]) -> Iterator[list[Member]]:
        """Split members of one shape, replicate by replicate, into stacks."""
        in_order = sorted(members, key=lambda member: (self.batch_key(member), member.replicate))
        for _, alike in groupby(in_order, key=self.batch_key):
            rest = iter(alike)
            while first := next(rest, None):
                yield [first, *islice(rest, self.stack_size(first) - 1)]

    def stack_size(self, member: Member) -> int:
        """Return the size of a member's stack: on another device as many as fit into its memory."""
        if member.device == "cpu":
            return member.model.group
        import torch

        free, _ = torch.cuda.mem_get_info(member.device)
        kept = torch.cuda.memory_reserved(member.device) - torch.cuda.memory_allocated(member.device)
        here = FLOAT64 * (member.data.n_train + member.points) * prod(member.data.shape)
        return max(1, min(int(DEVICE_SHARE * (free + kept) / super().bytes(member)), int(INPUTS_BYTES / here)))

    def train(self, first: Member, tasks: list[Task]) -> list[Fit]:
        """Train a bundle as one stack, or those that resume after another epoch as another one."""
        epochs = [task.checkpoint.epoch for task in tasks]
        fits: dict[int, Fit] = {}
        for epoch in set(epochs):
            places = [place for place, one in enumerate(epochs) if one == epoch]
            fits |= zip(places, self.train_alike(first, [tasks[place] for place in places]), strict=True)
        return [fits[place] for place in range(len(tasks))]

    def train_alike(self, first: Member, tasks: list[Task]) -> list[Fit]:
        """Train members that resume after the same epoch, or all start anew, as one stack."""
        together = self.train_stack(first, tasks)
        if first.device == "cpu" and len(tasks) > 1 and any(one.diverged_epoch for one in together):
            # Some processors' convolutions let non-finite values leak into adjacent channels. A member with such a
            # neighbour is trained beside copies of itself, which gives the bits it would have had.
            return [self.train_stack(first, [task])[0] for task in tasks]
        return together

    def train_stack(self, first: Member, tasks: list[Task]) -> list[Fit]:
        """Train members as one stack, or in halves if a device's memory is too small for it.

        Smaller stacks change members only within the tolerance of the device; smaller mini-batches would change more.

        Raises
        ------
        MemoryError
            If the memory is too small for one member.
        """
        import torch

        from biasvar.training.stack import loop

        try:
            return loop.train(layers_of(first), filled_up(tasks, first), first.device)[: len(tasks)]
        except RuntimeError as error:
            message = str(error)  # the exception itself would keep all of the stack's arrays alive
            if not isinstance(error, torch.OutOfMemoryError) and NO_MEMORY not in message:
                raise
        torch.cuda.empty_cache()
        half = len(tasks) // 2
        if not half or first.device == "cpu":
            raise MemoryError(too_large(first, message))
        return self.train_stack(first, tasks[:half]) + self.train_stack(first, tasks[half:])


def filled_up(tasks: list[Any], member: Member) -> list[Any]:
    """Return a stack's tasks; on a CPU the last one is repeated up to the stack size that its bits depend on."""
    size = member.model.group if member.device == "cpu" else len(tasks)
    return tasks + [tasks[-1]] * (size - len(tasks))


def too_large(member: Member, message: str) -> str:
    """Return the message for a member that alone does not fit into a device's memory."""
    return (
        f"one model of {member.model.parameters(member.data):,} parameters does not fit into the memory of "
        f"device={member.device}: take a smaller {f'model.{member.model.capacity_key}'} or training.batch_size"
        f"{'' if member.device == 'cpu' else ', or device=cpu'} ({message})"
    )
