"""What a closed form says of a cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from biasvar.theory import Risk

TOO_SMALL = "too small for an asymptotic form"
NEAR = "so near to p = n that standard errors say little"


@dataclass(frozen=True)
class ClosedForm:
    """The true values of some terms under one loss, and how accurate they are.

    ``error`` is the largest error of an asymptotic form, as a share of bias squared + variance, or of the risk if that
    is the term; 0 means exact.
    ``about`` is ``models``, or ``points`` for terms that depend on the evaluation points alone, with known standard
    errors ``deviations``. If ``not_tested`` gives a reason, the form is shown but nothing can be concluded from it.
    """

    truths: Mapping[str, float]
    source: str
    error: float = 0.0
    about: str = "models"
    deviations: Mapping[str, float] = field(default_factory=dict)
    not_tested: str = ""


def parts_of(risk: Risk) -> dict[str, float]:
    """Return the parts under the names of a decomposition's terms."""
    return {"bias_squared": risk.bias_squared, "variance": risk.variance}
