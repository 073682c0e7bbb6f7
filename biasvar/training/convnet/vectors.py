"""Vectors of ``LANES`` numbers in the code of an intrinsic: what the compiler would not find in loops by itself."""

from collections.abc import Sequence
from typing import Any

from llvmlite import ir
from numba import extending
from numba.core import cgutils

from biasvar.training.kernel.target import compiler_features

LANES = 16 if "+avx512f" in compiler_features().split(",") else 8  # numbers in float32 that one vector holds
intrinsic: Any = extending.intrinsic  # compiled code calls the result without the first argument, its typing context


class Vectors:
    """Emits the code of one intrinsic, for arrays of the given type; offsets count numbers from an array's start."""

    def __init__(self, context, builder, array_type: Any):
        self.context, self.builder = context, builder
        self.bytes = array_type.dtype.bitwidth // 8
        self.type = ir.VectorType(context.get_value_type(array_type.dtype), LANES)
        name = f"llvm.fma.v{LANES}f{array_type.dtype.bitwidth}"
        signature = ir.FunctionType(self.type, [self.type] * 3)
        self.fused = cgutils.get_or_insert_function(builder.module, signature, name)

    def start(self, array_type: Any, array):
        """Return the pointer to an array's first number."""
        return self.context.make_array(array_type)(self.context, self.builder, array).data

    def offset(self, start, *terms):
        """Return ``start`` plus numbers, or products of pairs of numbers."""
        for term in terms:
            product = self.builder.mul(*map(number, term)) if isinstance(term, tuple) else number(term)
            start = self.builder.add(start, product)
        return start

    def load(self, start, offset):
        """Return the vector at an offset."""
        vector = self.builder.load(self.place(start, offset))
        vector.align = self.bytes
        return vector

    def store(self, vector, start, offset) -> None:
        """Write a vector at an offset."""
        self.builder.store(vector, self.place(start, offset)).align = self.bytes

    def place(self, start, offset):
        """Return the pointer to the vector at an offset."""
        return self.builder.bitcast(self.builder.gep(start, [offset]), self.type.as_pointer())

    def repeated(self, start, offset):
        """Return the number at an offset in all lanes."""
        return self.spread(self.builder.load(self.builder.gep(start, [offset])))

    def spread(self, value):
        """Return a number in all lanes."""
        undefined = ir.Constant(self.type, ir.Undefined)
        first = self.builder.insert_element(undefined, value, lane(0))
        return self.builder.shuffle_vector(first, undefined, lanes([0] * LANES))

    def variable(self, vector=None):
        """Return a register that holds a vector, at first zeros; optimisation makes one of it."""
        register = cgutils.alloca_once(self.builder, self.type)
        self.builder.store(self.zeros if vector is None else vector, register)
        return register

    def add_product(self, register, one, other) -> None:
        """Add the product of two vectors to that in a register, with one rounding."""
        self.builder.store(self.product_plus(one, other, self.builder.load(register)), register)

    def product_plus(self, one, other, third):
        """Return the product of two vectors plus a third, with one rounding."""
        return self.builder.call(self.fused, [one, other, third])

    def add_sum(self, register, start, offset) -> None:
        """Add the sum over lanes of a register's vector to the number at an offset, always in the same order."""
        vector, left = self.builder.load(register), LANES
        while left > 1:
            left //= 2
            halves = (lanes(range(first, first + left)) for first in (0, left))
            vector = self.builder.fadd(*(self.builder.shuffle_vector(vector, vector, half) for half in halves))
        place = self.builder.gep(start, [offset])
        total = self.builder.extract_element(vector, lane(0))
        self.builder.store(self.builder.fadd(self.builder.load(place), total), place)

    @property
    def zeros(self):
        """A vector of zeros."""
        return ir.Constant(self.type, [0.0] * LANES)


def number(value):
    """Return a whole number as a constant of the code; values of the code unchanged."""
    return ir.Constant(ir.IntType(64), value) if isinstance(value, int) else value


def lane(place: int):
    """Return the number of a lane."""
    return ir.Constant(ir.IntType(32), place)


def lanes(places: Sequence[int]):
    """Return a list of lanes."""
    return ir.Constant(ir.VectorType(ir.IntType(32), len(places)), list(places))
