"""The condition number of a training set's features, which peaks at the interpolation threshold."""

import numpy as np

from biasvar.training.measures.fitted_model import FittedModel

MEANING = "largest over smallest singular value of the training set's features that training.cutoff lets count"
NEEDS = "smoother"


def of(model: FittedModel) -> float:
    """Return sigma_1 / sigma_r of the features as the fit sees them (Poggio, Kur, Banburski 2019), NaN if none.

    Rows count as often as they occur, and the mean is subtracted if there is an intercept. Weight decay has no effect.
    """
    assert model.smoother is not None
    sigma_r = model.smoother.singular_values()
    return float(sigma_r.max() / sigma_r.min()) if len(sigma_r) else np.nan
