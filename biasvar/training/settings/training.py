"""What every way of training can be asked for."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from biasvar.settings import key
from biasvar.training.measures import MEASURES, ON_REQUEST
from biasvar.training.readouts import ROWS, Asked, Readout


@dataclass(frozen=True, kw_only=True)
class Training:
    """A way of training; what is read of a model changes no number of it.

    A member of the family gives its ``kind`` and ``numerics``, and says whether it is ``stochastic``: whether it starts
    from random weights and takes rows in random batches.
    """

    kind: ClassVar[str]
    numerics: ClassVar[int]
    stochastic: ClassVar[bool]

    rows: tuple[str, ...] = key(
        ("evaluation",),
        "rows that models predict: evaluation, and pool for every row that training sets are drawn from",
        choices=ROWS,
        identity=False,
    )
    measures: tuple[str, ...] = key(
        (),
        "numbers that are kept of a model: " + "; ".join(f"{name}, {MEASURES[name].MEANING}" for name in ON_REQUEST),
        choices=ON_REQUEST,
        identity=False,
    )

    @cached_property
    def asked(self) -> Asked:
        """What a member yields: readouts and measures."""
        return Asked(tuple(Readout(rows=rows) for rows in self.rows), self.measures)

    def shortened(self, epochs: int) -> "Training":
        """Return a training of no more epochs than given, where it has some."""
        return self
