"""The closed form of a cell's risk, where there is one, to compare a study's estimates with."""

from collections.abc import Callable, Mapping
from math import sqrt
from typing import Any

import numpy as np

from biasvar.data.gaussian_classes import GaussianClasses
from biasvar.data.linear import Linear as LinearDistribution
from biasvar.data.training_set import evaluation_of, training_points
from biasvar.models.linear import Linear as LinearModel
from biasvar.models.random_features import ACTIVATIONS, RandomFeatures
from biasvar.results.verification.form import NEAR, TOO_SMALL, ClosedForm, parts_of
from biasvar.results.verification.linear_models import of_gradient_descent, of_linear_model
from biasvar.study.config import Study
from biasvar.study.sources import fixed_sources
from biasvar.theory import (
    BayesError,
    TwoLayerRisk,
    bayes_error,
    deviation_of_points,
    fixed_design_risk,
    mixture_error,
    random_features_risk,
    two_layer_linear_risk,
)
from biasvar.theory.bayes_error import ACCURACY
from biasvar.theory.mixture_error import SHARP

SURE = 4  # standard errors; chance alone puts about one mean in 10,000 beyond them
FLAT = 1e6  # condition number of features from which on rounding decides which directions a fit uses
MOST_CLASSES = 12  # of unequal classes; beyond this the Bayes error takes more than seconds
ROUNDING = 1e-8  # share of the largest singular value below which one is seldom more than rounding
WIDEST = 1000  # random features; beyond this the closed form takes minutes


def closed_form(study: Study, loss: str, epoch: int | None = None) -> ClosedForm | None:
    """Return the closed form of a cell's risk under a loss, after an epoch if training has them, or None.

    Known are exact fits of linear models and random features to fresh training sets of data=linear, without an
    intercept and with every source of randomness varied, and gradient descent of the former from zero; exact fits of a
    fixed design; the noise of data=gaussian_classes.
    """
    if isinstance(study.data, GaussianClasses):
        return noise_of_classes(study.data, loss)
    if drops_directions(study.training):
        return None
    if study.resampling.kind == "fixed_design":
        return of_fixed_design(study) if loss == "squared_error" else None
    family = FAMILIES.get(type(study.model))
    if family is None or not isinstance(study.data, LinearDistribution) or loss != "squared_error":
        return None
    if study.resampling.kind != "fresh" or fixed_sources(study) or study.model.has_intercept(study.data):
        return None
    data = study.data
    if data.correlation > 0 or data.whiten != "none" or not data.centred or study.model.dropout > 0:
        return None
    if epoch is not None and family is of_linear_model:
        return of_gradient_descent(study, epoch)
    return family(study) if study.training.kind == "exact" else None


def drops_directions(training: Any) -> bool:
    """Return whether a fit leaves out directions of the features that are more than rounding."""
    return training.kind == "exact" and (training.directions is not None or training.cutoff > ROUNDING)


def noise_of_classes(data: GaussianClasses, loss: str) -> ClosedForm | None:
    """Return the Bayes error under a classification loss.

    Its standard error is that of the distribution: rare errors leave no trace in a few points, nor in their spread.
    """
    known = errors_of_classes(data)
    if known is None or loss not in vars(known[0]):
        return None
    error, of_one = (getattr(one, loss) for one in known[:2])
    deviation = max(of_one / sqrt(data.n_eval), known[2] * error, ACCURACY)
    return ClosedForm(
        {"noise": error},
        "Bayes error",
        about="points",
        deviations={"noise": deviation},
        not_tested=RARE if error <= SURE * deviation else "",
    )


def errors_of_classes(data: GaussianClasses) -> tuple[BayesError, BayesError, float] | None:
    """Return the Bayes error, the deviation over points, and a relative accuracy; None if it is not available.

    With unequal spreads every input has something to say of the class, and the error is an integral over all of them.
    """
    if data.is_symmetric:
        return bayes_error(data.classes, data.separation), deviation_of_points(data.classes, data.separation), 0.0
    spreads = tuple(data.deviations().tolist())
    if data.classes > MOST_CLASSES or (data.dimension > 2 and len(set(spreads)) > 1):
        return None
    means = tuple(map(tuple, data.means()[:, :2].tolist()))
    return *mixture_error(data.frequencies(), means, spreads, tuple(data.within().tolist())), SHARP


