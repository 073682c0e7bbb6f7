"""The outputs of an ensemble as they come, in memory or not, of which a few points are read at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from math import prod
from typing import Any, TypeVar

import numpy as np

from biasvar.decomposition.masks import refuse_masked
from biasvar.decomposition.tiles import in_order, tiles_of

Found = TypeVar("Found")


@dataclass(frozen=True)
class Outputs:
    """Outputs of M models at N points, in whatever numbers they are.

    ``values`` has axes [*sizes, N, K], M being the product of ``sizes``: an array, or anything that has a shape and a
    dtype and is sliced as one, such as a memory map or the files of a study.
    """

    values: Any

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
        refuse_masked("predictions", found)  # some files give masked arrays for what was never written
        part = np.asarray(found)
        return part.reshape(self.models, *part.shape[-2:])

    def in_tiles(self, work: Callable[[slice], Found]) -> Iterator[Found]:
        """Yield the work on each tile of points, in order."""
        return in_order(work, tiles_of(self.points, self.models * self.width))

    @cached_property
    def range(self) -> tuple[float, float]:
        """The smallest and the largest number; both NaN where any is."""
        found = list(self.in_tiles(lambda points: extremes(self.at(points))))
        low, high = np.min([low for low, _ in found]), np.max([high for _, high in found])
        return float(low), float(high)

    def where(self, wrong: Callable[[np.ndarray], np.ndarray]) -> tuple[int, tuple[int, ...]]:
        """Return how often ``wrong`` holds of outputs [M, n, K], of each or of each point's, and the first place of it.

        The place is (model, point, output) or (model, point), and empty where it never holds.
        """
        found = [one for one in self.in_tiles(partial(self.where_at, wrong)) if one[0]]
        return sum(count for count, _ in found), min((place for _, place in found), default=())

    def where_at(self, wrong: Callable[[np.ndarray], np.ndarray], points: slice) -> tuple[int, tuple[int, ...]]:
        """Return the same of some points."""
        found = wrong(self.at(points))
        if not found.any():
            return 0, ()
        model, point, *output = map(int, np.unravel_index(np.argmax(found), found.shape))
        return int(np.count_nonzero(found)), (model, points.start + point, *output)

    def of(self, place: tuple[int, ...]) -> np.ndarray:
        """Return the outputs of one model at one point, or one of them."""
        model, point, *output = place
        return self.at(slice(point, point + 1))[(model, 0, *output)]


def extremes(values: np.ndarray) -> tuple[np.number, np.number]:
    """Return the smallest and the largest value."""
    return values.min(), values.max()
