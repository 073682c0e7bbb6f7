"""The Gram matrix of an ensemble's errors, from which every mean over points of a squared-error term follows.

Resampling it costs M^2 instead of M N K. It is stored in parts, because the distance of the mean prediction from the
target may be far larger than the spread: with e_m = c_m + g, g the grand mean error, squares of e would lose the digits
of c.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import frexp, ldexp, prod

import numpy as np

from biasvar.decomposition import components as parts
from biasvar.decomposition.bootstrap import model_counts
from biasvar.decomposition.ensemble import rows_of

NUMBERS = 2**20  # kept in memory at once while resampling


@dataclass(frozen=True)
class Gram:
    """Inner products over outputs, means over points: c_r'c_s in ``centred_MM``, c_r'g in ``along_M``, g'g."""

    centred_MM: np.ndarray
    along_M: np.ndarray
    squared_mean: float

    @property
    def unit(self) -> float:
        """A power of two near the spread: in this unit fourth moments neither underflow nor overflow."""
        return power_of_two(float(np.trace(self.centred_MM)) / len(self.centred_MM) or self.squared_mean)

    @property
    def losses_M(self) -> np.ndarray:
        """The squared error of each model, less ``squared_mean``: |c_r + g|^2 - |g|^2, [M]."""
        return np.diagonal(self.centred_MM) + 2 * self.along_M

    def over(self, unit: float) -> "Gram":
        """Return the same Gram matrix in a unit of squared errors."""
        return Gram(self.centred_MM / unit, self.along_M / unit, self.squared_mean / unit)

    def marginal_squares(self, counts: list[np.ndarray]) -> tuple[dict[parts.Sources, np.ndarray], np.ndarray]:
        """Return the Q_T and the square of the grand mean error under each resample of the seeds: T -> [B], and [B]."""
        sizes = tuple(counts_Bn.shape[1] for counts_Bn in counts)
        found = [self.resampled([one_Bn[rows] for one_Bn in counts], sizes) for rows in in_turn(counts)]
        squares = {t: np.concatenate([one[t] for one in found]) for t in found[0]}
        mean_B = squares.pop(())
        return squares, mean_B

    def resampled(self, counts: list[np.ndarray], sizes: tuple[int, ...]) -> dict[parts.Sources, np.ndarray]:
        """Return the Q_T of a few resamples, with the square of their grand mean error under the key ()."""
        squares = {kept: self.mean_square(counts, kept, sizes) for kept in [(), *parts.sets_of(len(sizes))]}
        centre_B = squares[()]  # of the resample, whose centred errors do not have mean zero
        along_B = model_counts(counts) @ self.along_M / prod(sizes)
        found = {t: square_B - centre_B for t, square_B in squares.items() if t}
        return found | {(): centre_B + 2 * along_B + self.squared_mean}

    def mean_square(self, counts: list[np.ndarray], kept: parts.Sources, sizes: tuple[int, ...]) -> np.ndarray:
        """Return the mean over the seeds of T of |mean over the other sources of c|^2 under each resample: [B].

        Only the blocks of equal seeds of T are needed, [T, rest, rest]: M B products if T contains every source, M^2 B
        if it is empty.
        """
        rest = tuple(place for place in range(len(sizes)) if place not in kept)
        order = (*kept, *rest)
        seeds, models = prod(sizes[place] for place in kept), prod(sizes)
        pairs = (*order, *(len(sizes) + place for place in order))
        grid = self.centred_MM.reshape(*sizes, *sizes).transpose(pairs).reshape(seeds, models // seeds, seeds, -1)
        blocks = np.diagonal(grid, axis1=0, axis2=2).transpose(2, 0, 1)
        one_B1 = np.ones((len(counts[0]), 1))
        within_BT, across_Bo = (model_counts([one_B1, *(counts[place] for place in which)]) for which in (kept, rest))
        squares_TB = np.einsum("tbo,bo->tb", across_Bo @ blocks, across_Bo)
        return np.einsum("tb,bt->b", squares_TB, within_BT) * (seeds / models**2)


def in_turn(counts: list[np.ndarray]) -> Iterator[slice]:
    """Yield resamples in batches, so that at most ``NUMBERS`` (one per resample and model) are in memory."""
    step = max(NUMBERS // prod(counts_Bn.shape[1] for counts_Bn in counts), 1)
    for start in range(0, len(counts[0]), step):
        yield slice(start, start + step)


def gram_of(predictions: np.ndarray, target_NK: np.ndarray | float = 0.0) -> Gram:
    """Return the Gram matrix of the errors of predictions [M, N, K]."""
    points = predictions.shape[1]
    spread, error_NK = parts.centred(predictions, target_NK)
    centred, mean = rows_of(spread), rows_of(error_NK[None])[0]
    return Gram(centred @ centred.T / points, centred @ mean / points, float(mean @ mean) / points)


def power_of_two(value: float) -> float:
    """Return the largest power of two up to a value, which scales without rounding; 1/2 for 0."""
    return ldexp(1.0, frexp(value)[1] - 1)
