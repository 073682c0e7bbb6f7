"""One claim of a study, as it is written below ``claims:``."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from math import isfinite
from typing import Any

from biasvar.settings import Problem, build, did_you_mean, key, show
from biasvar.settings.keys import unknown
from biasvar.study.claims.expectations import EXPECTATIONS
from biasvar.study.claims.quantities import QUANTITIES, is_quantity

CELLS = ("at", "compare")
A_CELL = "a list of mappings from axes to values, such as [{model.width: 4}, {model.width: 64}]"

Place = Mapping[str, Any]
"""What identifies one cell and what is looked at there: values of axes, and ``claims.quantities.OPTIONS``."""


@dataclass(frozen=True)
class Words:
    """The keys of a claim that are single values."""

    id: str = key("", "name of the claim, unlike that of every other claim of the study")
    source: str = key("", "where it is claimed: a section, an equation, a paper")
    text: str = key("", "the claim as a sentence")
    quantity: str = key("risk", "what is claimed of: a column of the results table, or a measure")
    expect: str = key("rises", "what is expected of the quantity", choices=EXPECTATIONS)
    value: float | None = key(None, "the expected number")
    within: float | None = key(None, "how far from the expected number: relative, absolute where that is 0", above=0)


@dataclass(frozen=True)
class Claim:
    """A statement with an expectation.

    ``where`` holds for every cell of the claim; ``at`` and ``compare`` list its cells. ``added_after`` is the number of
    models that the study had when the claim was first stated: 0 for one that was frozen before training.
    """

    id: str
    source: str
    text: str
    quantity: str
    expect: str
    value: float | None = None
    within: float | None = None
    where: Place = field(default_factory=dict)
    at: tuple[Place, ...] = ()
    compare: tuple[Place, ...] = ()
    added_after: int = 0

    @property
    def places(self) -> tuple[Place, ...]:
        """The cells in order, each with what holds for every cell: the claim's quantity, and ``where``."""
        return tuple({"quantity": self.quantity, **self.where, **place} for place in (*self.at, *self.compare))

    def as_json(self) -> dict[str, Any]:
        """Return the claim as plain lists and mappings, without what is at its default."""
        written = {name: value for name, value in asdict(self).items() if value not in (None, {}, ())}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in written.items()}


def claims_of(config: Any, problems: list[Problem]) -> tuple[Claim, ...]:
    """Return the claims that plain lists and mappings describe; append what is wrong to ``problems``."""
    if config is None:
        return ()
    if not isinstance(config, list) or not all(isinstance(entry, Mapping) for entry in config):
        problems.append(Problem("claims", f"claims = {show(config)} is not allowed", "a list of mappings"))
        return ()
    claims = [claim_of(entry, name_of(entry, place), problems) for place, entry in enumerate(config)]
    names = [claim.id for claim in claims if claim]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            problems.append(Problem("claims", f"claims: {name} is the id of {names.count(name)} claims", "one id each"))
    return tuple(claim for claim in claims if claim)


def name_of(entry: Mapping[str, Any], place: int) -> str:
    """Return what messages call a claim: its id, or its number."""
    return f"claims.{entry['id']}" if isinstance(entry.get("id"), str) and entry["id"] else f"claims[{place}]"


def claim_of(entry: Mapping[str, Any], name: str, problems: list[Problem]) -> Claim | None:
    """Return one claim, or None after appending its problems."""
    found: list[Problem] = []
    known = [one.name for one in fields(Words)] + ["where", *CELLS]
    found += [unknown(f"{name}.{key}", [f"{name}.{one}" for one in known]) for key in entry if key not in known]
    words = build(Words, {key: entry[key] for key in entry if key in known[: -len(CELLS) - 1]}, name, found)
    found += [Problem(name, f"{name} has no {key}", f"{key}: a text") for key in ("id", "text") if not entry.get(key)]
    found += [
        Problem(name, f"{name} has no {key}", f"{key}: ...") for key in ("quantity", "expect") if key not in entry
    ]
    where = entry.get("where", {})
    if not isinstance(where, Mapping) or not all(isinstance(key, str) for key in where):
        found.append(Problem(name, f"{name}.where = {show(where)}", "a mapping from columns to values"))
    cells = {key: cells_of(entry.get(key), f"{name}.{key}", found) for key in CELLS}
    if words is not None and not is_quantity(words.quantity):
        what = f"{name}.quantity = {show(words.quantity)} is not allowed"
        found.append(Problem(name, what, f"one of {', '.join(QUANTITIES)}", did_you_mean(words.quantity, QUANTITIES)))
    if words is not None and not found:
        found += problems_of_shape(words, cells, name)
        found += problems_of_places(where, cells, name)
    problems += [Problem("claims", one.what, one.needs, one.hint) for one in found]
    return (
        None
        if found or words is None
        else Claim(**vars(words), where=dict(where), at=cells["at"], compare=cells["compare"])
    )


