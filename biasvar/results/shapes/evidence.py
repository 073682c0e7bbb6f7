"""Statements on the shape of a risk curve, each with the paired differences that speak for or against it.

A place that a statement names is the largest or the least of a column of the table, which is over all replicates. The
interval of a difference allows for that choice: either end errs with a probability of at most 1 - level for all pairs
of places at once that could have been chosen. A statement that asks for two differences holds where both are above
zero, so that each may have that level (Berger 1982, intersection-union test).

Differences are averaged by their mean, or by a median where the mean is not to be relied on.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from biasvar.results.shapes.paired import FEWEST, MEANS, MEDIANS, Difference, Paired, Pairs, Way
from biasvar.results.shapes.shapes import DOUBLE_DESCENT, MINIMUM, MONOTONE, U_SHAPED, Shape
from biasvar.results.shapes.tails import dominated

TOO_FEW = "too few replicates to tell"


@dataclass(frozen=True)
class Places:
    """The places of one curve: the averages of their risk that the table has [P], by column.

    ``unsettled_P`` says where the risk is known to have no variance; ``paired`` has the replicates that all share.
    """

    averages: Mapping[str, np.ndarray]
    unsettled_P: np.ndarray
    paired: Paired

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.unsettled_P)

    def way_of(self, pair: Pairs) -> Way:
        """Return how the differences of a pair are averaged: by medians where their mean is not to be relied on."""
        heavy = self.unsettled_P[np.concatenate(pair)].any() or dominated(self.paired.gaps(pair)).any()
        return MEDIANS if heavy else MEANS


@dataclass(frozen=True)
class Statement:
    """A statement, its verdict, and the differences it rests on.

    ``places`` are indices: the largest and the least values of ``column``, one of the table's, and the ends.
    """

    name: str
    verdict: str
    column: str = ""
    places: tuple[int, ...] = ()
    differences: tuple[Difference, ...] = ()


def statements(curve: Places, classical: Places) -> tuple[Statement, ...]:
    """Return what can be said of a curve and of its classical regime, which is where it is asked to be U-shaped."""
    asked = [(MINIMUM, curve), (U_SHAPED, classical), (DOUBLE_DESCENT, curve), (MONOTONE, curve)]
    return tuple(stated(shape, places) for shape, places in asked if len(places) >= shape.fewest)


def stated(shape: Shape, places: Places) -> Statement:
    """Return whether a curve has a shape."""
    if places.paired.replicates < FEWEST:
        return Statement(shape.name, TOO_FEW)
    column, chosen, ways = chosen_by(shape, places)
    pairs, searched = shape.pairs(chosen, len(places)), shape.searched(chosen, len(places))
    differences = tuple(map(places.paired.difference, pairs, searched, ways))
    return Statement(shape.name, shape.verdict(differences), column, chosen, differences)


def chosen_by(shape: Shape, places: Places) -> tuple[str, tuple[int, ...], list[Way]]:
    """Return a column, the places that are chosen in it, and how each of their differences is averaged.

    The column is the mean risk, but where no difference of its extremes has a mean that can be relied on.
    """
    chosen = shape.choose(places.averages[MEANS.column])
    ways = [places.way_of(pair) for pair in shape.pairs(chosen, len(places))]
    if MEANS in ways:
        return MEANS.column, chosen, ways
    return MEDIANS.column, shape.choose(places.averages[MEDIANS.column]), [MEDIANS] * len(ways)
