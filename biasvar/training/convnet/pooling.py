"""The innermost loops of batch norm, max pooling and ReLU: one row of pooling windows of one channel at a time.

z is a channel before batch norm, h its value in each window at which a z + b is largest, and x = ReLU(a h + b).
"""

from numba.core import cgutils, types

from biasvar.training.convnet.vectors import LANES, Vectors, intrinsic

WHOLE = types.intp


@intrinsic
def activate_row(typing, z, first_z, row_z, side, gain, shift, h, first_h, x, first_x, columns):
    """Set a row of h and x; windows have ``side`` x ``side`` pixels, and rows of z have ``row_z`` numbers."""
    signature = types.void(z, WHOLE, WHOLE, WHOLE, z.dtype, z.dtype, h, WHOLE, x, WHOLE, WHOLE)

    def code(context, builder, signature, arguments):
        v = Vectors(context, builder, z)
        z_array, z0, z_row, side, gain, shift, h_array, h0, x_array, x0, columns = arguments
        z_, h_, x_ = (v.start(*one) for one in ((z, z_array), (h, h_array), (x, x_array)))
        gains, shifts, zeros = v.spread(gain), v.spread(shift), v.zeros
        rising = builder.fcmp_unordered(">=", gains, zeros)
        with cgutils.for_range(builder, columns) as column:
            window = v.offset(z0, (builder.mul(column.index, side), LANES))
            top = v.variable(v.load(z_, window))
            with cgutils.for_range(builder, side) as r, cgutils.for_range(builder, side) as s:
                near = v.load(z_, v.offset(window, (z_row, r.index), (s.index, LANES)))
                held = builder.load(top)
                above, below = (builder.fcmp_ordered(sign, near, held) for sign in (">", "<"))
                builder.store(builder.select(builder.select(rising, above, below), near, held), top)
            place = (column.index, LANES)
            v.store(builder.load(top), h_, v.offset(h0, place))
            value = v.product_plus(gains, builder.load(top), shifts)
            negative = builder.fcmp_ordered("<", value, zeros)  # a NaN stays a NaN
            v.store(builder.select(negative, zeros, value), x_, v.offset(x0, place))
        return context.get_dummy_value()

    return signature, code


@intrinsic
def gradient_row(typing, z, first_z, row_z, side, factors, h, first_h, d, first_d, mask, first_mask, columns):
    """Replace windows of z by the gradient with respect to them, a (d - plain - (z - centre) weighted).

    d is the gradient with respect to a h + b at the first z of a window that equals h, and zero elsewhere; ``factors``
    are a, plain, centre and weighted. Lanes where ``mask`` is 0 become 0.
    """
    signature = types.void(
        z, WHOLE, WHOLE, WHOLE, types.UniTuple(z.dtype, 4), h, WHOLE, d, WHOLE, mask, WHOLE, WHOLE
    )  # fmt: skip

    def code(context, builder, signature, arguments):
        v = Vectors(context, builder, z)
        z_array, z0, z_row, side, factors, h_array, h0, d_array, d0, mask_array, mask0, columns = arguments
        z_, h_, d_ = (v.start(*one) for one in ((z, z_array), (h, h_array), (d, d_array)))
        gain, plain, centre, weighted = (v.spread(builder.extract_value(factors, i)) for i in range(4))
        gain = builder.fmul(gain, v.load(v.start(mask, mask_array), mask0))
        with cgutils.for_range(builder, columns) as column:
            window = v.offset(z0, (builder.mul(column.index, side), LANES))
            top = v.load(h_, v.offset(h0, (column.index, LANES)))
            left = v.variable(v.load(d_, v.offset(d0, (column.index, LANES))))
            with cgutils.for_range(builder, side) as r, cgutils.for_range(builder, side) as s:
                place = v.offset(window, (z_row, r.index), (s.index, LANES))
                near, slope = v.load(z_, place), builder.load(left)
                here = builder.fcmp_ordered("==", near, top)
                builder.store(builder.select(here, v.zeros, slope), left)
                slope = builder.fsub(builder.select(here, slope, v.zeros), plain)
                error = builder.fmul(builder.fsub(near, centre), weighted)
                v.store(builder.fmul(gain, builder.fsub(slope, error)), z_, place)
        return context.get_dummy_value()

    return signature, code
