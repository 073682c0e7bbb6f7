"""How much the values vary that the last layer takes."""

import numpy as np

from biasvar.training.measures.fitted_model import FittedModel

MEANING = "variance over evaluation points of the units that the last layer takes, mean over units"
NEEDS = "units"


def of(model: FittedModel) -> float:
    """Return the mean over units of the variance over points, with divisor N: 1 after batch norm."""
    assert model.units is not None  # as NEEDS says
    return float(np.var(model.units(), axis=0, dtype=np.float64).mean())
