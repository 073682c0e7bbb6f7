"""Which cells of a plan a claim is about."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from biasvar.decomposition import LOSSES
from biasvar.decomposition.committees.rules import JUDGES
from biasvar.settings import Problem, did_you_mean, show
from biasvar.study.claims.claim import Claim, Place
from biasvar.study.claims.quantities import CRITERIA, OF_COMMITTEES, OPTIONS, QUANTITIES, STATISTICS, is_quantity

READ_AXES = ("epoch", "prediction")
NAMES = {"quantity": QUANTITIES, "loss": tuple(LOSSES), "rule": tuple(JUDGES)}
NAMES |= {"statistic": STATISTICS, "pick_by": CRITERIA}


def axes_of(place: Place) -> dict[str, Any]:
    """Return the values of axes in a place."""
    return {name: value for name, value in place.items() if name not in OPTIONS}


def matches(place: Place, cell: Mapping[str, Any]) -> bool:
    """Return whether a cell, by the values of its axes, is one that a place means: a list means any of its values."""
    wanted = axes_of(place).items()
    return all(any(same(cell.get(name), one) for one in values_of(value)) for name, value in wanted)


def values_of(value: Any) -> list[Any]:
    """Return a value and, if it is a list, the values in it."""
    return [value, *value] if isinstance(value, list | tuple) else [value]


def same(one: Any, other: Any) -> bool:
    """Return whether two values of an axis are the same: lists by their text, whole numbers as floats."""
    return one == other or show(one) == show(other)


def cells_at(place: Place, cells: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the numbers of the cells that a place means."""
    return [number for number, cell in enumerate(cells) if matches(place, cell)]


def problems_of_names(claims: Sequence[Claim], axes: Iterable[str], is_key: Callable[[str], bool]) -> Iterator[Problem]:
    """Yield the problem of each name in the cells of claims that is no axis, no key of the configuration, no option."""
    known = [*axes, *READ_AXES, *OPTIONS]
    for claim in claims:
        entries = {(name, show(value)): value for place in claim.places for name, value in place.items()}
        for (name, _), value in entries.items():
            if name in NAMES and value not in NAMES[name] and not (name == "quantity" and is_quantity(value)):
                what = f"claims.{claim.id}: {name} = {show(value)} is not known"
                yield Problem("claims", what, f"one of {', '.join(NAMES[name])}", did_you_mean(str(value), NAMES[name]))
            elif name == "members" and (not isinstance(value, int) or value < 1):
                yield Problem("claims", f"claims.{claim.id}: members = {show(value)} is not allowed", "1 or more")
            elif name not in known and not is_key(name):
                what = f"claims.{claim.id}: {name} is no axis of this study"
                yield Problem("claims", what, f"one of {', '.join(known)}", did_you_mean(name, known))


def fault_of(place: Place, cells: Sequence[Mapping[str, Any]]) -> str:
    """Return why a place means no single cell of a study, an empty text if it does."""
    if (place["quantity"] == OF_COMMITTEES) != ("members" in place):
        return f"members: a number stands beside {OF_COMMITTEES}, and nowhere else"
    if (place.get("statistic") == "variance" or "pick_by" in place) and place["quantity"] not in CRITERIA:
        return f"single replicates have no {place['quantity']}, as a variance over them or a pick by them needs"
    found, wanted = cells_at(place, cells), show(axes_of(place))
    if not found:
        return f"this study has no cell {wanted}"
    if len(found) == 1 or "pick_by" in place:
        return ""
    free = [key for key in cells[0] if len({show(cells[one][key]) for one in found}) > 1]
    return f"{len(found)} cells are {wanted}: their {' and '.join(free)} differs"


def warnings_on_cells(claims: Sequence[Claim], cells: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the warning for each claim that this study cannot decide, since it lacks its cells."""
    faults = {claim.id: next(filter(None, (fault_of(place, cells) for place in claim.places)), "") for claim in claims}
    return [f"claim {name} will not be decided: {fault}" for name, fault in faults.items() if fault]
