"""Measures: numbers computed from a fitted model. A new one is one file and one entry in ``MEASURES``.

Each defines its ``MEANING``; ``NEEDS``, its input (``weights``, ``smoother``, ``curvature``, ``parameters``, ``refit``
or ``units``), which not every trainer provides; and ``of``, from a ``FittedModel`` to the number.
"""

from typing import Any

from biasvar.training.measures import (
    condition_number,
    degrees_of_freedom,
    effective_parameters,
    parameters,
    penalised_condition_number,
    rank,
    unit_correlation,
    unit_mean,
    unit_variance,
    weight_norm,
)
from biasvar.training.measures.fitted_model import FittedModel
from biasvar.training.measures.validation import CrossValidation, LeaveOneOut, Validation

MEASURES: dict[str, Any] = {
    "weight_norm": weight_norm,
    "condition_number": condition_number,
    "penalised_condition_number": penalised_condition_number,
    "rank": rank,
    "unit_mean": unit_mean,
    "unit_variance": unit_variance,
    "unit_correlation": unit_correlation,
    "degrees_of_freedom": degrees_of_freedom,
    "effective_parameters": effective_parameters,
    "parameters": parameters,
    "validation": Validation(5),
    "cv_5": CrossValidation(5),
    "cv_10": CrossValidation(10),
    "leave_one_out": LeaveOneOut(),
}
UNASKED = ("degrees_of_freedom", "effective_parameters", "parameters")
"""Measures that are stored for every model that has them."""
ON_REQUEST = tuple(name for name in MEASURES if name not in UNASKED)


def measured(member: Any, model: FittedModel) -> dict[str, float]:
    """Return the measures of a member's fitted model: the requested ones, and those that are always computed."""
    always = [name for name in UNASKED if getattr(model, MEASURES[name].NEEDS) is not None]
    return {name: MEASURES[name].of(model) for name in (*always, *member.asked.measures)}
