"""Batch norm, max pooling and ReLU of one group of images and one channel; see ``pooling`` for z, h and x.

The values of a channel are walked row by row as runs of numbers, which the compiler turns into vectors.
"""

from biasvar.training.convnet.pooling import activate_row, gradient_row
from biasvar.training.convnet.vectors import LANES
from biasvar.training.kernel.routines import compiled


@compiled
def moments(z, mask, centre):
    """Return the sums of z - ``centre``, and of its square, where ``mask``, one row of zeros and ones, is 1."""
    flat, row = z.reshape(-1), z.shape[1] * LANES
    first, second = 0.0, 0.0
    for r in range(1, z.shape[0] - 1):
        values = flat[r * row + LANES : (r + 1) * row - LANES]
        total, squares = z.dtype.type(0), z.dtype.type(0)
        for j in range(values.size):
            error = mask[j] * (values[j] - centre)
            total += error
            squares += error * error
        first += total
        second += squares
    return first, second


@compiled
def activate(z, gain, shift, h, x):
    """Set h and x, given a and b in the precision of z."""
    side, row_z, row_x = (z.shape[0] - 2) // h.shape[0], z.shape[1] * LANES, x.shape[1] * LANES
    for r in range(h.shape[0]):
        first_z, first_x = (r * side + 1) * row_z + LANES, (r + 1) * row_x + LANES
        activate_row(z, first_z, row_z, side, gain, shift, h, r * h.shape[1] * LANES, x, first_x, h.shape[1])


@compiled
def slopes(x, h, centre, delta):
    """Return the sums over pixels of the gradient with respect to a h + b, and of its product with h - ``centre``.

    ``delta`` is the gradient with respect to x; it becomes that with respect to a h + b.
    """
    tops, afters, deltas = h.reshape(-1), x.reshape(-1), delta.reshape(-1)
    size, row, zero = h.shape[1] * LANES, x.shape[1] * LANES, x.dtype.type(0)
    plain, weighted = 0.0, 0.0
    for r in range(h.shape[0]):
        first = (r + 1) * row + LANES
        top, after, slope = tops[r * size : (r + 1) * size], afters[first : first + size], deltas[first : first + size]
        total, product = zero, zero
        for j in range(size):
            kept = zero if after[j] <= zero else slope[j]
            slope[j] = kept
            total += kept
            product += kept * (top[j] - centre)
        plain += total
        weighted += product
    return plain, weighted


@compiled
def normalisation_gradient(z, h, delta, mask, factors):
    """Replace z by the gradient with respect to it; ``factors`` are those of ``gradient_row``."""
    side, row_z, row_d = (z.shape[0] - 2) // h.shape[0], z.shape[1] * LANES, delta.shape[1] * LANES
    for r in range(h.shape[0]):
        first_z, first_d = (r * side + 1) * row_z + LANES, (r + 1) * row_d + LANES
        first_h = r * h.shape[1] * LANES
        gradient_row(z, first_z, row_z, side, factors, h, first_h, delta, first_d, mask, 0, h.shape[1])
