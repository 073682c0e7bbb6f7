"""Measures: numbers computed from a fitted model. A new one is one file and one entry in ``MEASURES``.

Each defines its ``MEANING``; ``NEEDS``, its input (``weights``, ``smoother`` or ``parameters``), which not every
trainer provides; and ``of``, from a ``FittedModel`` to the number.
"""

from typing import Any

from biasvar.training.measures import (
    condition_number,
    degrees_of_freedom,
    effective_parameters,
    parameters,
    weight_norm,
)
from biasvar.training.measures.fitted_model import FittedModel

MEASURES: dict[str, Any] = {
    "weight_norm": weight_norm,
    "condition_number": condition_number,
    "degrees_of_freedom": degrees_of_freedom,
    "effective_parameters": effective_parameters,
    "parameters": parameters,
}
UNASKED = ("degrees_of_freedom", "effective_parameters", "parameters")
"""Measures that are stored for every model that has them."""
ON_REQUEST = tuple(name for name in MEASURES if name not in UNASKED)


def measured(member: Any, model: FittedModel) -> dict[str, float]:
    """Return the measures of a member's fitted model: the requested ones, and those that are always computed."""
    always = [name for name in UNASKED if getattr(model, MEASURES[name].NEEDS) is not None]
    return {name: MEASURES[name].of(model) for name in (*always, *member.asked.measures)}
