"""The condition number that decides how many steps gradient descent takes."""

from biasvar.training.measures.fitted_model import FittedModel
from biasvar.training.measures.rank import ROUNDING

MEANING = "largest over smallest eigenvalue of X'X + alpha I over the training set, 1e12 of a singular one"
NEEDS = "curvature"


def of(model: FittedModel) -> float:
    """Return the ratio of the extreme eigenvalues; on inputs it is the square of that of singular values."""
    assert model.curvature is not None
    values_P = model.curvature()
    return float(values_P.max() / max(values_P.min(), ROUNDING * values_P.max()))
