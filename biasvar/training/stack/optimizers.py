"""The optimisers of a stack: torch's update rules, with a learning rate and weight decay of each member's own.

Every weight of every member lies in one vector [P], so a step is a few passes over contiguous numbers.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np
import torch

from biasvar.training.kernel.optimizers import BETA1, BETA2, EPSILON
from biasvar.training.stack.parameters import Parameters
from biasvar.training.training_config import Descent


class Optimizer:
    """What update rules share: weights, gradients, and the rates at which each is moved."""

    def __init__(self, parameters: Parameters, recipes: Sequence[Descent], factors_T: np.ndarray):
        self.values_P, self.gradient_P = parameters.values, parameters.gradient
        self.lr_P = parameters.spread([recipe.lr for recipe in recipes])
        self.decay_P = parameters.spread([recipe.weight_decay for recipe in recipes]) * parameters.decays
        self.factors_T = factors_T  # of the learning rate at each step

    def pulled(self) -> torch.Tensor:
        """Return the gradient with that of weight decay added to it."""
        return self.gradient_P.addcmul_(self.decay_P, self.values_P)


class Sgd(Optimizer):
    """Gradient descent with (heavy-ball) momentum."""

    def __init__(self, parameters, recipes, factors_T):
        super().__init__(parameters, recipes, factors_T)
        self.momentum_P = parameters.spread([recipe.momentum for recipe in recipes])
        self.buffer_P = torch.zeros_like(self.values_P)

    @torch.no_grad()
    def step(self, step: int) -> None:
        """Take step ``step``, from 0."""
        self.buffer_P.mul_(self.momentum_P).add_(self.pulled())
        self.values_P.addcmul_(self.lr_P, self.buffer_P, value=-self.factors_T[step])


class Adam(Optimizer):
    """Adam (Kingma, Ba 2015)."""

    def __init__(self, parameters, recipes, factors_T):
        super().__init__(parameters, recipes, factors_T)
        self.first_P, self.second_P = torch.zeros_like(self.values_P), torch.zeros_like(self.values_P)

    @torch.no_grad()
    def step(self, step: int) -> None:
        """Take step ``step``, from 0."""
        gradient_P = self.pulled()
        self.first_P.lerp_(gradient_P, 1 - BETA1)
        self.second_P.mul_(BETA2).addcmul_(gradient_P, gradient_P, value=1 - BETA2)
        spread_P = self.second_P.sqrt().div_(sqrt(1 - BETA2 ** (step + 1))).add_(EPSILON)
        rate = self.factors_T[step] / (1 - BETA1 ** (step + 1))
        self.values_P.addcdiv_(self.lr_P * self.first_P, spread_P, value=-rate)


OPTIMIZERS: dict[str, type[Sgd] | type[Adam]] = {"sgd": Sgd, "adam": Adam}
