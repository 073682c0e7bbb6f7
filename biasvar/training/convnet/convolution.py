"""3 x 3 convolutions, and their gradients, of groups of images; see the package for axes.

Weights are [O, 3, 3, I], the order in which they are drawn.
"""

from biasvar.training.convnet.inner_loops import add_weight_gradient, correlation
from biasvar.training.convnet.vectors import LANES
from biasvar.training.kernel.routines import compiled

four_pixels_of_two, eight_pixels, pixel_of_two, pixel = (
    correlation(*block) for block in ((2, 4), (1, 8), (2, 1), (1, 1))
)
BAND = 128  # pixels whose values, of all channels, stay in the second-level cache


@compiled
def convolve(x, g, weight, bias_O, y):
    """Set group ``g`` of ``y`` to the convolution of that of ``x``."""
    inputs, outputs, height, width = x.shape[1], y.shape[1], y.shape[2], y.shape[3]
    row, plane = width * LANES, height * width * LANES
    per_output = weight.size // outputs
    for o in range(0, outputs, 2):
        pair = o + 1 < outputs
        y0, w0 = (g * outputs + o) * plane + row + LANES, o * per_output
        for r in range(height - 2):
            for c in range(o, min(o + 2, outputs)):
                y[g, c, r + 1, 1 : width - 1] = bias_O[c]
            here, x0, column = y0 + r * row, g * inputs * plane + r * row, 0
            while column < width - 2:
                left, shift = width - 2 - column, column * LANES
                if pair and left >= 4:
                    four_pixels_of_two(y, here + shift, plane, x, x0 + shift, plane, row, weight, w0, inputs)
                    column += 4
                elif pair:
                    pixel_of_two(y, here + shift, plane, x, x0 + shift, plane, row, weight, w0, inputs)
                    column += 1
                elif left >= 8:
                    eight_pixels(y, here + shift, plane, x, x0 + shift, plane, row, weight, w0, inputs)
                    column += 8
                else:
                    pixel(y, here + shift, plane, x, x0 + shift, plane, row, weight, w0, inputs)
                    column += 1


@compiled
def add_gradient(x, delta, g, gradient):
    """Add the gradient of group ``g`` with respect to the weights, given that with respect to the values after it."""
    inputs, outputs, height, width = x.shape[1], delta.shape[1], delta.shape[2], delta.shape[3]
    row, plane = width * LANES, height * width * LANES
    band = max(1, BAND // width)
    for first in range(0, height - 2, band):
        rows = min(band, height - 2 - first)
        for o in range(outputs):
            d0 = (g * outputs + o) * plane + (first + 1) * row + LANES
            for i in range(inputs):
                x0 = (g * inputs + i) * plane + first * row
                w0 = o * 9 * inputs + i
                add_weight_gradient(gradient, w0, inputs, delta, d0, x, x0, row, rows, width - 2)


@compiled
def transposed(weight, turned):
    """Set ``turned``, [I, 3, 3, O], to the weights of the convolution that takes gradients back to the inputs."""
    for o in range(weight.shape[0]):
        for r in range(3):
            for c in range(3):
                for i in range(weight.shape[3]):
                    turned[i, 2 - r, 2 - c, o] = weight[o, r, c, i]


@compiled
def place_images(order_B, values_nCHW, x):
    """Fill ``x`` with the images named by ``order_B``, and with zeros beyond the last one."""
    channels, height, width = values_nCHW.shape[1:]
    for g in range((order_B.size + LANES - 1) // LANES):
        for lane in range(LANES):
            b = g * LANES + lane
            for c in range(channels):
                for r in range(height):
                    after = x[g, c, r + 1]
                    if b < order_B.size:
                        before = values_nCHW[order_B[b], c, r]
                        for s in range(width):
                            after[s + 1, lane] = before[s]
                    else:
                        after[:, lane] = 0
