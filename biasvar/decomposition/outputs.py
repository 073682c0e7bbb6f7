"""The outputs of an ensemble as given, in memory or on disk, read a few points at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from math import prod
from typing import Any, TypeVar

import numpy as np

from biasvar.decomposition.reading.masks import refuse_masked
from biasvar.decomposition.tiles import in_order, tiles_of

Found = TypeVar("Found")
WHOLE = 2**53  # largest integer up to which float64 holds every whole number


@dataclass(frozen=True)
class Outputs:
    """Outputs of M models at N points, in their original number type.

    ``values`` has axes [*sizes, N, K], M being the product of ``sizes``: an array, or anything with a shape and a dtype
    that is sliced like one, such as a memory map or the files of a study. ``origin_NK`` is subtracted where values are
    whole numbers too large for float64.
    """

    values: Any
    origin_NK: np.ndarray | None = None

    @property
    def models(self) -> int:
        """M, the number of models."""
        return prod(self.values.shape[:-2])

    @property
    def points(self) -> int:
        """N, the number of points."""
        return self.values.shape[-2]

    @property
    def width(self) -> int:
        """K, the number of outputs."""
        return self.values.shape[-1]

    @property
    def dtype(self) -> np.dtype:
        """What the numbers are stored as."""
        return self.values.dtype

    def at(self, points: slice) -> np.ndarray:
        """Return the outputs at some points, [M, n, K]."""
        found = self.values[(..., points, slice(None))]
        refuse_masked("predictions", found)  # some file formats return masked arrays for unwritten parts
        part = np.asarray(found)
        part = part.reshape(self.models, *part.shape[-2:])
        return part if self.origin_NK is None else difference(part, self.origin_NK[points])

    def about_first(self, target: np.ndarray) -> tuple["Outputs", np.ndarray]:
        """Return outputs and target minus the first model's outputs if float64 cannot hold such whole numbers."""
        target_NK = target.reshape(len(target), -1)
        fits = target_NK.shape[1] == self.width or self.width == 1
        if self.dtype.kind not in "iu" or not fits or max(-self.range[0], self.range[1]) <= WHOLE:
            return self, target
        origin_NK = self.at(slice(None))[0]
        return Outputs(self.values, origin_NK), difference(target_NK, origin_NK)

    def in_tiles(self, work: Callable[[slice], Found]) -> Iterator[Found]:
        """Yield ``work`` of each tile of points, in order."""
        return in_order(work, tiles_of(self.points, self.models * self.width))

    @cached_property
    def range(self) -> tuple[float, float]:
        """The smallest and the largest number; both NaN where any is."""
        found = list(self.in_tiles(lambda points: extremes(self.at(points))))
        low, high = np.min([low for low, _ in found]), np.max([high for _, high in found])
        return float(low), float(high)

    def where(self, wrong: Callable[[np.ndarray], np.ndarray]) -> tuple[int, tuple[int, ...]]:
        """Return how often ``wrong`` is true of outputs [M, n, K], per output or per point, and where it first is.

        The location is (model, point, output) or (model, point), and empty if it is never true.
        """
        found = [one for one in self.in_tiles(partial(self.where_at, wrong)) if one[0]]
        return sum(count for count, _ in found), min((place for _, place in found), default=())

    def where_at(self, wrong: Callable[[np.ndarray], np.ndarray], points: slice) -> tuple[int, tuple[int, ...]]:
        """Return the same for some points."""
        found = wrong(self.at(points))
        if not found.any():
            return 0, ()
        model, point, *output = map(int, np.unravel_index(np.argmax(found), found.shape))
        return int(np.count_nonzero(found)), (model, points.start + point, *output)

    def of(self, place: tuple[int, ...]) -> np.ndarray:
        """Return the outputs of one model at one point, or a single output."""
        model, point, *output = place
        return self.at(slice(point, point + 1))[(model, 0, *output)]


def extremes(values: np.ndarray) -> tuple[np.number, np.number]:
    """Return the smallest and the largest value."""
    return values.min(), values.max()


def difference(values: np.ndarray, origin: np.ndarray) -> np.ndarray:
    """Return values minus an origin of whole numbers, in float64: the whole parts are subtracted as integers."""
    numbers = values.astype(float)
    apart = numbers - origin.astype(float)
    whole = values if values.dtype.kind in "iu" else np.trunc(np.where(np.abs(numbers) < 2**63, numbers, 0.0))
    # Integers wrap at 64 bits, and so does their difference, which is therefore right wherever it fits.
    near = (np.abs(apart) < 2**62) & (whole.astype(float) == np.trunc(numbers))
    exact = (whole.astype(np.int64) - origin.astype(np.int64)) + (numbers - np.trunc(numbers))
    return np.where(near, exact, apart)
