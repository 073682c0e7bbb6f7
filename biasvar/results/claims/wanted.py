"""What claims need of each cell."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from biasvar.study.claims.cells import cells_at, fault_of
from biasvar.study.claims.claim import Claim, Place

EXTREMES = ("smallest_at", "largest_at")


class Wanted(NamedTuple):
    """One quantity of one cell; ``loss`` and ``rule`` are empty for the first that the cell has."""

    cell: int
    quantity: str
    loss: str = ""
    members: int = 0
    rule: str = ""


def places_of(claim: Claim, cells: Sequence[Mapping[str, Any]]) -> list[Place]:
    """Return what a claim compares: its places; for an extreme its own, then every other cell that ``where`` leaves."""
    places = list(claim.places)
    if claim.expect not in EXTREMES or fault_of(places[0], cells):
        return places
    (own,) = cells_at(places[0], cells)
    others = cells_at({"quantity": claim.quantity, **claim.where}, cells)
    return places + [{**places[0], **cells[other]} for other in others if other != own]


def wanted_at(place: Place, cells: Sequence[Mapping[str, Any]]) -> list[Wanted]:
    """Return what a place needs: a quantity of a cell; with ``pick_by`` that and the criterion, cell by cell."""
    options = place.get("loss", ""), int(place.get("members", 0)), str(place.get("rule", ""))
    names = [place["quantity"], *([place["pick_by"]] if "pick_by" in place else [])]
    return [Wanted(cell, name, *options) for cell in cells_at(place, cells) for name in names]


def wanted_of(claims: Sequence[Claim], cells: Sequence[Mapping[str, Any]]) -> dict[int, list[Wanted]]:
    """Return what all claims need, by the number of the cell."""
    by_cell: dict[int, dict[Wanted, None]] = {}
    for place in (place for claim in claims for place in places_of(claim, cells)):
        for one in [] if fault_of(place, cells) else wanted_at(place, cells):
            by_cell.setdefault(one.cell, {})[one] = None
    return {cell: list(found) for cell, found in by_cell.items()}
