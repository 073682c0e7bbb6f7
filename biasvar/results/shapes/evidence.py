"""Statements about the shape of a risk curve, each with the paired differences for or against it.

A place that a statement names is the largest or the smallest value of a table column, which averages all replicates.
The interval of a difference allows for that choice: either end errs with a probability of at most 1 - level, jointly
for all pairs of places that could have been chosen. A statement that needs two differences holds if both are above
zero, so each may have that level (Berger 1982, intersection-union test).

Differences are averaged by their mean, or by a median if the mean is unreliable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from biasvar.results.shapes.paired import FEWEST, MEANS, MEDIANS, Difference, Paired, Pairs, Way
from biasvar.results.shapes.shapes import DOUBLE_DESCENT, MINIMUM, MONOTONE, RISE_BETWEEN_FALLS, U_SHAPED, Shape
from biasvar.results.shapes.tails import dominated
from biasvar.results.shapes.turns import TURNS

TOO_FEW = "too few replicates to tell"


@dataclass(frozen=True)
class Places:
    """The places of one curve: the averages of their risk in the table [P], by column.

    ``unsettled_P`` marks places whose risk is known to have no variance; ``paired`` has the replicates that all places
    share.
    """

    averages: Mapping[str, np.ndarray]
    unsettled_P: np.ndarray
    paired: Paired

    def __len__(self) -> int:
        """Return the number of places."""
        return len(self.unsettled_P)

    def way_of(self, pair: Pairs) -> Way:
        """Return how the differences of a pair are averaged: by medians if their mean is unreliable."""
        heavy = self.unsettled_P[np.concatenate(pair)].any() or dominated(self.paired.gaps(pair)).any()
        return MEDIANS if heavy else MEANS


@dataclass(frozen=True)
class Statement:
    """A statement, its verdict, and the differences it rests on.

    ``places`` are indices: the largest and the smallest values of ``column``, a table column, and the ends.
    """

    name: str
    verdict: str
    column: str = ""
    places: tuple[int, ...] = ()
    differences: tuple[Difference, ...] = ()


def statements(curve: Places, classical: Places, crosses: bool) -> tuple[Statement, ...]:
    """Return the statements on a curve and on its classical regime, where a U shape is tested.

    A second descent is one of double descent only if the curve ``crosses`` an interpolation threshold.
    """
    twice = DOUBLE_DESCENT if crosses else RISE_BETWEEN_FALLS
    asked = [(MINIMUM, curve), (U_SHAPED, classical), (twice, curve), (MONOTONE, curve)]
    asked += [(turn, curve) for turn in TURNS]
    return tuple(stated(shape, places) for shape, places in asked if len(places) >= shape.fewest)


def stated(shape: Shape, places: Places) -> Statement:
    """Return the statement that a curve has a shape."""
    if places.paired.replicates < FEWEST:
        return Statement(shape.name, TOO_FEW)
    column, chosen, ways = chosen_by(shape, places)
    pairs, searched = shape.pairs(chosen, len(places)), shape.searched(chosen, len(places))
    differences = tuple(map(places.paired.difference, pairs, criticals(places.paired, searched, ways), ways))
    return Statement(shape.name, shape.verdict(differences), column, chosen, differences)


def criticals(paired: Paired, searched: Sequence[Pairs], ways: Sequence[Way]) -> list[float]:
    """Return the critical value of each difference; those that were chosen among the same pairs share it."""
    found: dict[tuple[int, str], float] = {}
    for pairs, way in zip(searched, ways, strict=True):
        if (id(pairs), way.column) not in found:
            found[id(pairs), way.column] = paired.critical(pairs, way)
    return [found[id(pairs), way.column] for pairs, way in zip(searched, ways, strict=True)]


def chosen_by(shape: Shape, places: Places) -> tuple[str, tuple[int, ...], list[Way]]:
    """Return a column, the places chosen in it, and how each of their differences is averaged.

    The column is the mean risk, unless no difference between its extremes has a reliable mean.
    """
    chosen = shape.choose(places.averages[MEANS.column])
    ways = [places.way_of(pair) for pair in shape.pairs(chosen, len(places))]
    if MEANS in ways:
        return MEANS.column, chosen, ways
    return MEDIANS.column, shape.choose(places.averages[MEDIANS.column]), [MEDIANS] * len(ways)
