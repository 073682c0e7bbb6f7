"""How many numbers a fitted model has learnt."""

from biasvar.training.measures.fitted_model import FittedModel

MEANING = "leaves of trees, coefficients of linear models and networks, of support vectors"
NEEDS = "parameters"


def of(model: FittedModel) -> float:
    """Return the number of parameters of the fitted model."""
    assert model.parameters is not None
    return float(model.parameters)
