"""Curves that fall and rise in turn: a descent, a second one, and a final ascent (Xue et al. 2022)."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from biasvar.results.shapes.paired import Pairs
from biasvar.results.shapes.shapes import Shape, both_above, pair


def turns(stretches: int) -> Callable[[np.ndarray], tuple[int, ...]]:
    """Return what chooses the ends of alternating stretches, a fall first, the least of which is as large as can be.

    Each end is then the largest or smallest value between its neighbours.
    """

    def choose(column_P: np.ndarray) -> tuple[int, ...]:
        count = len(column_P)
        later_PP = np.triu(np.ones((count, count), dtype=bool), 1)
        rise_PP = column_P[None, :] - column_P[:, None]
        least_P, before = np.full(count, np.inf), []
        for stretch in range(stretches):
            step_PP = np.where(later_PP, rise_PP if stretch % 2 else -rise_PP, -np.inf)
            reached_PP = np.minimum(least_P[:, None], step_PP)
            before.append(reached_PP.argmax(axis=0))
            least_P = reached_PP.max(axis=0)
        places = [int(least_P.argmax())]
        for came_from in reversed(before):
            places.append(int(came_from[places[-1]]))
        return to_extremes(places[::-1], column_P)

    return choose


def to_extremes(places: list[int], column_P: np.ndarray) -> tuple[int, ...]:
    """Move each place to the largest value between its neighbours, every other one to the smallest, while any moves."""
    while True:
        ends = list(places)
        for number, place in enumerate(places):
            first = ends[number - 1] + 1 if number else 0
            last = ends[number + 1] if number + 1 < len(ends) else len(column_P)
            heights = (column_P if number % 2 == 0 else -column_P)[first:last]
            best = first + int(heights.argmax())
            ends[number] = best if heights[best - first] > heights[place - first] else place
        if ends == places:
            return tuple(places)
        places = ends


def each_stretch(places: tuple[int, ...], _: int) -> tuple[Pairs, ...]:
    """Return the pair of the higher with the lower end of each stretch."""
    return tuple(pair(*(two[::-1] if number % 2 else two)) for number, two in enumerate(pairwise(places)))


def any_fall(_: tuple[int, ...], count: int) -> tuple[Pairs, ...]:
    """Return all pairs of an earlier and a later place."""
    later, earlier = np.tril_indices(count, -1)
    return ((earlier, later),)


def any_fall_or_rise(places: tuple[int, ...], count: int) -> tuple[Pairs, ...]:
    """Return all pairs in either order for each stretch: no fall and no rise is above zero by chance, jointly."""
    first, second = np.nonzero(~np.eye(count, dtype=bool))
    return ((first, second),) * (len(places) - 1)


DESCENT = Shape("descent", 2, turns(1), each_stretch, any_fall, both_above)
SECOND_DESCENT = Shape("second descent", 4, turns(3), each_stretch, any_fall_or_rise, both_above)
FINAL_ASCENT = Shape("final ascent", 5, turns(4), each_stretch, any_fall_or_rise, both_above)
TURNS = (DESCENT, SECOND_DESCENT, FINAL_ASCENT)
"""Each has the stretches of the one before it, and more."""
