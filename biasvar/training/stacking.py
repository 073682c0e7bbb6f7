"""Which members are trained side by side, as one stack."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby, islice
from math import prod
from typing import Any

from biasvar.training.member import Member

PER_MEMBER = {"lr": 1.0, "momentum": 0.0, "weight_decay": 0.0}  # settings that members of one stack need not share
ARRAYS = 7  # of the weights' size: values, gradients, an optimiser's two, and rates
DEVICE_SHARE = 0.5  # of a device's free memory is filled
INPUTS_BYTES = 4e9  # of the training sets of a stack, as this machine holds them for another device
FLOAT64 = 8  # bytes of a number of these
PREDICTION_ROWS = 500  # rows of each member that are predicted at a time


def is_compiled(member: Member) -> bool:
    """Say whether the compiled kernel trains a member, which it does one by one."""
    return member.device == "cpu" and member.model.compiled


def shape(member: Member) -> tuple[str, ...]:
    """Return what the members of one stack share: all of model and training but the values of each member's own."""
    if is_compiled(member):
        return ()
    model = replace(member.model, dropout=0.0) if "dropout" in vars(member.model) else member.model
    return member.device, repr(model), repr(replace(member.training, **PER_MEMBER)), repr(member.data)


def bundles(members: Iterable[Member]) -> Iterator[list[Member]]:
    """Cut members in order of their shapes into stacks."""
    for _, alike in groupby(members, key=shape):
        rest = iter(alike)
        while first := next(rest, None):
            yield [first, *islice(rest, members_at_once(first) - 1)]


def members_at_once(member: Member) -> int:
    """Return the size of a member's stack: one for the kernel, on another device as many as fit into its memory."""
    if member.device == "cpu":
        return 1 if member.model.compiled else member.model.group
    import torch

    free, _ = torch.cuda.mem_get_info(member.device)
    kept = torch.cuda.memory_reserved(member.device) - torch.cuda.memory_allocated(member.device)
    here = FLOAT64 * (member.data.n_train + member.data.n_eval) * prod(member.data.shape)
    return max(1, min(int(DEVICE_SHARE * (free + kept) / stack_bytes(member)), int(INPUTS_BYTES / here)))


def filled_up(tasks: list[Any], member: Member) -> list[Any]:
    """Return a stack's tasks, on a CPU with the last one repeated until the stack has the size that its bits need."""
    size = members_at_once(member) if member.device == "cpu" else len(tasks)
    return tasks + [tasks[-1]] * (size - len(tasks))


def stack_bytes(member: Member) -> int:
    """Return about how much memory a member needs in a stack: weights, the values of a batch, and its rows."""
    data, model, training = member.data, member.model, member.training
    inputs = model.size if model.linear_in_parameters else 0
    values = inputs + data.outputs if model.linear_in_parameters else model.values(data)
    rows = (data.n_train + data.n_eval) * (inputs or prod(data.shape))
    batch = max(3 * min(training.batch_size, data.n_train), PREDICTION_ROWS) * values
    return training.output_dtype.itemsize * (ARRAYS * model.parameters(data) + batch + rows)
