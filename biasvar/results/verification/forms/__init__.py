"""Closed forms of what a cell estimates. A new one is a file and an entry in ``FORMS``.

Each has ``form``: from a study, a loss, and an epoch where training has them, to a ``ClosedForm``, or None where it is
not known.
"""

from types import ModuleType

from biasvar.results.verification.form import ClosedForm
from biasvar.results.verification.forms import (
    bagged_mean,
    bayes_error,
    cross_validated_committees,
    fixed_design,
    gradient_descent,
    input_dropout,
    left_out_rows,
    minimum_norm,
    optimal_ridge,
    random_features,
    ridge,
    subagging,
    two_layer_linear,
)
from biasvar.study.config import Study

FORMS: tuple[ModuleType, ...] = (
    bayes_error,
    fixed_design,
    minimum_norm,
    ridge,
    optimal_ridge,
    gradient_descent,
    input_dropout,
    left_out_rows,
    subagging,
    cross_validated_committees,
    bagged_mean,
    random_features,
    two_layer_linear,
)


def closed_forms(study: Study, loss: str, epoch: int | None = None) -> list[ClosedForm]:
    """Return every closed form of a cell under a loss, after an epoch if training has them."""
    found = (one.form(study, loss, epoch) for one in FORMS)
    return [one for one in found if one is not None]
