"""Ridge regression on random features of Gaussian inputs (Mei, Montanari 2022)."""

from biasvar.models.random_features import ACTIVATIONS, RandomFeatures
from biasvar.results.verification.form import NEAR, TOO_SMALL, ClosedForm, Quantity, parts_of
from biasvar.results.verification.forms.settings import is_fitted_exactly
from biasvar.study.config import Study
from biasvar.theory import random_features_risk

WIDEST = 1000  # random features; beyond this the closed form takes minutes
LARGE = 100  # rows and inputs from which on the form is accurate to FINE rather than COARSE
COARSE, FINE = 0.1, 0.03


def form(study: Study, loss: str, epoch: int | None = None) -> ClosedForm | None:
    """Return the risk of a fit with a penalty, and its sum with ``excess``."""
    model, data, n, decay = study.model, study.data, study.data.n_train, study.training.weight_decay
    if not isinstance(model, RandomFeatures) or not is_fitted_exactly(study, loss):
        return None
    if data.signal == 0 or data.scales or model.features > WIDEST or is_two_layer_linear(study):
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
    truths: dict[Quantity, float] = parts_of(risk) | {"excess": risk.bias_squared + risk.variance}
    error = FINE if min(n, data.dimension) >= LARGE else COARSE
    return ClosedForm(truths, "random features", error=error, not_tested=doubt(study))


def is_two_layer_linear(study: Study) -> bool:
    """Return whether random features are an orthonormal map of the inputs to no more dimensions."""
    model = study.model
    orthonormal = model.activation == "identity" and model.weights == "orthonormal" and not model.offsets
    return orthonormal and model.features <= study.data.dimension


def doubt(study: Study) -> str:
    """Return why a cell cannot be compared with the asymptotic form, or an empty string."""
    n, p, decay = study.data.n_train, study.model.features, study.training.weight_decay
    if min(n, study.data.dimension) < 20:
        return TOO_SMALL
    if decay < 1e-3 and study.model.activation == "relu":
        return "rarely active neurons make heavy tails at so small a weight decay"
    return NEAR if decay * n < 0.01 and abs(p - n) < n / 4 else ""
