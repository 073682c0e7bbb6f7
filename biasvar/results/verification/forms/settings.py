"""The settings in which the closed forms of Gaussian inputs hold."""

from typing import Any

from biasvar.data.linear import Linear as LinearDistribution
from biasvar.models.linear import Linear as LinearModel
from biasvar.study.config import Study
from biasvar.study.sources import fixed_sources

ROUNDING = 1e-8  # share of the largest singular value below which one is seldom more than rounding


def has_plain_inputs(study: Study, loss: str) -> bool:
    """Return whether independent Gaussian inputs and a target of mean zero are fitted as they are, without intercept.

    Every source of randomness varies.
    """
    data = study.data
    if not isinstance(data, LinearDistribution) or loss != "squared_error" or fixed_sources(study):
        return False
    return data.centred and data.correlation == 0 and data.whiten == "none" and not study.model.has_intercept(data)


def is_fitted_exactly(study: Study, loss: str, resampling: str = "fresh", design: str = "") -> bool:
    """Return whether a model linear in its parameters is fitted in closed form to such training sets."""
    plain = has_plain_inputs(study, loss) and study.resampling.kind == resampling
    plain = plain and study.design.kind == (design or study.design.kind)
    whole = study.training.kind == "exact" and not drops_directions(study.training)
    return plain and whole and study.training.importance == study.model.dropout == 0


def drops_directions(training: Any) -> bool:
    """Return whether an exact fit leaves out directions of the features that are more than rounding."""
    return training.directions is not None or training.cutoff > ROUNDING


def is_least_squares(study: Study, loss: str, resampling: str = "fresh", design: str = "") -> bool:
    """Return whether that model is a linear one."""
    return isinstance(study.model, LinearModel) and is_fitted_exactly(study, loss, resampling, design)