def of_fixed_design(study: Study) -> ClosedForm | None:
    """Return the risk of a model with fixed features that is fitted in closed form, over the labels of a fixed design.

    A truth of the user's own is left alone: no code of theirs is run to check a study.
    """
    data, model = study.data, study.model
    if study.training.kind != "exact" or model.random_weights or data.names_own or fixed_sources(study):
        return None
    if model.dropout > 0:
        return None
    train, read = training_points(data, study.seed), evaluation_of(data, study.seed)
    z_nP, z_NP = (model.feature_matrix(x, model.size, None) * model.scale for x in (train.x_ND, read.x_ND))
    decay, intercept = study.training.weight_decay, model.has_intercept(data)
    assert train.noise_N is not None and read.noise_N is not None  # of a distribution of numbers
    noises = train.noise_N, read.noise_N
    risk = fixed_design_risk(z_nP, z_NP, train.target, read.target, *noises, decay, intercept=intercept)
    flat = decay == 0 and model.size and np.linalg.cond(z_nP - intercept * z_nP.mean(axis=0)) > FLAT
    return ClosedForm(parts_of(risk), "fixed design", not_tested="nearly collinear features" if flat else "")


def of_random_features(study: Study) -> ClosedForm | None:
    """Return the risk of ridge regression on random features of standard normal inputs."""
    data, model, n, decay = study.data, study.model, study.data.n_train, study.training.weight_decay
    if data.signal == 0 or data.scales:
        return None
    if is_two_layer_linear(model) and model.features <= data.dimension:
        return of_two_layer_linear(study)
    if model.features > WIDEST:
        return None
    risk = random_features_risk(
        data.coefficients(),
        model.features,
        n,
        data.noise_std**2,
        decay,
        activation=ACTIVATIONS[model.activation],
        weight_std=model.weight_std,
        offsets=("uniform" if model.activation == "fourier" else "normal") if model.offsets else "none",
        weights=model.weights,
    )
    return ClosedForm(parts_of(risk), "random features", error=0.1, not_tested=doubt_of_features(study))


def is_two_layer_linear(model: RandomFeatures) -> bool:
    """Return whether random features are an orthonormal map of the inputs."""
    return model.activation == "identity" and model.weights == "orthonormal" and not model.offsets


def of_two_layer_linear(study: Study) -> ClosedForm | None:
    """Return the risk of ridge regression on an orthonormal map of the inputs, and its components if seeds cross."""
    data, model, decay = study.data, study.model, study.training.weight_decay
    if decay == 0 and model.features == data.n_train:
        return None
    noise_variance = data.noise_std**2
    sizes = (model.features, data.dimension, data.n_train)
    risk = two_layer_linear_risk(data.signal, *sizes, noise_variance, decay, model.weight_std)
    truths = parts_of(risk) | components_of(risk, study)
    return ClosedForm(truths, "two-layer linear network", error=0.05, not_tested=doubt_of_features(study))


def components_of(risk: TwoLayerRisk, study: Study) -> dict[str, float]:
    """Return the component of each axis of a crossed design, and of all their interactions, under the terms' names."""
    if len(study.design.groups) < 2:
        return {}
    own = {
        f"variance_{group[0]}": sum(value for sources, value in risk.components.items() if set(sources) <= set(group))
        for group in study.design.groups
    }
    return own | {"variance_interaction": risk.variance - sum(own.values())}


def doubt_of_features(study: Study) -> str:
    """Return why a cell cannot be compared with the asymptotic form of random features, or an empty string."""
    n, p, decay = study.data.n_train, study.model.features, study.training.weight_decay
    if min(n, study.data.dimension) < 20:
        return TOO_SMALL
    if decay < 1e-3 and study.model.activation == "relu":
        return "rarely active neurons make heavy tails at so small a weight decay"
    return NEAR if decay * n < 0.01 and abs(p - n) < n / 4 else ""


RARE = "too rare for so few points to show"
FAMILIES: Mapping[type, Callable[[Study], ClosedForm | None]] = {
    LinearModel: of_linear_model,
    RandomFeatures: of_random_features,
}
