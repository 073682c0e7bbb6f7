"""Components of variance in a balanced crossed design with one model per cell: the random effects of Searle 1971.

``sizes`` counts the seeds of each crossed source; a joint design is one source with R seeds. A set of sources is a
tuple of their indices, such as (0,) or (0, 1). Everything is a linear function of the mean squares of marginal means,

    Q_T = mean over the seeds of T of (mean over the other sources of e - grand mean)^2,

so the same few lines serve points, resamples, and means over points. The grand mean is kept separate, as it may be far
larger than the variation about it.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from itertools import combinations
from math import prod

import numpy as np

Sources = tuple[int, ...]


def sets_of(count: int) -> list[Sources]:
    """Return every non-empty set of sources, smaller ones first."""
    return [one for size in range(1, count + 1) for one in combinations(range(count), size)]


def inside(sources: Sources) -> Iterator[tuple[int, Sources]]:
    """Yield each non-empty subset T of S with its sign (-1)^(|S| - |T|)."""
    for size in range(1, len(sources) + 1):
        for subset in combinations(sources, size):
            yield (-1) ** (len(sources) - size), subset


def around(sources: Sources, count: int) -> Iterator[tuple[int, Sources]]:
    """Yield each superset T of S with its sign (-1)^(|T| - |S|)."""
    for larger in sets_of(count):
        if set(sources) <= set(larger):
            yield (-1) ** (len(larger) - len(sources)), larger


def others(sources: Sources, sizes: tuple[int, ...]) -> int:
    """Return how many models share one seed of each source in S: the product of the other sizes."""
    return prod(size for place, size in enumerate(sizes) if place not in sources)


def total(arrays: Iterable[np.ndarray]) -> np.ndarray:
    """Return the sum of arrays."""
    return reduce(np.add, arrays)


def freedom(sources: Sources, sizes: tuple[int, ...]) -> int:
    """Return the degrees of freedom of a mean square: the product of n_s - 1 over S."""
    return prod(sizes[place] - 1 for place in sources)


def centred(predictions: np.ndarray, target_NK: np.ndarray | float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Return predictions [M, N, K] minus their mean, and the mean minus the target, [N, K].

    The first model is subtracted first, so that equal models have exactly no spread and a large target costs no digits.
    """
    shifted = predictions - predictions[0]
    mean_NK = shifted.mean(axis=0)
    shifted -= mean_NK
    return shifted, predictions[0] - target_NK + mean_NK


def marginal_squares(
    predictions: np.ndarray, sizes: tuple[int, ...], target_NK: np.ndarray | float = 0.0
) -> dict[Sources, np.ndarray]:
    """Return Q_T per point, summed over outputs, from predictions [M, N, K], T -> [N].

    The key () holds the square of the grand mean error.
    """
    count = len(sizes)
    spread, error_NK = centred(predictions, target_NK)
    grid = spread.reshape(*sizes, *predictions.shape[1:])
    squares: dict[Sources, np.ndarray] = {(): np.square(error_NK).sum(axis=-1)}
    for kept in sets_of(count):
        rest = tuple(place for place in range(count) if place not in kept)
        means = (grid.mean(axis=rest) if rest else grid).reshape(-1, *predictions.shape[1:])
        squares[kept] = np.einsum("tnk,tnk->n", means, means) / len(means)
    return squares


def mean_squares(squares: Mapping[Sources, np.ndarray], sizes: tuple[int, ...]) -> dict[Sources, np.ndarray]:
    """Return the mean square of each effect from the Q_T: MS_S = (M / df_S) sum_{T in S} (-1)^(|S|-|T|) Q_T."""
    models = prod(sizes)
    return {
        s: total(sign * squares[t] for sign, t in inside(s)) * (models / freedom(s, sizes)) for s in sets_of(len(sizes))
    }


def variance_components(squares: Mapping[Sources, np.ndarray], sizes: tuple[int, ...]) -> dict[Sources, np.ndarray]:
    """Return the unbiased component of each set of sources; it may be negative.

    V_S = sum_{T holds S} (-1)^(|T|-|S|) MS_T / (product of the sizes outside S); for data and init seeds that is
    V_int = MS_int, V_data = (MS_data - MS_int) / J, V_init = (MS_init - MS_int) / I.
    """
    means, count = mean_squares(squares, sizes), len(sizes)
    return {s: total(sign * means[t] for sign, t in around(s, count)) / others(s, sizes) for s in sets_of(count)}


def variance_of_the_mean(components: Mapping[Sources, np.ndarray], sizes: tuple[int, ...]) -> np.ndarray:
    """Return sum_S V_S / prod_{s in S} n_s: the bias of the grand mean's squared error as an estimate of bias^2."""
    return total(component / prod(sizes[place] for place in s) for s, component in components.items())


def coefficients(weights: Mapping[Sources, float], sizes: tuple[int, ...]) -> dict[Sources, float]:
    """Return the coefficient of each mean square in a weighted sum of components.

    Under the key () is bias squared, |m|^2 + sum_S (-1)^|S| MS_S / M with m the grand mean error: its mean squares.
    """
    found = dict.fromkeys(sets_of(len(sizes)), 0.0)
    for s, weight in weights.items():
        for sign, t in around(s, len(sizes)):
            found[t] += weight * sign / others(s, sizes)
    return found
