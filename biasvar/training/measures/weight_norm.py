"""How large the weights are."""

import numpy as np

from biasvar.training.measures.fitted_model import FittedModel

MEANING = "L2 norm of the weights, without biases and scales and shifts of norms"
NEEDS = "weights"


def of(model: FittedModel) -> float:
    """Return sqrt(sum w^2) without biases and normalisation weights; a table's targets have standard deviation 1."""
    return float(np.sqrt(sum(np.sum(np.square(array, dtype=np.float64)) for array in model.weights())))
