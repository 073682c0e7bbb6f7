"""The table of trainers, and which of them trains a member."""

from biasvar.training.estimator.trainer import EstimatorTrainer
from biasvar.training.exact.trainer import ClosedForm
from biasvar.training.kernel.trainer import Kernel
from biasvar.training.member import Member
from biasvar.training.module.trainer import OwnModule
from biasvar.training.stack.trainer import Stack
from biasvar.training.trainer import Trainer

EVERY = (ClosedForm(), Kernel(), Stack(), OwnModule(), EstimatorTrainer())
TRAINERS: dict[str, Trainer] = {trainer.name: trainer for trainer in EVERY}


def trainer_of(member: Member) -> Trainer:
    """Return a member's trainer: that of its training's kind; for stepwise training, the compiled kernel if it can."""
    kind = member.training.kind
    if kind == "sgd" and member.model.own_module:
        kind = "module"
    elif kind == "sgd":
        kind = "kernel" if member.device == "cpu" and member.model.compiled else "stack"
    return TRAINERS[kind]
