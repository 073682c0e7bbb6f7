"""Readouts: where a member's predictions are read, and what else it is asked for."""

from collections.abc import Container, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

ROWS = ("evaluation", "pool")


@dataclass(frozen=True)
class Readout:
    """One reading of a member's predictions: after which epoch (None: the last), how, and at which rows.

    ``rows`` is ``evaluation``, the fixed evaluation points, or ``pool``: every row that training sets are drawn from,
    through the view that is fitted on the member's own training set.
    """

    epoch: int | None = None
    prediction: str = "deterministic"
    rows: str = "evaluation"

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
        return tuple(dict.fromkeys(replace(one, rows=EVALUATION.rows) for one in self.readouts))

    def without(self, kept: Container[Any]) -> "Asked":
        """Return the requests that are not among the stored readouts and measures ``kept``."""
        return Asked(
            tuple(readout for readout in self.readouts if readout not in kept),
            tuple(name for name in self.measures if name not in kept),
        )

    def as_json(self) -> dict[str, Any]:
        """Return it in JSON form; see ``from_json``."""
        return {"readouts": [asdict(readout) for readout in self.readouts], "measures": list(self.measures)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Asked":
        """Return the inverse of ``as_json``."""
        return cls(tuple(Readout(**one) for one in content["readouts"]), tuple(content["measures"]))
