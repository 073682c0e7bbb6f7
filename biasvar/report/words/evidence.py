"""The evidence on one curve in words: the minimum and its statistical ties, then each statement's verdict."""

from collections.abc import Iterable, Sequence
from itertools import takewhile

import numpy as np

from biasvar.results.numbers import at, interval, plain, position, span
from biasvar.results.shapes.evidence import TOO_FEW, Statement
from biasvar.results.shapes.evidence_table import METHODS, Evidence, method_of, pairing_of
from biasvar.results.shapes.paired import FEWEST, MEDIANS, Difference
from biasvar.results.shapes.shapes import (
    DOUBLE_DESCENT,
    MINIMUM,
    MONOTONE,
    RISE_BETWEEN_FALLS,
    U_SHAPED,
    YES,
)
from biasvar.results.shapes.turns import DESCENT, FINAL_ASCENT, SECOND_DESCENT

MOST_LISTED = 8


def shape(evidence: Evidence) -> list[str]:
    """Return the statements on the shape of a curve, one text each."""
    tested = [statement for statement in evidence.statements if statement.verdict != TOO_FEW]
    if not evidence.statements:
        return []
    if not tested:
        return [f"too few {evidence.paired_by}s to tell its shape ({FEWEST} that all places share are needed)"]
    news = [one for one in tested if one not in unasked(tested)]
    texts = [alike(one, evidence) if one.name == MINIMUM.name else verdict(one, evidence) for one in news]
    texts += [f"{one.name}: too few {evidence.paired_by}s to tell" for one in evidence.statements if one not in tested]
    if len(evidence.left_out):
        texts.append(f"left out of this: {listed(evidence.left_out)}, where {evidence.paired_by}s are too few")
    return texts


def unasked(tested: Sequence[Statement]) -> list[Statement]:
    """Return the turns that ask for more than a shape that does not hold: a second descent asks for a peak."""
    chain = (DESCENT.name, DOUBLE_DESCENT.name, RISE_BETWEEN_FALLS.name, SECOND_DESCENT.name, FINAL_ASCENT.name)
    shapes = sorted((one for one in tested if one.name in chain), key=lambda one: chain.index(one.name))
    holding = list(takewhile(lambda one: one.verdict == YES, shapes))
    later = shapes[len(holding) :]
    return [one for one in later if one.name in (SECOND_DESCENT.name, FINAL_ASCENT.name) and one is not later[0]]


def how(every: Iterable[Evidence], level: float) -> list[str]:
    """Return how differences were taken, each way of pairing once."""
    ways: dict[str, list[tuple[str, str, int]]] = {}
    for evidence in every:
        found = [(name_of(one), each.average, each.n) for one in evidence.statements for each in one.differences]
        if found:
            ways.setdefault(pairing_of(evidence), []).extend(found)
    percent = plain(round(100 * level, 6))
    texts = []
    for pairing, found in ways.items():
        columns, averages, counts = map(set, zip(*found, strict=True))
        method = method_of(pairing, sorted(columns, reverse=True), [one for one in METHODS if one in averages])
        texts.append(f"Shapes and differences of the risk: {method}, each end at {percent} %, n = {span(counts)}")
    return texts


def alike(minimum: Statement, evidence: Evidence) -> str:
    """Return which places cannot be distinguished from the minimum of the named table column."""
    x = evidence.x
    others = [one.first for one in minimum.differences if one.low <= 0]
    least = f"the least {name_of(minimum)}, {at(x[minimum.places[0]])}"
    if not others:
        return f"every other place is told apart from {least}"
    if len(others) == len(x) - 1:
        return f"no other place can be told apart from {least}"
    return f"not told apart from {least}: {listed(x[others])}"


def name_of(statement: Statement) -> str:
    """Return the name, in a statement, of the column in which its places were chosen."""
    return "median risk" if statement.column == MEDIANS.column else "risk"


def listed(places: np.ndarray) -> str:
    """Return places as a phrase; if there are many, the first, the last and their number."""
    if len(places) <= MOST_LISTED:
        return ", ".join(position(x) for x in places)
    return f"{len(places)} places from {position(places[0])} to {position(places[-1])}"


def verdict(statement: Statement, evidence: Evidence) -> str:
    """Return a statement with its verdict and its differences."""
    differences = " and ".join(difference(one, evidence.x) for one in statement.differences)
    rises = statement.differences[0].value > 0
    step = "largest rise" if rises else "smallest fall"
    which = f", the {step} of the {name_of(statement)}" if statement.name == MONOTONE.name else ""
    if not which and statement.column == MEDIANS.column:
        which = f" (places by the {name_of(statement)})"
    where = " in the classical regime" if statement.name == U_SHAPED.name and evidence.is_cut else ""
    return f"{statement.name}{where}: {statement.verdict}, with {differences}{which}"


def difference(one: Difference, x: np.ndarray) -> str:
    """Return a difference of the risk between two places with its interval."""
    gap = f"risk({position(x[one.first])}) − risk({position(x[one.second])})"
    named = f"the pseudo-median of {gap}" if one.average == MEDIANS.average else gap
    return f"{named} = {interval(one.value, one.low, one.high)}"
