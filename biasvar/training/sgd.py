"""Training by stochastic gradient descent: SGD with momentum, or Adam."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar import seeds
from biasvar.data.views import moments
from biasvar.models.layers import Affine, Layer
from biasvar.settings import key
from biasvar.training import stacking
from biasvar.training.inputs import Fit, Inputs
from biasvar.training.member import Member
from biasvar.training.training_config import NetworkConfig, Streams, Task, Trained, TrainingConfig


@dataclass(frozen=True)
class Sgd:
    """Minimise the mean loss over mini-batches: squared error summed over outputs, or cross-entropy of labels.

    A table's targets are learnt in units of their standard deviation in the training set; outputs have their own units.
    Weight decay is coupled (its gradient is added to the loss's), as in torch's SGD and Adam, and never on biases.
    On a CPU the compiled kernel trains multilayer perceptrons; torch trains other networks, and on other devices.
    """

    kind: ClassVar[str] = "sgd"
    numerics: ClassVar[int] = 1
    stochastic: ClassVar[bool] = True

    optimizer: str = key("sgd", "SGD with momentum, or Adam", choices=("sgd", "adam"))
    lr: float = key(0.05, "learning rate", above=0)
    momentum: float = key(0.9, "momentum of SGD", at_least=0, below=1, neutral=0.0)
    weight_decay: float = key(
        0.0, "coefficient of (1/2)|w|^2 beside the mean loss; never on biases", at_least=0, at_most=1e12, neutral=0.0
    )
    epochs: int = key(50, "passes over the training set", at_least=1)
    batch_size: int = key(32, "rows of a mini-batch; more than n_train means the full batch", at_least=1)
    schedule: str = key(
        "constant",
        "learning rate over the steps; inverse_sqrt: lr / sqrt(1 + floor(step / 512))",
        choices=("constant", "cosine", "inverse_sqrt"),
        neutral="constant",
    )
    dtype: str = key(
        "float32",
        "number format of training; bfloat16: of products and convolutions, with weights in float32 (torch only)",
        choices=("float32", "float64", "bfloat16"),
    )

    shape = staticmethod(stacking.shape)
    bundles = staticmethod(stacking.bundles)

    @property
    def output_dtype(self) -> np.dtype:
        """The number format of outputs."""
        return np.dtype("float64" if self.dtype == "float64" else "float32")

    @staticmethod
    def incompatibility(model) -> str:
        """Return why the model cannot be trained this way, or an empty text."""
        return ""

    @staticmethod
    def uses_torch(member: Member) -> bool:
        """Say whether torch trains a member, and not the compiled kernel."""
        return not stacking.is_compiled(member)

    @staticmethod
    def flops(member: Member) -> float:
        """Return a rough count of floating-point operations."""
        passes = 6.0 * member.data.n_train * member.training.epochs + 2.0 * member.data.n_eval
        model = member.model
        return passes * (model.parameters if model.linear_in_parameters else model.products)(member.data)

    @staticmethod
    def bytes(member: Member) -> float:
        """Return about how much memory of this machine training takes; that of another device is measured there."""
        return stacking.stack_bytes(member) * stacking.members_at_once(member) if member.device == "cpu" else 0

    @staticmethod
    def batch_key(member: Member) -> tuple:
        """Return what members must have in common to be trained at once: a stack's shape; the kernel trains alone."""
        return (member.id,) if stacking.is_compiled(member) else stacking.shape(member)

    @staticmethod
    def most_at_once(member: Member) -> int | None:
        """Return the largest number of members of one unit that are trained at once; None where memory decides."""
        return stacking.members_at_once(member) if member.device == "cpu" else None

    @staticmethod
    def fit(members: Sequence[Member], inputs: Sequence[Inputs]) -> Iterator[tuple[Member, Fit]]:
        """Train a bundle of members, each on its own inputs."""
        tasks = [task_of(member, one) for member, one in zip(members, inputs, strict=True)]
        for member, one, trained in zip(members, inputs, train(members[0], tasks), strict=True):
            mean_K, std_K = target_units(member, one)
            eval_NK, train_nK = (
                (outputs * std_K + mean_K).astype(outputs.dtype) for outputs in (trained.eval_NK, trained.train_nK)
            )
            yield member, Fit(eval_NK, train_nK, trained.diverged_epoch, diverged_loss=trained.loss)


def train(first: Member, tasks: list[Task]) -> list[Trained]:
    """Train a bundle whose first member is given; each trainer is imported only where it is used."""
    if stacking.is_compiled(first):
        from biasvar.training.kernel import mlp as kernel

        return [kernel.train(*task) for task in tasks]  # type: ignore[arg-type]  # compiled models have NetworkConfigs
    together = train_stack(first, tasks)
    if first.device == "cpu" and len(tasks) > 1 and any(one.diverged_epoch for one in together):
        # Some processors' convolutions let what is not finite into the channels beside it: who has such a neighbour is
        # trained beside copies of itself, with the bits that it would have had.
        return [train_stack(first, [task])[0] for task in tasks]
    return together


def train_stack(first: Member, tasks: list[Task]) -> list[Trained]:
    """Train members as one stack, or in halves where a device's memory is too small for it.

    Fewer members side by side change no member beyond the tolerance of the device; smaller mini-batches would.

    Raises
    ------
    MemoryError
        Where the memory is too small for one member.
    """
    import torch

    from biasvar.training import stack

    try:
        return stack.train(layers_of(first), stacking.filled_up(tasks, first), first.device)[: len(tasks)]
    except torch.OutOfMemoryError as error:
        said = str(error)  # the error itself would keep all of the stack's arrays
    torch.cuda.empty_cache()
    half = len(tasks) // 2
    if not half:
        raise MemoryError(too_large(first, said))
    return train_stack(first, tasks[:half]) + train_stack(first, tasks[half:])


def too_large(member: Member, said: str) -> str:
    """Return what is said of a member that does not fit into a device's memory even alone."""
    return (
        f"one model of {member.model.parameters(member.data):,} parameters does not fit into the memory of "
        f"device={member.device}: take a smaller {f'model.{member.model.capacity_key}'} or training.batch_size, or "
        f"device=cpu ({said})"
    )


def task_of(member: Member, inputs: Inputs) -> Task:
    """Return what a trainer needs to know of a member and of its training set."""
    x_nD, x_ND = network_inputs(member, inputs)
    mean_K, std_K = target_units(member, inputs)
    y_nK = (inputs.y_nK - mean_K) / std_K
    return Task(config_of(member, x_nD.shape[1]), streams_of(member), x_nD, y_nK, inputs.counts_n, x_ND)


def target_units(member: Member, inputs: Inputs) -> tuple[np.ndarray, np.ndarray]:
    """Return what targets are centred at and divided by while they are learnt, axes [K].

    A table's numbers have units of their own, in which no learning rate fits every table: as its inputs are, they are
    standardised by the training set. Labels, and numbers drawn from a law, are learnt as they are.
    """
    if member.data.has_distribution or member.data.task == "classification":
        return np.zeros(1), np.ones(1)
    return moments(inputs.y_nK, inputs.counts_n)


def network_inputs(member: Member, inputs: Inputs) -> tuple[np.ndarray, np.ndarray]:
    """Return what the trained layers see: the inputs, or the features of a model that is linear in its parameters."""
    model = member.model
    if not model.linear_in_parameters:
        return inputs.x_nD, inputs.x_ND
    matrices = (model.feature_matrix(x, model.size, member.init_sequence()) for x in (inputs.x_nD, inputs.x_ND))
    x_nP, x_NP = (matrix * model.scale for matrix in matrices)
    return x_nP, x_NP


def config_of(member: Member, inputs: int) -> TrainingConfig:
    """Return how a member is trained; the kernel is told of the layers too."""
    model, training, data = member.model, member.training, member.data
    descent = {
        "loss": "cross_entropy" if data.task == "classification" else "squared_error",
        "dropout": getattr(model, "dropout", 0.0),
        "optimizer": training.optimizer,
        "lr": training.lr,
        "momentum": training.momentum,
        "weight_decay": training.weight_decay,
        "epochs": training.epochs,
        "batch_size": training.batch_size,
        "schedule": training.schedule,
        "dtype": training.dtype,
    }
    if not model.compiled:
        return TrainingConfig(**descent)
    if model.linear_in_parameters:
        sizes, activation, bias = (inputs, data.outputs), "relu", model.has_intercept(data)
    else:
        sizes, activation, bias = model.sizes(data), model.activation, True
    return NetworkConfig(**descent, sizes=sizes, activation=activation, bias=bias)


def layers_of(member: Member) -> tuple[Layer, ...]:
    """Return a member's layers; a model linear in its parameters has one, on its features."""
    model, data = member.model, member.data
    if model.linear_in_parameters:
        return (Affine(model.size, data.outputs, model.has_intercept(data)),)
    return model.layers(data)


def streams_of(member: Member) -> Streams:
    """Return the keys of the counter-based streams of one member."""
    return Streams(
        initialisation=seeds.key(member.seed, "initialisation", member.draws["init"]),
        batch_order=seeds.key(member.seed, "batch_order", member.draws["batch_order"]),
        dropout=seeds.key(member.seed, "dropout", member.draws["dropout"]),
    )
