"""The settings that every way of training has."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

from biasvar.settings import Part, key
from biasvar.training.measures import MEASURES, ON_REQUEST
from biasvar.training.readouts import EVALUATION, ROWS, Asked, Readout


@dataclass(frozen=True, kw_only=True)
class Training(Part):
    """A way of training; what is read from a model does not change its numbers.

    A member of the family defines its ``kind`` and ``numerics``, and whether it is ``stochastic``: whether it starts
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
        """The outputs of a member: readouts and measures."""
        return Asked(tuple(replace(one, rows=rows) for one in self.of_cells for rows in self.rows), self.measures)

    @property
    def of_cells(self) -> tuple[Readout, ...]:
        """The epochs and modes of prediction at which models are read: by default the last epoch, without dropout."""
        return (EVALUATION,)

    @property
    def no_augmentation(self) -> str:
        """Why training inputs are not changed at random, or an empty text."""
        return f"training={self.kind}"

    @property
    def epochs_in_all(self) -> int | None:
        """How many epochs training has, or None."""
        return None

    def shortened(self, epochs: int) -> "Training":
        """Return this training with at most the given number of epochs, if it has epochs."""
        return self
