"""A fixed design: the labels of fixed inputs are drawn anew."""

import numpy as np

from biasvar.data.training_set import evaluation_of, training_points
from biasvar.results.verification.form import ClosedForm, parts_of
from biasvar.results.verification.forms.settings import drops_directions
from biasvar.study.config import Study
from biasvar.study.sources import fixed_sources
from biasvar.theory import fixed_design_risk

FLAT = 1e6  # condition number of features from which on rounding decides which directions a fit uses


def form(study: Study, loss: str, epoch: int | None = None) -> ClosedForm | None:
    """Return the risk of a model with fixed features that is fitted in closed form, over the labels of a fixed design.

    A truth of the user's own is left alone: no code of theirs is run to check a study.
    """
    data, model = study.data, study.model
    if study.resampling.kind != "fixed_design" or loss != "squared_error":
        return None
    if study.training.kind != "exact" or model.random_weights or data.names_own or fixed_sources(study):
        return None
    if model.dropout > 0 or drops_directions(study.training) or study.training.importance > 0:
        return None
    if getattr(data, "whiten", "none") != "none":
        return None
    train, read = training_points(data, study.seed), evaluation_of(data, study.seed)
    z_nP, z_NP = (model.feature_matrix(x, model.size, None) * model.scale for x in (train.x_ND, read.x_ND))
    decay, intercept = study.training.weight_decay, model.has_intercept(data)
    assert train.noise_N is not None and read.noise_N is not None  # of a distribution of numbers
    noises = train.noise_N, read.noise_N
    risk = fixed_design_risk(z_nP, z_NP, train.target, read.target, *noises, decay, intercept=intercept)
    flat = decay == 0 and model.size and np.linalg.cond(z_nP - intercept * z_nP.mean(axis=0)) > FLAT
    return ClosedForm(parts_of(risk), "fixed design", not_tested="nearly collinear features" if flat else "")
