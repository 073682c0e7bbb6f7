"""Readouts: where a member's predictions are read, and what else is asked of it."""

from collections.abc import Container, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

ROWS = ("evaluation", "pool")


@dataclass(frozen=True)
class Readout:
    """One reading of a member's predictions: after which epoch (None: the last), how, and at which rows.

    ``rows`` is ``evaluation``, the fixed evaluation points, or ``pool``: every row that training sets are drawn from,
    seen through the view that is fitted on the member's own training set.
    """

    epoch: int | None = None
    prediction: str = "deterministic"
    rows: str = "evaluation"

    @property
    def array(self) -> str:
        """The name of its array in a file: what is as usual is not in it."""
        unusual = [f".{field.name}={getattr(self, field.name)}" for field in fields(self) if not self.usual(field)]
        return "".join(["outputs_MNK", *unusual])

    def usual(self, field: Any) -> bool:
        """Say whether a field has its default."""
        return getattr(self, field.name) == field.default


EVALUATION = Readout()


@dataclass(frozen=True)
class Asked:
    """What is asked of a member: readouts, and measures by name."""

    readouts: tuple[Readout, ...] = (EVALUATION,)
    measures: tuple[str, ...] = ()

    @property
    def other_rows(self) -> tuple[str, ...]:
        """The sets of rows, beside the evaluation points, that are predicted."""
        return tuple(dict.fromkeys(one.rows for one in self.readouts if one.rows != EVALUATION.rows))

    @property
    def of_cells(self) -> tuple[Readout, ...]:
        """Where cells are read: at the evaluation points after each epoch and in each prediction mode."""
        return tuple(dict.fromkeys(replace(one, rows=EVALUATION.rows) for one in self.readouts))

    def without(self, kept: Container[Any]) -> "Asked":
        """Return what is not among the readouts and measures that are held."""
        return Asked(
            tuple(readout for readout in self.readouts if readout not in kept),
            tuple(name for name in self.measures if name not in kept),
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON holds it; see ``from_json``."""
        return {"readouts": [asdict(readout) for readout in self.readouts], "measures": list(self.measures)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Asked":
        """Return what ``as_json`` was given."""
        return cls(tuple(Readout(**one) for one in content["readouts"]), tuple(content["measures"]))
