"""The evidence on one curve in words: the minimum and what is not told apart from it, then each statement's verdict."""

from collections.abc import Iterable

import numpy as np

from biasvar.results.numbers import interval, plain, position, span
from biasvar.results.shapes.evidence import TOO_FEW, Statement
from biasvar.results.shapes.evidence_table import Evidence
from biasvar.results.shapes.paired import FEWEST, Difference

MOST_LISTED = 8


def shape(evidence: Evidence) -> list[str]:
    """Return what is known of the shape of a curve, one text a statement."""
    tested = [statement for statement in evidence.statements if statement.verdict != TOO_FEW]
    if not evidence.statements:
        return []
    if not tested:
        return [f"too few {evidence.paired_by}s to tell its shape ({2 * FEWEST} that all places share are needed)"]
    texts = [alike(one, evidence) if one.name == "minimum" else verdict(one, evidence) for one in tested]
    texts += [f"{one.name}: too few {evidence.paired_by}s to tell" for one in evidence.statements if one not in tested]
    if len(evidence.left_out):
        texts.append(f"left out of this: {listed(evidence.left_out)}, where {evidence.paired_by}s are too few")
    return texts


def how(every: Iterable[Evidence], level: float) -> list[str]:
    """Return how differences were taken, each way once."""
    counts: dict[str, set[int]] = {}
    for evidence in every:
        found = counts.setdefault(evidence.method, set())
        found |= {one.n for statement in evidence.statements for one in statement.differences}
    percent = plain(round(100 * level, 6))
    return [
        f"Shapes and differences of the risk: {method} at {percent} %, n = {span(found)}"
        for method, found in counts.items()
        if found
    ]


def alike(minimum: Statement, evidence: Evidence) -> str:
    """Return which places cannot be told apart from the minimum, which half of the replicates alone has chosen."""
    x, (lowest, *others) = evidence.x, minimum.places
    chosen = f"the minimum chosen on the even {evidence.paired_by}s, {position(x[lowest])}"
    if not others:
        return f"every place is told apart from {chosen}"
    if len(others) == len(x) - 1:
        return f"no place can be told apart from {chosen}"
    return f"not told apart from {chosen}: {listed(x[others])}"


def listed(places: np.ndarray) -> str:
    """Return places in a row; the first and the last of them, and how many, where they are many."""
    if len(places) <= MOST_LISTED:
        return ", ".join(position(x) for x in places)
    return f"{len(places)} places from {position(places[0])} to {position(places[-1])}"


def verdict(statement: Statement, evidence: Evidence) -> str:
    """Return a statement with its verdict and its differences."""
    differences = " and ".join(difference(one, evidence.x) for one in statement.differences)
    rises = statement.differences[0].value > 0
    which = (", the largest rise" if rises else ", where it falls least") if statement.name == "monotone" else ""
    where = " in the classical regime" if statement.name == "U-shaped" and evidence.is_cut else ""
    return f"{statement.name}{where}: {statement.verdict}, with {differences}{which}"


def difference(one: Difference, x: np.ndarray) -> str:
    """Return a difference of the risk between two places with its interval."""
    second = "" if one.second is None else f" − risk({position(x[one.second])})"
    return f"risk({position(x[one.first])}){second} = {interval(one.value, one.low, one.high)}"
