"""The table of trainers, and which of them trains a member."""

from biasvar.family import Family
from biasvar.training.member import Member
from biasvar.training.trainer import Trainer

TRAINERS = Family(
    {
        "exact": "biasvar.training.exact.trainer:ClosedForm",
        "kernel": "biasvar.training.kernel.trainer:Kernel",
        "convnet": "biasvar.training.convnet.trainer:ConvnetKernel",
        "stack": "biasvar.training.stack.trainer:Stack",
        "module": "biasvar.training.module.trainer:OwnModule",
        "estimator": "biasvar.training.estimator.trainer:EstimatorTrainer",
    }
)


def trainer_of(member: Member) -> Trainer:
    """Return a member's trainer: that of its training's kind; for stepwise training, a compiled kernel if one can."""
    kind = member.training.kind
    return TRAINERS[stepwise(member) if kind == "sgd" else kind]()


def stepwise(member: Member) -> str:
    """Return the name of the trainer that minimises a member's loss over mini-batches."""
    if member.model.own_module:
        return "module"
    if member.device == "cpu" and member.model.compiled:
        return "kernel"
    return "convnet" if TRAINERS["convnet"]().trains(member) else "stack"