def cells_of(given: Any, name: str, problems: list[Problem]) -> tuple[Place, ...]:
    """Return the cells of a list, or of one mapping that stands for a list of one."""
    if given is None:
        return ()
    cells = [given] if isinstance(given, Mapping) else given
    if not isinstance(cells, list) or not all(is_cell(cell) for cell in cells):
        problems.append(Problem(name, f"{name} = {show(given)} is not allowed", A_CELL))
        return ()
    return tuple(dict(cell) for cell in cells)


def is_cell(cell: Any) -> bool:
    """Return whether this is a mapping from names."""
    return isinstance(cell, Mapping) and all(isinstance(name, str) for name in cell)


def problems_of_places(where: Place, cells: Mapping[str, tuple[Place, ...]], name: str) -> list[Problem]:
    """Return the problems of cells that contradict what holds for all of them, or that are compared with themselves."""
    given = [cell for one in CELLS for cell in cells[one]]
    found = [
        Problem(name, f"{name}: {key} = {show(where[key])} in where, and {show(cell[key])} in a cell", "one of both")
        for cell in given
        for key in where
        if key in cell and where[key] != cell[key]
    ]
    if "quantity" in where:
        found.append(Problem(name, f"{name}.where names a quantity", "quantity: beside where, or in a cell"))
    if len(given) == 2 and given[0] == given[1]:
        found.append(Problem(name, f"{name} compares {show(given[0])} with itself", "two cells that differ"))
    return found


def problems_of_shape(words: Words, cells: Mapping[str, tuple[Place, ...]], name: str) -> list[Problem]:
    """Return what an expectation needs that a claim lacks, or has and may not have."""
    wanted = EXPECTATIONS[words.expect]
    found = []
    takes = [one for one in CELLS if getattr(wanted, one)[1]]
    counts = {one: len(cells[one]) for one in CELLS if cells[one]}
    fits = [one for one in counts if getattr(wanted, one)[0] <= counts[one] <= getattr(wanted, one)[1]]
    if len(counts) != 1 or fits != list(counts):
        needs = " or ".join(f"{one}: {in_words(*getattr(wanted, one))}" for one in takes)
        has = " and ".join(f"{counts[one]} in {one}" for one in counts) or "none"
        found.append(Problem(name, f"{name}: {words.expect} has the wrong cells: {has}", needs))
    for one in ("value", "within"):
        need, is_given = getattr(wanted, one), getattr(words, one) is not None
        if need == "must" and not is_given:
            found.append(Problem(name, f"{name}: {words.expect} has no {one}", f"{one}: a number"))
        if need == "never" and is_given:
            found.append(Problem(name, f"{name}: {words.expect} takes no {one}", f"no {one}"))
    if words.value is not None and words.within is not None and not isfinite(words.value * words.within):
        found.append(Problem(name, f"{name}: value x within is too large", "a share of the value"))
    if words.expect in ("greater", "less") and len(cells["at"]) == 1 and words.value is None:
        found.append(Problem(name, f"{name}: {words.expect} of one cell has no value", "value: a number"))
    return found


def in_words(least: int, most: int) -> str:
    """Return a range of counts of cells in words."""
    if least == most:
        return f"{least} cell{'s' * (least > 1)}"
    return f"{least} or more cells"
