"""How closely a linear fit follows its targets."""

from biasvar.training.measures.fitted_model import FittedModel

MEANING = "trace of the smoother on the training rows"
NEEDS = "smoother"


def of(model: FittedModel) -> float:
    """Return sum_r sigma_r^2 / (sigma_r^2 + alpha), plus 1 for the intercept."""
    assert model.smoother is not None
    return model.smoother.degrees_of_freedom
