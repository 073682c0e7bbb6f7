"""How many parameters a linear fit effectively uses at new points."""

from biasvar.training.measures.fitted_model import FittedModel

MEANING = "n mean_x |s(x)|^2 of the smoother's weights s(x) at some 100 evaluation points"
NEEDS = "smoother"


def of(model: FittedModel) -> float:
    """Return n mean_x |s(x)|^2 (Curth, Jeffares, van der Schaar 2023), which falls again beyond the threshold."""
    assert model.smoother is not None
    return model.smoother.effective_parameters
