"""The tested shapes of a curve: which places each one compares, and when it holds."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from biasvar.results.shapes.paired import Difference, Pairs

YES, NO, UNDECIDED = "yes", "no", "not decided"

Differences = tuple[Difference, ...]


@dataclass(frozen=True)
class Shape:
    """A shape of a curve of at least ``fewest`` places.

    ``choose`` finds the relevant places in a column [P]. ``pairs`` makes the pairs whose differences are taken, and
    ``searched``, for each of them, all the pairs among P places that it was chosen among; ``verdict`` follows from the
    differences.
    """

    name: str
    fewest: int
    choose: Callable[[np.ndarray], tuple[int, ...]]
    pairs: Callable[[tuple[int, ...], int], tuple[Pairs, ...]]
    searched: Callable[[tuple[int, ...], int], tuple[Pairs, ...]]
    verdict: Callable[[Differences], str]


def lowest(column_P: np.ndarray) -> tuple[int, ...]:
    """Return the index of the smallest value."""
    return (int(np.argmin(column_P)),)


def between_ends(column_P: np.ndarray) -> tuple[int, ...]:
    """Return the first place, the smallest value between the ends, and the last place."""
    return 0, 1 + int(np.argmin(column_P[1:-1])), len(column_P) - 1


def peak_and_valleys(column_P: np.ndarray) -> tuple[int, ...]:
    """Return the most prominent peak, between the smallest value before it and the smallest after it.

    It is the largest value between its valleys. A maximum over all places would not do: for a curve that falls, rises
    and falls again it may be the first place.
    """
    before_P = np.minimum.accumulate(column_P)[:-2]
    after_P = np.minimum.accumulate(column_P[::-1])[::-1][2:]
    peak = 1 + int(np.argmax(column_P[1:-1] - np.maximum(before_P, after_P)))
    return int(np.argmin(column_P[:peak])), peak, peak + 1 + int(np.argmin(column_P[peak + 1 :]))


def largest_rise(column_P: np.ndarray) -> tuple[int, ...]:
    """Return the two places between which the column rises most, or falls least."""
    later = 1 + int(np.argmax(column_P[1:] - np.minimum.accumulate(column_P)[:-1]))
    return int(np.argmin(column_P[:later])), later


def others_over(places: tuple[int, ...], count: int) -> tuple[Pairs, ...]:
    """Return the pairs of each other place with the chosen one."""
    return tuple(pair(other, places[0]) for other in range(count) if other != places[0])


def ends_over(places: tuple[int, ...], _: int) -> tuple[Pairs, ...]:
    """Return the pairs of either end with the place between them."""
    first, inner, last = places
    return pair(first, inner), pair(last, inner)


def peak_over(places: tuple[int, ...], _: int) -> tuple[Pairs, ...]:
    """Return the pairs of the peak with either valley."""
    before, peak, after = places
    return pair(peak, before), pair(peak, after)


def later_over(places: tuple[int, ...], _: int) -> tuple[Pairs, ...]:
    """Return the pair of the later of two places with the earlier one."""
    return (pair(places[1], places[0]),)


def pair(first: int, second: int) -> Pairs:
    """Return one pair of places."""
    return np.array([first]), np.array([second])


def each_over_any(places: tuple[int, ...], count: int) -> tuple[Pairs, ...]:
    """Return, for each place that was not chosen, its pairs with all others, any of which could have been chosen."""
    every = np.arange(count)
    groups = ((np.full(count - 1, one), np.delete(every, one)) for one in every if one != places[0])
    return tuple(groups)


def any_rise(_: tuple[int, ...], count: int) -> tuple[Pairs, ...]:
    """Return all pairs of a later and an earlier place."""
    return (np.tril_indices(count, -1),)


def any_rise_and_fall(_: tuple[int, ...], count: int) -> tuple[Pairs, ...]:
    """Return all pairs of a place with an earlier one, and all with a later one."""
    later, earlier = np.tril_indices(count, -1)
    return (later, earlier), (earlier, later)


def any_between_ends(_: tuple[int, ...], count: int) -> tuple[Pairs, ...]:
    """Return the first place with each of those between the ends, and the last one with each."""
    inner = np.arange(1, count - 1)
    return (np.zeros_like(inner), inner), (np.full_like(inner, count - 1), inner)


def all_above(differences: Differences) -> str:
    """Return yes if every difference is above zero, otherwise undecided."""
    return YES if all(one.low > 0 for one in differences) else UNDECIDED


def both_above(differences: Differences) -> str:
    """Return yes if both differences are above zero, no if one is below, otherwise undecided."""
    return NO if any(one.high < 0 for one in differences) else all_above(differences)


def never_rises(differences: Differences) -> str:
    """Return no if the largest rise is above zero, yes if it is below, otherwise undecided."""
    (rise,) = differences
    return NO if rise.low > 0 else YES if rise.high < 0 else UNDECIDED


MINIMUM = Shape("minimum", 2, lowest, others_over, each_over_any, all_above)
U_SHAPED = Shape("U-shaped", 3, between_ends, ends_over, any_between_ends, both_above)
DOUBLE_DESCENT = Shape("double descent", 3, peak_and_valleys, peak_over, any_rise_and_fall, both_above)
RISE_BETWEEN_FALLS = replace(DOUBLE_DESCENT, name="rise between falls")  # where no interpolation threshold lies
MONOTONE = Shape("monotone", 2, largest_rise, later_over, any_rise, never_rises)
