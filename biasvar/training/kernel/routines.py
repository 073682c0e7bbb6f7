"""The routines of the compiled training loop. Activations are feature-major, [features, rows of the batch].

Axes: n training rows, I inputs and O outputs of a layer, B rows of the batch.
Products use BLAS, even small ones. On AVX-512, OpenBLAS has kernels for small matrices, which in float32 were up to
twice as fast as register blocks written here, and at worst about equal. Its AVX2 kernels are slower than such blocks on
narrow layers: 1.5 times at 16 x 20 weights and 64 rows, 3 to 9 times at two to four outputs.
"""

import math

import numba
import numpy as np

from biasvar import seeds
from biasvar.training import streams

# All of fast-math except the promise of no NaNs and infinities: divergence must be detected.
FASTMATH = {"reassoc", "contract", "arcp", "nsz"}

compiled = numba.njit(nogil=True, fastmath=FASTMATH, error_model="numpy")
draw_bits = compiled(seeds.draw_bits)
counter = compiled(streams.counter)
bounded = compiled(streams.bounded)

RESOLUTION = streams.RESOLUTION
LN2 = math.log(2.0)
FACTORIALS = tuple(float(math.factorial(i)) for i in range(13, -1, -1))


@compiled
def initialise(weight_OI, bias_O, bias, key, layer):
    """Fill a layer with U(-1/sqrt(fan_in), 1/sqrt(fan_in)), biases with 0 if the model has none."""
    bound = 1.0 / math.sqrt(weight_OI.shape[1])
    weights = weight_OI.ravel()
    for i in range(weights.size):
        weights[i] = bound * (2.0 * uniform(key, counter(layer, i)) - 1.0)
    for o in range(bias_O.size):
        bias_O[o] = bound * (2.0 * uniform(key, counter(layer, weights.size + o)) - 1.0) if bias else 0.0


@compiled
def uniform(key, count):
    """Return ``seeds.draw_uniform``'s number."""
    return (draw_bits(key, count) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@compiled
def shuffle(order_n, key, epoch):
    """Permute in place (Fisher and Yates)."""
    for i in range(order_n.size - 1, 0, -1):
        j = bounded(draw_bits(key, counter(epoch, i)), i + 1)
        order_n[i], order_n[j] = order_n[j], order_n[i]


@compiled
def gather(order_B, values_nI, columns_IB):
    """Copy the rows named by ``order_B`` into columns."""
    for i in range(values_nI.shape[1]):
        for b in range(order_B.size):
            columns_IB[i, b] = values_nI[order_B[b], i]


@compiled
def add_bias(values_OB, bias_O):
    """Add b to W x, in place."""
    for o in range(values_OB.shape[0]):
        for b in range(values_OB.shape[1]):
            values_OB[o, b] += bias_O[o]


@compiled
def affine_gradient(delta_OB, input_IB, weight_gradient_OI, bias_gradient_O):
    """Compute the gradient with respect to W and b from that of W x + b: outer products and sums over rows."""
    np.dot(delta_OB, input_IB.T, weight_gradient_OI)
    for o in range(bias_gradient_O.size):
        total = delta_OB.dtype.type(0)
        for b in range(delta_OB.shape[1]):
            total += delta_OB[o, b]
        bias_gradient_O[o] = total


@compiled
def exponential(x):
    """Return e**x to 3e-14, for x within +-708: e**r by Taylor's series, |r| < 0.35, times a power of two.

    The compiler can vectorise this, unlike a call of the maths library; that makes tanh six times faster.
    """
    x = -708.0 if x < -708.0 else x
    x = 708.0 if x > 708.0 else x
    power = np.floor(x / LN2 + 0.5)
    remainder, series = x - power * LN2, 0.0
    for factorial in FACTORIALS:
        series = series * remainder + 1.0 / factorial
    return series * np.int64(np.int64(power + 1023.0) << np.int64(52)).view(np.float64)


@compiled
def activate(values_OB, bias_O, tanh):
    """Turn W x into ReLU or tanh of W x + b, in one pass and in place: small layers are bound by memory."""
    zero = values_OB.dtype.type(0)
    for o in range(values_OB.shape[0]):
        bias = bias_O[o]
        if tanh:
            for b in range(values_OB.shape[1]):
                value = np.float64(values_OB[o, b] + bias)
                values_OB[o, b] = 1.0 - 2.0 / (exponential(2.0 * value) + 1.0)
        else:
            for b in range(values_OB.shape[1]):  # written so that a NaN stays a NaN
                value = values_OB[o, b] + bias
                values_OB[o, b] = zero if value < zero else value


@compiled
def activation_gradient(delta_OB, value_OB, mask_divisor, tanh):
    """Multiply by the activation's slope, in place; ``value_OB`` is the activation after dropout."""
    number = delta_OB.dtype.type
    zero, one, keep = number(0), number(1), number(mask_divisor)
    for o in range(delta_OB.shape[0]):
        if tanh:
            for b in range(delta_OB.shape[1]):
                delta_OB[o, b] *= one - (keep * value_OB[o, b]) * (keep * value_OB[o, b])
        else:
            for b in range(delta_OB.shape[1]):
                delta_OB[o, b] = zero if value_OB[o, b] <= zero else delta_OB[o, b]


@compiled
def draw_mask(bits, key, draw):
    """Draw the random bits of one dropout mask, four elements in each of ``bits``."""
    first = counter(draw, 0)
    for i in range(bits.size):
        bits[i] = draw_bits(key, first + np.uint64(i))


@compiled
def draw_mask_of_rows(bits, key, draw, first, features, rows):
    """Draw the random bits of a mask in prediction, where row ``first`` is the first of the batch."""
    bits16, word = bits.view(np.uint16), np.uint64(0)
    for b in range(rows):
        for f in range(features):
            element = (first + b) * features + f
            if f == 0 or element % 4 == 0:
                word = draw_bits(key, counter(draw, element // 4))
            bits16[f * rows + b] = (word >> np.uint64(16 * (element % 4))) & np.uint64(RESOLUTION - 1)


@compiled
def drop(values, bits, threshold, factor):
    """Zero the elements whose 16 bits are below the threshold and multiply the others, in place."""
    flat, bits16 = values.ravel(), bits.view(np.uint16)
    zero, scale, limit = flat.dtype.type(0), flat.dtype.type(factor), np.uint16(threshold)
    for e in range(flat.size):
        flat[e] = zero if bits16[e] < limit else flat[e] * scale
