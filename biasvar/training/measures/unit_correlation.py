"""How correlated the values are that the last layer takes."""

import numpy as np

from biasvar.training.measures.fitted_model import FittedModel

MEANING = "absolute correlation over evaluation points of two units that the last layer takes, mean over pairs"
NEEDS = "units"


def of(model: FittedModel) -> float:
    """Return the mean of |corr| over pairs of units that vary, NaN if fewer than two do; 0 if they are whitened."""
    assert model.units is not None  # as NEEDS says
    units_NU = np.asarray(model.units(), dtype=np.float64)
    varying_NU = units_NU[:, np.ptp(units_NU, axis=0) > 0]
    count = varying_NU.shape[1]
    if count < 2:
        return float("nan")
    correlation_UU = np.corrcoef(varying_NU, rowvar=False)
    return float(np.abs(correlation_UU)[np.triu_indices(count, 1)].mean())
