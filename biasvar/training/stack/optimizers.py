"""The optimisers of a stack: torch's update rules, with a learning rate and weight decay per member.

All weights of all members are in one vector [P], so a step is a few passes over contiguous numbers.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np
import torch

from biasvar.training.kernel.optimizers import BETA1, BETA2, EPSILON
from biasvar.training.stack.parameters import Parameters
from biasvar.training.training_config import TrainingConfig


class Optimizer:
    """The common part of update rules: weights, gradients, and the learning rate of each weight."""

    def __init__(self, parameters: Parameters, configs: Sequence[TrainingConfig], factors_T: np.ndarray):
        self.values_P, self.gradient_P = parameters.values, parameters.gradient
        self.lr_P = parameters.spread([config.lr for config in configs])
        self.decay_P = parameters.spread([config.weight_decay for config in configs])
        if configs[0].decay == "weights":
            self.decay_P *= parameters.decay_mask
        self.factors_T = factors_T  # of the learning rate at each step

    def gradient_with_decay(self) -> torch.Tensor:
        """Return the gradient including that of weight decay."""
        return self.gradient_P.addcmul_(self.decay_P, self.values_P)


class Sgd(Optimizer):
    """Gradient descent with (heavy-ball) momentum."""

    def __init__(self, parameters, configs, factors_T):
        super().__init__(parameters, configs, factors_T)
        self.momentum_P = parameters.spread([config.momentum for config in configs])
        self.buffer_P = torch.zeros_like(self.values_P)
        self.vectors = {"momentum": self.buffer_P}

    @torch.no_grad()
    def step(self, step: int) -> None:
        """Take step ``step`` (from 0)."""
        self.buffer_P.mul_(self.momentum_P).add_(self.gradient_with_decay())
        self.values_P.addcmul_(self.lr_P, self.buffer_P, value=-self.factors_T[step])


class Adam(Optimizer):
    """Adam (Kingma, Ba 2015)."""

    def __init__(self, parameters, configs, factors_T):
        super().__init__(parameters, configs, factors_T)
        self.first_P, self.second_P = torch.zeros_like(self.values_P), torch.zeros_like(self.values_P)
        self.vectors = {"first": self.first_P, "second": self.second_P}

    @torch.no_grad()
    def step(self, step: int) -> None:
        """Take step ``step`` (from 0)."""
        gradient_P = self.gradient_with_decay()
        self.first_P.lerp_(gradient_P, 1 - BETA1)
        self.second_P.mul_(BETA2).addcmul_(gradient_P, gradient_P, value=1 - BETA2)
        spread_P = self.second_P.sqrt().div_(sqrt(1 - BETA2 ** (step + 1))).add_(EPSILON)
        rate = self.factors_T[step] / (1 - BETA1 ** (step + 1))
        self.values_P.addcdiv_(self.lr_P * self.first_P, spread_P, value=-rate)


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov, Hutter 2019)."""

    @torch.no_grad()
    def step(self, step: int) -> None:
        """Take step ``step`` (from 0)."""
        self.values_P.mul_(1 - self.factors_T[step] * self.lr_P * self.decay_P)
        super().step(step)

    def gradient_with_decay(self) -> torch.Tensor:
        """Return the gradient alone."""
        return self.gradient_P


OPTIMIZERS: dict[str, type[Sgd] | type[Adam]] = {"sgd": Sgd, "adam": Adam, "adamw": AdamW}
