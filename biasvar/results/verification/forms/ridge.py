"""Ridge regression on the first p of D Gaussian inputs (Dobriban, Wager 2018; Hastie et al. 2022)."""

from biasvar.results.verification.form import NEAR, TOO_SMALL, ClosedForm, parts_of
from biasvar.results.verification.forms.settings import is_least_squares
from biasvar.study.config import Study
from biasvar.theory import Risk, ridge_risk

FEWEST = 20  # rows from which on the asymptotic form is accurate to ERROR; the error falls as n^-2
ERROR = 0.02


def form(study: Study, loss: str, epoch: int | None = None) -> ClosedForm | None:
    """Return the risk of a fit with a penalty."""
    if not is_least_squares(study, loss) or study.training.weight_decay == 0 or study.data.scales:
        return None
    n, decay = study.data.n_train, study.training.weight_decay
    return ClosedForm(
        parts_of(risk_of(study, n, decay)),
        "ridge",
        error=error_at(n),
        not_tested=doubt(study.model.features, n, decay),
    )


def risk_of(study: Study, n: int, weight_decay: float) -> Risk:
    """Return the risk of a fit to n rows."""
    data = study.data
    return ridge_risk(data.coefficients(), study.model.features, n, data.noise_std**2, weight_decay)


def error_at(n: int) -> float:
    """Return the largest error of the form at n rows, as a share of bias squared + variance."""
    return ERROR * min(FEWEST / n, 1) ** 2


def doubt(p: int, n: int, weight_decay: float) -> str:
    """Return why the form may be inaccurate, or an empty string."""
    near = weight_decay * n**2 < 10 and abs(p - n) < max(n / 4, 10)
    return TOO_SMALL if n < FEWEST else NEAR if near else ""
