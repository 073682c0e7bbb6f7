"""Readouts: where a member's predictions are read, and what else it is asked for."""

from collections.abc import Container, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

ROWS = ("evaluation", "pool")
TRAINING_ROWS = "training"
"""The distinct rows of a member's own training set, which trainers always predict and the store never keeps."""


@dataclass(frozen=True)
class Readout:
    """One reading of a member's predictions: after which epoch (None: the last), how, and at which rows.

    ``rows`` is ``evaluation``, the fixed evaluation points, or ``pool``: every row that training sets are drawn from,
    through the view that is fitted on the member's own training set. ``samples`` is the number of dropout masks that
    ``prediction="mc"`` averages over.
    """

    epoch: int | None = None
    prediction: str = "deterministic"
    rows: str = "evaluation"
    samples: int | None = None

    @property
    def of_cell(self) -> "Readout":
        """The readout of its cell: that of the evaluation points at the same epoch and in the same mode."""
        return replace(self, rows="evaluation")

    @property
    def array(self) -> str:
        """The name of its array in a file; fields with their default are omitted."""
        unusual = [f".{field.name}={getattr(self, field.name)}" for field in fields(self) if not self.usual(field)]
        return "".join(["outputs_MNK", *unusual])

    def usual(self, field: Any) -> bool:
        """Return whether a field has its default."""
        return getattr(self, field.name) == field.default


EVALUATION = Readout()


@dataclass(frozen=True)
class Asked:
    """The outputs requested of a member: readouts, and measures by name."""

    readouts: tuple[Readout, ...] = (EVALUATION,)
    measures: tuple[str, ...] = ()

    @property
    def other_rows(self) -> tuple[str, ...]:
        """The sets of rows to predict beside the evaluation points."""
        return tuple(dict.fromkeys(one.rows for one in self.readouts if one.rows != EVALUATION.rows))

    @property
    def of_cells(self) -> tuple[Readout, ...]:
        """The readouts of cells: at the evaluation points after each epoch and in each prediction mode."""
        return tuple(dict.fromkeys(one.of_cell for one in self.readouts))

    @property
    def taken(self) -> tuple[Readout, ...]:
        """The readouts of cells at which a member is read: the last one too, since it decides on divergence."""
        return tuple(dict.fromkeys((*self.of_cells, EVALUATION)))

    def without(self, kept: Container[Any]) -> "Asked":
        """Return the requests that are not stored; ``kept`` has readouts, and (readout of a cell, measure).

        A readout that lacks a measure is taken again, except the last one, which is always taken.
        """
        lacking = {one: [name for name in self.measures if (one, name) not in kept] for one in self.of_cells}
        again = {one for one, names in lacking.items() if names and one != EVALUATION}
        return Asked(
            tuple(one for one in self.readouts if one not in kept or one in again),
            tuple(name for name in self.measures if any(name in names for names in lacking.values())),
        )

    def as_json(self) -> dict[str, Any]:
        """Return it in JSON form; see ``from_json``."""
        return {"readouts": [asdict(readout) for readout in self.readouts], "measures": list(self.measures)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Asked":
        """Return the inverse of ``as_json``."""
        return cls(tuple(Readout(**one) for one in content["readouts"]), tuple(content["measures"]))
