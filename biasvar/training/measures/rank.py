"""Whether the penalised least-squares problem has one solution."""

import numpy as np

from biasvar.training.measures.fitted_model import FittedModel

MEANING = "rank of X'X + alpha I over the training set"
NEEDS = "curvature"
ROUNDING = 1e-12  # eigenvalues below this share of the largest are rounding


def of(model: FittedModel) -> float:
    """Return the number of eigenvalues of X'X + alpha I that are not 0; below P, the solution is not unique."""
    assert model.curvature is not None
    values_P = model.curvature()
    return float(np.sum(values_P > ROUNDING * values_P.max(initial=0)))
