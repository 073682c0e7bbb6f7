"""The table of trainers, and which of them trains a member."""

from biasvar.training.convnet.trainer import ConvnetKernel
from biasvar.training.estimator.trainer import EstimatorTrainer
from biasvar.training.exact.trainer import ClosedForm
from biasvar.training.kernel.trainer import Kernel
from biasvar.training.member import Member
from biasvar.training.module.trainer import OwnModule
from biasvar.training.stack.trainer import Stack
from biasvar.training.trainer import Trainer

CONVNET_KERNEL = ConvnetKernel()
EVERY = (ClosedForm(), Kernel(), CONVNET_KERNEL, Stack(), OwnModule(), EstimatorTrainer())
TRAINERS: dict[str, Trainer] = {trainer.name: trainer for trainer in EVERY}


def trainer_of(member: Member) -> Trainer:
    """Return a member's trainer: that of its training's kind; for stepwise training, a compiled kernel if one can."""
    kind = member.training.kind
    return TRAINERS[stepwise(member) if kind == "sgd" else kind]


def stepwise(member: Member) -> str:
    """Return the name of the trainer that minimises a member's loss over mini-batches."""
    if member.model.own_module:
        return "module"
    if member.device == "cpu" and member.model.compiled:
        return "kernel"
    return "convnet" if CONVNET_KERNEL.trains(member) else "stack"
