"""What one member is trained with, and what comes out of it. Both trainers, kernel and network, speak in these words.

A trainer is ``train(recipe, streams, x_nD, y_nK, counts_n, x_eval_ND) -> Trained``. Axes: n distinct training rows,
D inputs, K outputs, N evaluation points. ``y_nK`` holds float targets, one-hot (or probabilities) for classification;
``counts_n`` says how often each row is in the training set, so that a bootstrap sample needs no copy of its rows.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Recipe:
    """A multilayer perceptron and how it is trained; ``sgd.Sgd`` and ``models.Mlp`` say what each value may be.

    Squared error is the mean over rows of the SUM over outputs; cross-entropy the mean over rows, in nats, of a softmax
    over the outputs. Weights and biases start at U(-1/sqrt(fan_in), 1/sqrt(fan_in)), the default of
    ``torch.nn.Linear``. The last batch of an epoch may be smaller than the others.
    """

    sizes: tuple[int, ...]  # inputs, hidden layers, outputs; no hidden layer makes a linear model
    activation: str  # relu or tanh, after each hidden layer
    loss: str  # squared_error or cross_entropy
    bias: bool  # whether layers have biases
    dropout: float  # rate of zeroing after each hidden activation, to 1/65536
    optimizer: str  # sgd or adam, with the update rules of torch.optim
    lr: float
    momentum: float  # of SGD; Adam has its own
    weight_decay: float  # coupled: gradient + weight_decay * weight; never on biases
    epochs: int
    batch_size: int
    schedule: str  # constant or cosine
    dtype: str  # float32 or float64

    def learning_rates(self, steps: int) -> np.ndarray:
        """Return the learning rate of every step, t from 0 to T - 1; cosine is lr/2 (1 + cos(pi t/T))."""
        if self.schedule == "constant":
            return np.full(steps, self.lr)
        return 0.5 * self.lr * (1.0 + np.cos(np.pi * np.arange(steps) / steps))


@dataclass(frozen=True)
class Streams:
    """The 64-bit keys (:func:`biasvar.seeds.key`) of the three sources of randomness of a training."""

    initialisation: np.uint64
    batch_order: np.uint64
    dropout: np.uint64


@dataclass(frozen=True)
class Trained:
    """A member's outputs, in its working precision: on the evaluation points and on each distinct training row.

    Outputs are the last layer's values, so logits under cross-entropy, without dropout. ``diverged_epoch`` is 0 or the
    epoch (from 1) whose mean loss was not finite, the last one if only the outputs are not: outputs are then NaN.
    """

    eval_NK: np.ndarray
    train_nK: np.ndarray
    diverged_epoch: int
