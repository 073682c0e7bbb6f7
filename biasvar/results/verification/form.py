"""What a closed form says of a cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite, isinf
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from biasvar.theory import Risk

TOO_SMALL = "too small for an asymptotic form"
NEAR = "so near to p = n that standard errors say little"


class Committee(NamedTuple):
    """The risk without the noise of a committee of some ``members`` (infinity: its limit), as a quantity."""

    members: float

    def __str__(self) -> str:
        """Return the quantity in words."""
        return f"excess of {'infinitely many' if isinf(self.members) else f'{self.members:g}'} models"


class Untested(NamedTuple):
    """A column of committee.csv that estimates the risk of ``members`` models from their training data."""

    column: str
    members: int

    def __str__(self) -> str:
        """Return the quantity in words."""
        return f"{self.column} of {self.members} models"


Quantity = str | Committee | Untested
"""A term of a decomposition, a measure, ``excess`` (the risk without the noise), ``rho``, or one of committees."""


@dataclass(frozen=True)
class ClosedForm:
    """The true values of some quantities under one loss, and how accurate they are.

    ``error`` is the largest error of an asymptotic form, as a share of bias squared + variance, or of the risk if that
    is the quantity; 0 means exact. ``error_of_each`` is a share of each quantity itself.
    ``about`` is ``models``, or ``points`` for quantities that depend on the evaluation points alone, with known
    standard errors ``deviations``. If ``not_tested`` gives a reason, the form is shown but nothing can be concluded
    from it.
    """

    truths: Mapping[Quantity, float]
    source: str
    error: float = 0.0
    error_of_each: float = 0.0
    about: str = "models"
    deviations: Mapping[Quantity, float] = field(default_factory=dict)
    not_tested: str = ""

    @property
    def exact(self) -> bool:
        """Whether the values are exact at every size."""
        return self.error == self.error_of_each == 0

    def allowance(self, quantity: Quantity) -> float:
        """Return the possible error of a quantity's value, in its own units."""
        spent = self.truths.get("risk", sum(self.truths.get(name, 0.0) for name in ("bias_squared", "variance")))
        own = abs(self.truths[quantity])
        return sum(share * of for share, of in ((self.error, spent), (self.error_of_each, own)) if isfinite(share * of))


def parts_of(risk: "Risk") -> dict[Quantity, float]:
    """Return the parts under the names of a decomposition's terms."""
    return {"bias_squared": risk.bias_squared, "variance": risk.variance}
