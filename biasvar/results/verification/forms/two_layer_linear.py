"""A linear network of two layers whose first is random (Lin, Dobriban 2021)."""

from collections.abc import Collection, Sequence
from itertools import chain, combinations

from biasvar.models.random_features import RandomFeatures
from biasvar.results.verification.form import ClosedForm, Quantity, parts_of
from biasvar.results.verification.forms.random_features import doubt, is_two_layer_linear
from biasvar.results.verification.forms.settings import is_fitted_exactly
from biasvar.study.config import Study
from biasvar.theory import TwoLayerRisk, two_layer_linear_risk

LARGE = 60  # inputs and rows from which on each value is accurate to FINE of itself, rather than COARSE of the risk
COARSE, FINE = 0.05, 0.012


def form(study: Study, loss: str, epoch: int | None = None) -> ClosedForm | None:
    """Return the risk of ridge regression on an orthonormal map of the inputs, and its components if seeds cross."""
    data, model, decay = study.data, study.model, study.training.weight_decay
    if not isinstance(model, RandomFeatures) or not is_fitted_exactly(study, loss) or not is_two_layer_linear(study):
        return None
    if data.signal == 0 or data.scales or (decay == 0 and model.features == data.n_train):
        return None
    sizes = (model.features, data.dimension, data.n_train)
    risk = two_layer_linear_risk(data.signal, *sizes, data.noise_std**2, decay, model.weight_std)
    truths = parts_of(risk) | components_of(risk, study)
    large = min(data.dimension, data.n_train) >= LARGE
    coarse, fine = (0.0, FINE) if large else (COARSE, 0.0)
    return ClosedForm(truths, "two-layer linear network", coarse, fine, not_tested=doubt(study))


def components_of(risk: TwoLayerRisk, study: Study) -> dict[Quantity, float]:
    """Return each component of a crossed design under its term's name, and the sum of all interactions.

    An interaction is of all axes whose sources it has.
    """
    groups = study.design.groups
    if len(groups) < 2:
        return {}
    found: dict[Quantity, float] = {}
    for count in range(1, len(groups) + 1):
        for axes in combinations(groups, count):
            inside = (value for sources, value in risk.components.items() if is_of(sources, axes))
            found["_".join(["variance", *(axis[0] for axis in axes)])] = sum(inside)
    alone = sum(found[f"variance_{axis[0]}"] for axis in groups)
    return found | {"variance_interaction": risk.variance - alone}


def is_of(sources: Collection[str], axes: Sequence[Sequence[str]]) -> bool:
    """Return whether an interaction of sources is one of these axes: of every one, and of no other."""
    return all(set(axis) & set(sources) for axis in axes) and set(sources) <= set(chain.from_iterable(axes))
