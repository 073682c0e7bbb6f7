"""The Gram matrix of an ensemble's errors, from which every mean over points of a squared-error term follows.

It costs M^2 and not M N K to resample, and it is kept in parts, since the distance of the mean prediction from the
target may be far larger than the spread about it: with e_m = c_m + g, g the grand mean error, squares of e would lose
the digits of c.
"""

from dataclasses import dataclass

import numpy as np

from biasvar.decomposition import components as parts


@dataclass(frozen=True)
class Gram:
    """Inner products over outputs, means over points: c_r'c_s in ``centred_MM``, c_r'g in ``along_M``, g'g."""

    centred_MM: np.ndarray
    along_M: np.ndarray
    squared_mean: float

    def marginal_squares(self, counts: list[np.ndarray]) -> tuple[dict[parts.Sources, np.ndarray], np.ndarray]:
        """Return the Q_T and the square of the grand mean error under each resample of the seeds: T -> [B], and [B]."""
        sizes = [counts_Bn.shape[1] for counts_Bn in counts]
        weights = [counts_Bn / counts_Bn.shape[1] for counts_Bn in counts]
        count = len(sizes)
        # Axes in pairs: [n_1, n_1', n_2, n_2', ...].
        pairs = [axis for place in range(count) for axis in (place, count + place)]
        grid = self.centred_MM.reshape(*sizes, *sizes).transpose(pairs)
        squares = {}
        for kept in [(), *parts.sets_of(count)]:
            rest = np.broadcast_to(grid, (len(weights[0]), *grid.shape))
            for place, weights_Bn in enumerate(weights):
                if place in kept:
                    rest = np.einsum("bi,bii...->b...", weights_Bn, rest, optimize=True)
                else:
                    rest = np.einsum("bi,bij...->bj...", weights_Bn, rest, optimize=True)
                    rest = np.einsum("bj,bj...->b...", weights_Bn, rest, optimize=True)
            squares[kept] = rest
        along_B = np.broadcast_to(self.along_M.reshape(sizes), (len(weights[0]), *sizes))
        for weights_Bn in weights:
            along_B = np.einsum("bi,bi...->b...", weights_Bn, along_B)
        centre_B = squares.pop(())  # of the resample, whose centred errors have another mean
        return {t: squares[t] - centre_B for t in squares}, centre_B + 2 * along_B + self.squared_mean


def gram_of(errors_MNK: np.ndarray) -> Gram:
    """Return the Gram matrix of errors [M, N, K]."""
    models, points = errors_MNK.shape[:2]
    flat = errors_MNK.reshape(models, -1)
    mean = flat.mean(axis=0)
    centred = flat - mean
    return Gram(centred @ centred.T / points, centred @ mean / points, float(mean @ mean) / points)
