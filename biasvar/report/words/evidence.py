"""The evidence on one curve in words: the minimum and its statistical ties, then each statement's verdict."""

from collections.abc import Iterable

import numpy as np

from biasvar.results.numbers import interval, plain, position, span
from biasvar.results.shapes.evidence import TOO_FEW, Statement
from biasvar.results.shapes.evidence_table import Evidence, method_of
from biasvar.results.shapes.paired import FEWEST, MEDIANS, Difference
from biasvar.results.shapes.shapes import MINIMUM, MONOTONE, U_SHAPED

MOST_LISTED = 8


def shape(evidence: Evidence) -> list[str]:
    """Return the statements on the shape of a curve, one text each."""
    tested = [statement for statement in evidence.statements if statement.verdict != TOO_FEW]
    if not evidence.statements:
        return []
    if not tested:
        return [f"too few {evidence.paired_by}s to tell its shape ({FEWEST} that all places share are needed)"]
    texts = [alike(one, evidence) if one.name == MINIMUM.name else verdict(one, evidence) for one in tested]
    texts += [f"{one.name}: too few {evidence.paired_by}s to tell" for one in evidence.statements if one not in tested]
    if len(evidence.left_out):
        texts.append(f"left out of this: {listed(evidence.left_out)}, where {evidence.paired_by}s are too few")
    return texts


def how(every: Iterable[Evidence], level: float) -> list[str]:
    """Return how differences were computed, each way once."""
    counts: dict[str, set[int]] = {}
    for evidence in every:
        for statement in evidence.statements:
            for one in statement.differences:
                counts.setdefault(method_of(evidence, statement.column, one.average), set()).add(one.n)
    percent = plain(round(100 * level, 6))
    return [
        f"Shapes and differences of the risk: {method}, each end at {percent} %, n = {span(found)}"
        for method, found in counts.items()
    ]


def alike(minimum: Statement, evidence: Evidence) -> str:
    """Return which places cannot be distinguished from the minimum of the named table column."""
    x = evidence.x
    others = [one.first for one in minimum.differences if one.low <= 0]
    least = f"the least {name_of(minimum)}, at {position(x[minimum.places[0]])}"
    if not others:
        return f"every place is told apart from {least}"
    if len(others) == len(x) - 1:
        return f"no place can be told apart from {least}"
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
    which = (", the largest rise" if rises else ", where it falls least") if statement.name == MONOTONE.name else ""
    which += f" of the {name_of(statement)}" if which else ""
    if not which and statement.column == MEDIANS.column:
        which = f" (places by the {name_of(statement)})"
    where = " in the classical regime" if statement.name == U_SHAPED.name and evidence.is_cut else ""
    return f"{statement.name}{where}: {statement.verdict}, with {differences}{which}"


def difference(one: Difference, x: np.ndarray) -> str:
    """Return a difference of the risk between two places with its interval."""
    gap = f"risk({position(x[one.first])}) − risk({position(x[one.second])})"
    named = f"the pseudo-median of {gap}" if one.average == MEDIANS.average else gap
    return f"{named} = {interval(one.value, one.low, one.high)}"
