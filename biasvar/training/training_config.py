"""The input and output of training one member, common to both stepwise trainers (kernel and stack).

Axes of a :class:`Task`: n distinct training rows, D inputs (images have axes of their own), K outputs, N evaluation
points. ``y_nK`` holds float targets, one-hot (or probabilities) for classification; ``counts_n`` says how often each
row is in the training set, so that a bootstrap sample needs no copy of its rows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from biasvar.training.checkpoints import NO_CHECKPOINT, Checkpoint
from biasvar.training.inputs import Reading
from biasvar.training.readouts import EVALUATION, TRAINING_ROWS, Readout
from biasvar.training.streams import RESOLUTION, dropout_threshold

Weights = Callable[[], Sequence[np.ndarray]]
Units = Callable[[], np.ndarray]

RATE_STEPS = 512  # steps between two changes of the inverse_sqrt schedule, as in Nakkiran et al. 2019

# An output's square must be finite in float32, in which losses are summed, and its eighth power in float64: an interval
# uses squares of fourth powers. Beside an output of this size, a label is lost to rounding.
LARGEST_OUTPUT = 1e18


@dataclass(frozen=True)
class TrainingConfig:
    """How a network minimises its loss; ``settings.Sgd`` lists the allowed values.

    Squared error is the mean over rows of the SUM over outputs; cross-entropy the mean over rows, in nats, of a softmax
    over the outputs. Weights and biases start at U(-1/sqrt(fan_in), 1/sqrt(fan_in)), the default of torch's layers.
    The last batch of an epoch may be smaller than the others.
    """

    loss: str  # squared_error or cross_entropy
    dropout: float  # rate of zeroing after each hidden activation, to 1/65536
    optimizer: str  # sgd, adam or adamw, with the update rules of torch.optim
    lr: float
    momentum: float  # of SGD; Adam has its own
    weight_decay: float  # coupled: gradient + weight_decay * weight; decoupled under adamw
    epochs: int
    batch_size: int
    schedule: str  # constant, cosine or inverse_sqrt
    dtype: str  # float32 or float64; bfloat16 or tf32: float32 weights, products of such factors
    bn_reestimate: bool = False  # whether batch norm predicts by averages over the training set, recomputed when read
    decay: str = "weights"  # what weight decay acts on: weights, or all: biases and weights of norms too
    crop: int = 0  # pixels by which training images are shifted at random, at most
    flip: str = "none"  # none, random or alternating mirror images of training images
    readouts: tuple[Readout, ...] = (EVALUATION,)  # of cells: after which epochs and in which modes it is read
    init: str = "default"  # zeros: weights and biases start at 0
    dropout_scaling: str = "inverted"  # values that are not zeroed are divided by 1 - p in training; none: they are not

    @property
    def adam(self) -> bool:
        """Whether steps are Adam's."""
        return self.optimizer in ("adam", "adamw")

    @property
    def decoupled(self) -> bool:
        """Whether weight decay shrinks weights before each step, in place of a gradient of its own."""
        return self.optimizer == "adamw"

    @property
    def threshold(self) -> int:
        """The integer below which 16 random bits zero an element; 0 means no dropout."""
        return dropout_threshold(self.dropout)

    @property
    def kept(self) -> float:
        """1 - p, the share of values that dropout keeps."""
        return 1.0 - self.threshold / RESOLUTION

    @property
    def mask_divisor(self) -> float:
        """The divisor of the values that a mask keeps."""
        return self.kept if self.dropout_scaling == "inverted" else 1.0

    @property
    def augments(self) -> bool:
        """Whether training images are changed at random."""
        return self.crop > 0 or self.flip != "none"

    def taken_after(self, epoch: int) -> list[Readout]:
        """Return the readouts that are due when ``epoch`` epochs are done; 0 is before the first step."""
        return [one for one in self.readouts if epoch == (self.epochs if one.epoch is None else one.epoch)]

    def rate_factors(self, steps: int) -> np.ndarray:
        """Return the learning rate of every step over ``lr``, [T].

        At step t of T, from 0: cosine is (1 + cos(pi t/T)) / 2, inverse_sqrt is 1 / sqrt(1 + floor(t / 512)).
        """
        step_T = np.arange(steps)
        if self.schedule == "cosine":
            return 0.5 * (1.0 + np.cos(np.pi * step_T / steps))
        return 1.0 / np.sqrt(1 + step_T // RATE_STEPS) if self.schedule == "inverse_sqrt" else np.ones(steps)

    def learning_rates(self, steps: int) -> np.ndarray:
        """Return the learning rate of every step, [T]."""
        return self.lr * self.rate_factors(steps)


@dataclass(frozen=True)
class NetworkConfig(TrainingConfig):
    """A multilayer perceptron and its training config; ``models.Mlp`` lists the allowed values."""

    sizes: tuple[int, ...] = ()  # inputs, hidden layers, outputs; without hidden layers the model is linear
    activation: str = "relu"  # relu or tanh, after each hidden layer
    bias: bool = True  # whether layers have biases


@dataclass(frozen=True)
class Streams:
    """The 64-bit keys (:func:`biasvar.seeds.key`) of the sources of randomness of a training."""

    initialisation: np.uint64
    batch_order: np.uint64
    dropout: np.uint64
    augmentation: np.uint64


class Task(NamedTuple):
    """The task of a trainer: one member's config, streams and data."""

    config: TrainingConfig
    streams: Streams
    x_nD: np.ndarray
    y_nK: np.ndarray
    counts_n: np.ndarray
    x_eval_ND: np.ndarray
    others: Mapping[str, np.ndarray] = MappingProxyType({})  # other rows to predict, by name
    measure: Callable[[Weights, Units | None], Mapping[str, float]] = lambda weights, units: {}  # as requested
    checkpoint: Checkpoint = NO_CHECKPOINT

    @property
    def rows(self) -> dict[str, np.ndarray]:
        """Every set of rows that the member predicts, by name."""
        return {TRAINING_ROWS: self.x_nD, EVALUATION.rows: self.x_eval_ND, **self.others}


def reading(
    task: Task,
    outputs: Mapping[str, np.ndarray],
    epoch: int,
    diverged_epoch: int,
    weights: Weights,
    spread_NK: np.ndarray | None = None,
    units: Units | None = None,
) -> Reading:
    """Return what is read of a member after ``epoch`` epochs, from its outputs in its working precision.

    Outputs are the last layer's values (logits under cross-entropy). They are NaN if the member has diverged:
    by its loss, in ``diverged_epoch``, or by the size of its outputs. Those at other rows do not count here, since they
    may not be requested. ``weights`` returns the arrays of weights, without biases and weights of norms; ``spread_NK``
    is that of ``Reading``, ``units`` that of ``FittedModel``.
    """
    always = (outputs[EVALUATION.rows], outputs[TRAINING_ROWS])
    in_bounds = all(np.abs(values).max() <= LARGEST_OUTPUT for values in always)  # NaN is not in bounds
    if not diverged_epoch and not in_bounds:
        diverged_epoch = max(epoch, 1)
    if diverged_epoch:
        return Reading({rows: np.full_like(values, np.nan) for rows, values in outputs.items()}, {}, diverged_epoch)
    return Reading(outputs, task.measure(weights, units), spread_NK=spread_NK)
