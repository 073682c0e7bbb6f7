"""The innermost loops of convolutions, which keep their sums in registers.

Blocks are small enough for the 16 vector registers of AVX2, and large enough that its two units for products never wait
for a sum: eight or nine sums at a time.
"""

from numba.core import cgutils, types

from biasvar.training.convnet.vectors import LANES, Vectors, intrinsic

SIDE = 3  # pixels of a kernel's side
TAPS = SIDE * SIDE
WHOLE = types.intp


def correlation(outputs: int, pixels: int):
    """Return the routine that adds a 3 x 3 correlation to a block of output channels and neighbouring pixels."""

    @intrinsic
    def add_correlation(typing, y, first_y, channel_y, x, first_x, channel_x, row_x, w, first_w, inputs):
        """Add w * x to y: ``first_`` is where a block starts, ``channel_`` and ``row_`` how far the next one is.

        ``w`` is [O, 3, 3, I] and starts at its first output channel of the block; ``x`` starts one row and one column
        before the pixels.
        """
        signature = types.void(y, WHOLE, WHOLE, x, WHOLE, WHOLE, WHOLE, w, WHOLE, WHOLE)

        def code(context, builder, signature, arguments):
            v = Vectors(context, builder, y)
            y_array, y0, y_channel, x_array, x0, x_channel, x_row, w_array, w0, inputs = arguments
            y_, x_, w_ = (v.start(kind, array) for kind, array in ((y, y_array), (x, x_array), (w, w_array)))
            block = [(o, p) for o in range(outputs) for p in range(pixels)]
            places = {(o, p): v.offset(y0, (y_channel, o), p * LANES) for o, p in block}
            sums = {one: v.variable(v.load(y_, place)) for one, place in places.items()}
            with cgutils.for_range(builder, inputs) as channel:
                for row in range(SIDE):
                    first = v.offset(x0, (x_channel, channel.index), (x_row, row))
                    near = [v.load(x_, v.offset(first, p * LANES)) for p in range(pixels + SIDE - 1)]
                    for o in range(outputs):
                        for column in range(SIDE):
                            tap = v.offset(w0, (inputs, o * TAPS + row * SIDE + column), channel.index)
                            weight = v.repeated(w_, tap)
                            for p in range(pixels):
                                v.add_product(sums[o, p], weight, near[p + column])
            for one, place in places.items():
                v.store(builder.load(sums[one]), y_, place)
            return context.get_dummy_value()

        return signature, code

    return add_correlation


@intrinsic
def add_weight_gradient(typing, gradient, first_w, step_w, delta, first_d, x, first_x, row, rows, columns):
    """Add the sums of ``delta`` times ``x`` over pixels and lanes to the gradient of the nine weights of two channels.

    ``x`` starts one row and one column before the first pixel of ``delta``; both have ``row`` numbers a row. The
    weights are ``step_w`` numbers apart.
    """
    signature = types.void(gradient, WHOLE, WHOLE, delta, WHOLE, x, WHOLE, WHOLE, WHOLE, WHOLE)

    def code(context, builder, signature, arguments):
        v = Vectors(context, builder, x)
        w_array, w0, w_step, d_array, d0, x_array, x0, row, rows, columns = arguments
        w_, d_, x_ = (v.start(*one) for one in ((gradient, w_array), (delta, d_array), (x, x_array)))
        sums = [v.variable() for _ in range(TAPS)]
        with cgutils.for_range(builder, rows) as y, cgutils.for_range(builder, columns) as column:
            place = v.offset(builder.mul(row, y.index), (column.index, LANES))
            slope = v.load(d_, v.offset(d0, place))
            for tap, total in enumerate(sums):
                near = v.offset(x0, place, (row, tap // SIDE), tap % SIDE * LANES)
                v.add_product(total, slope, v.load(x_, near))
        for tap, total in enumerate(sums):
            v.add_sum(total, w_, v.offset(w0, (w_step, tap)))
        return context.get_dummy_value()

    return signature, code
