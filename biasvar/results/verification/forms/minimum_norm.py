"""Least squares, or the fit of minimum norm, on the first p of D Gaussian inputs (Belkin, Hsu, Xu 2019)."""

from biasvar.results.verification.form import NEAR, ClosedForm, parts_of
from biasvar.results.verification.forms.settings import is_least_squares
from biasvar.study.config import Study
from biasvar.theory import Risk, minimum_norm_risk

TAMED = 8  # |p - n| from which squared standard errors of a minimum-norm fit have a variance: E (smallest root)^-4


def form(study: Study, loss: str, epoch: int | None = None) -> ClosedForm | None:
    """Return the exact risk of a fit without a penalty."""
    if not is_least_squares(study, loss) or study.training.weight_decay > 0:
        return None
    p, n = study.model.features, study.data.n_train
    if study.data.scales and p >= n:
        return None
    return ClosedForm(parts_of(risk_of(study, n)), "minimum norm", not_tested=doubt(p, n))


def risk_of(study: Study, n: int) -> Risk:
    """Return the risk of a fit to n rows.

    With p < n, inputs of any scale have the same fit: theirs is the risk at standard normal inputs and coefficients
    multiplied by the scales.
    """
    data = study.data
    return minimum_norm_risk(data.coefficients() * data.deviations(), study.model.features, n, data.noise_std**2)


def doubt(p: int, n: int) -> str:
    """Return why estimates of such a fit say little, or an empty string."""
    return NEAR if abs(p - n) < TAMED else ""
