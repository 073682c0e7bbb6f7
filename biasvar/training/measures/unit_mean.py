"""Where the values that the last layer takes are centred."""

import numpy as np

from biasvar.training.measures.fitted_model import FittedModel

MEANING = "mean of the units that the last layer takes, over evaluation points and units"
NEEDS = "units"


def of(model: FittedModel) -> float:
    """Return the mean over points and units: 0 after batch norm, and 0.399 if a ReLU follows it on normal units."""
    assert model.units is not None  # as NEEDS says
    return float(np.mean(model.units(), dtype=np.float64))
