"""The update rules of the compiled training loop, each for P parameters that share a weight decay.

Loops start at 0: otherwise numba handles negative indices, and the compiler does not vectorise the loop.
"""

import math

from biasvar.training.kernel.routines import compiled

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8  # Adam's, as in torch.optim


@compiled
def sgd(parameter_P, gradient_P, buffer_P, lr, momentum, decay):
    """Take a step of gradient descent with (heavy-ball) momentum and coupled weight decay, as ``torch.optim.SGD``."""
    number = parameter_P.dtype.type
    rate, inertia, pull = number(lr), number(momentum), number(decay)
    for p in range(parameter_P.size):
        buffer_P[p] = inertia * buffer_P[p] + (gradient_P[p] + pull * parameter_P[p])
        parameter_P[p] -= rate * buffer_P[p]


@compiled
def shrink(parameter_P, lr, decay):
    """Take a step of decoupled weight decay, which comes before that of the gradient, as in ``torch.optim.AdamW``."""
    kept = parameter_P.dtype.type(1.0 - lr * decay)
    for p in range(parameter_P.size):
        parameter_P[p] *= kept


@compiled
def adam(parameter_P, gradient_P, first_P, second_P, step, lr, decay):
    """Take step ``step`` (from 1) of Adam with coupled weight decay, as ``torch.optim.Adam``."""
    number = parameter_P.dtype.type
    rate, correction = number(lr / (1.0 - BETA1**step)), number(1.0 / math.sqrt(1.0 - BETA2**step))
    beta1, beta2, epsilon, pull = number(BETA1), number(BETA2), number(EPSILON), number(decay)
    fresh1, fresh2 = number(1.0 - BETA1), number(1.0 - BETA2)
    for p in range(parameter_P.size):
        gradient = gradient_P[p] + pull * parameter_P[p]
        first_P[p] = beta1 * first_P[p] + fresh1 * gradient
        second_P[p] = beta2 * second_P[p] + fresh2 * gradient * gradient
        parameter_P[p] -= rate * first_P[p] / (math.sqrt(second_P[p]) * correction + epsilon)
