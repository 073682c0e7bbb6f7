"""Estimates with fewer replicates, and whether the bias is below what the replicates can resolve."""

from collections.abc import Iterator
from math import ceil
from typing import NamedTuple

import numpy as np

from biasvar import seeds
from biasvar.decomposition.components import coefficients
from biasvar.decomposition.ensemble import Ensemble
from biasvar.decomposition.result import ROUNDING, Decomposition

FEWEST, MOST = 3, 10  # subsets of one size that are averaged over: those that do not overlap, within these bounds
BIASES = ("bias_squared", "bias_squared_plus_noise", "bias", "bias_plus_noise")


class AtReplicates(NamedTuple):
    """A term as estimated from fewer replicates (or seeds of each source): a mean over subsets of them.

    ``corrected`` is NaN where the ``plug_in`` estimate has no known correction.
    """

    at_replicates: int
    quantity: str
    plug_in: float
    corrected: float


def sensitivity(parts: Decomposition) -> list[AtReplicates]:
    """Return each term that depends on the number of replicates, at 2, 3, 5, 10, 20, ... and at all of them.

    Under squared error these are means over all subsets: the plug-in bias squared at r replicates is bias_squared +
    variance / r, the plug-in variance is too low by as much, and the corrected estimates do not depend on r. Under
    other losses they are means over a few seeded subsets. The bias of a majority vote has no correction: at a point of
    two classes where a model is right with probability 0.6 it is 0, but on average the plug-in estimate is 0.352 at 3
    replicates, 0.267 at 10 and 0.078 at 50 (0.166 and 0.057 if every tie were broken in favour of the right class).
    """
    numbers = numbers_up_to(min(parts.sizes))
    if parts.loss != "squared_error":
        return over_subsets(parts, numbers)
    return [row for replicates in numbers for row in exact(parts, replicates)]


def numbers_up_to(most: int) -> list[int]:
    """Return 2, 3, 5, 10, 20, 50, 100, ... up to half of the replicates (larger subsets overlap), and all."""
    found = {3} | {step * 10**power for power in range(len(str(most))) for step in (2, 5, 10)}
    return [*sorted(number for number in found if 2 * number <= most), most]


def exact(parts: Decomposition, replicates: int) -> list[AtReplicates]:
    """Return squared error's bias and variance with fewer replicates, averaged over all subsets of that size.

    In a crossed design plug-in bias squared is too high by V_data / r + V_init / r + V_int / r^2.
    """
    sizes = parts.sizes
    bias = next(name for name in BIASES if name in parts.plug_in)
    if replicates == min(sizes):  # all of them, also where sources have different numbers of seeds
        return [AtReplicates(replicates, name, parts.plug_in[name], parts.value(name)) for name in (bias, "variance")]
    squares = {s: one.value for s, one in parts.moments.mean_squares.items()}
    variances = {s: sum(c * squares[t] for t, c in coefficients({s: 1.0}, sizes).items()) for s in squares}
    excess = sum(variance / replicates ** len(s) for s, variance in variances.items()) - parts.moments.of_mean
    return [
        AtReplicates(replicates, name, parts.plug_in[name] + sign * excess, parts.value(name))
        for name, sign in ((bias, 1), ("variance", -1))
    ]


def over_subsets(parts: Decomposition, numbers: list[int]) -> list[AtReplicates]:
    """Return the terms that have a plug-in estimate at each number of replicates, averaged over a few subsets."""
    names = [name for name in parts.plug_in if name != "noise"]
    if not names:
        return []
    *fewer, everything = numbers
    chosen = {replicates: list(subsets(parts.ensemble, replicates)) for replicates in fewer}

    def of_tile(tile: Ensemble) -> dict[tuple[int, str, bool], np.ndarray]:
        return {
            (replicates, name, corrected): value
            for replicates, places in chosen.items()
            for (name, corrected), value in means_over_subsets(parts, names, tile, places, replicates).items()
        }

    means = parts.ensemble.mean(of_tile) if fewer else {}
    means |= {(everything, name, False): np.asarray(parts.plug_in[name]) for name in names}
    means |= {(everything, name, True): np.asarray(parts.value(name)) for name in names}
    return [
        AtReplicates(
            replicates,
            name,
            float(means[replicates, name, False]),
            np.nan if name in parts.family.UNCORRECTED else float(means[replicates, name, True]),
        )
        for replicates in numbers
        for name in names
    ]


def means_over_subsets(
    parts: Decomposition, names: list[str], tile: Ensemble, places: list[np.ndarray], replicates: int
) -> dict[tuple[str, bool], np.ndarray]:
    """Return the plug-in and the corrected terms, (name, corrected) -> mean over subsets and the points of a tile."""
    sizes = (replicates,) * len(parts.sizes)
    subset_of = [tile.of_models(which, sizes, parts.family.WORKS_ON) for which in places]
    found = [parts.family.estimate(subset) for subset in subset_of]
    weighed = tile.reference.weighed
    corrected = {(name, True): np.asarray(np.mean([weighed(points[name]) for points, _ in found])) for name in names}
    return corrected | {
        (name, False): np.asarray(np.mean([weighed(plug_in[name]) for _, plug_in in found])) for name in names
    }


def subsets(ensemble: Ensemble, replicates: int) -> Iterator[np.ndarray]:
    """Yield the indices of the models of subsets of seeds; as many subsets as fit do not overlap."""
    generator = seeds.generator(ensemble.seed, "estimation", 5, replicates)
    sizes = ensemble.sizes
    apart = min(sizes) // replicates
    count = min(max(apart, FEWEST), MOST)
    places = np.arange(ensemble.models).reshape(sizes)
    for _ in range(ceil(count / apart)):
        orders = [generator.permutation(size) for size in sizes]
        for start in range(0, min(apart, count) * replicates, replicates):
            yield places[np.ix_(*(order[start : start + replicates] for order in orders))].ravel()


def below_resolution(
    parts: Decomposition, level: float = 0.95, *, method: str | None = None, over: str = "replicates"
) -> bool:
    """Return whether the interval of the bias reaches 0: the bias is below its own resolution. See ``interval``.

    Raises
    ------
    ValueError
        For a loss that defines no bias, and as ``Decomposition.interval``.
    """
    names = [name for name in BIASES if name in parts.estimated]
    if not names:
        raise ValueError(f"{parts.loss} defines no bias; there is {', '.join(parts.estimated)}")
    low, _ = parts.interval(names[0], level, method=method, over=over)
    return low <= ROUNDING * parts.value("risk")
