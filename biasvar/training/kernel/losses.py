"""The losses of the compiled training loop. Axes: K outputs, B rows of the batch."""

import math

import numba
import numpy as np

from biasvar.training.kernel.routines import compiled, exponential

# Reordering a sum loses its smallest terms; without a flag of its own, the caller's fast-math would apply.
in_order = numba.njit(nogil=True, fastmath=False, error_model="numpy")


@compiled
def squared_error(output_KB, target_KB, delta_KB):
    """Return the squared error summed over the batch; set ``delta_KB`` to the gradient of its mean over rows."""
    K, B = output_KB.shape
    total, scale = output_KB.dtype.type(0), output_KB.dtype.type(2.0 / B)
    for k in range(K):
        for b in range(B):
            error = output_KB[k, b] - target_KB[k, b]
            delta_KB[k, b] = scale * error
            total += error * error
    return np.float64(total)


@compiled
def cross_entropy(output_KB, target_KB, delta_KB):
    """Return the cross-entropy summed over the batch; set ``delta_KB`` to the gradient of its mean over rows."""
    K, B = output_KB.shape
    highest_B, total_B = output_KB[0].copy(), np.zeros(B, output_KB.dtype)
    for k in range(1, K):
        for b in range(B):
            highest_B[b] = max(highest_B[b], output_KB[k, b])
    for k in range(K):
        for b in range(B):
            delta_KB[k, b] = exponential(np.float64(output_KB[k, b] - highest_B[b]))
            total_B[b] += delta_KB[k, b]
    loss = summed_cross_entropy(output_KB, target_KB, highest_B, delta_KB)
    scale = output_KB.dtype.type(1.0 / B)
    for k in range(K):
        for b in range(B):
            delta_KB[k, b] = scale * (delta_KB[k, b] / total_B[b] - target_KB[k, b])
    return loss


@in_order
def summed_cross_entropy(output_KB, target_KB, highest_B, weight_KB):
    """Return the cross-entropy summed over the batch; ``weight_KB`` is exp(output - highest).

    As in ``decomposition.entropy.log_softmax``: the largest weight, which is 1, is left out of the sum of the others.
    """
    K, B = output_KB.shape
    loss = 0.0
    for b in range(B):
        others, ones = 0.0, -1
        for k in range(K):
            if weight_KB[k, b] == 1:
                ones += 1
            else:
                others += weight_KB[k, b]
        log_total = math.log1p(others + ones)
        for k in range(K):
            loss += target_KB[k, b] * (log_total + (highest_B[b] - output_KB[k, b]))
    return loss
