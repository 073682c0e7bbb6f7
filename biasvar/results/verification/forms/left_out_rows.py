"""Leave-one-out and cross-validation: on average the risk of a fit to fewer rows."""

from biasvar.results.verification.form import ClosedForm
from biasvar.results.verification.forms import minimum_norm, ridge
from biasvar.results.verification.forms.settings import is_least_squares
from biasvar.study.config import Study
from biasvar.training.measures import MEASURES

FOLDS = {"cv_5": 5, "cv_10": 10, "validation": 5}


def form(study: Study, loss: str, epoch: int | None = None) -> ClosedForm | None:
    """Return the mean of each requested estimate of the risk: that of the rows that its fits have.

    Leave-one-out keeps the penalty alpha of all rows, folds that of the rows in the fit.
    """
    if not is_least_squares(study, loss) or study.data.scales:
        return None
    n, decay = study.data.n_train, study.training.weight_decay
    fits = {name: (n - n // folds, decay) for name, folds in FOLDS.items() if n % folds == 0}
    fits["leave_one_out"] = n - 1, decay * n / (n - 1)
    fits = {name: fit for name, fit in fits.items() if name in study.training.measures and name in MEASURES}
    if not fits:
        return None
    return ClosedForm(
        {name: risk_of(study, *fit) for name, fit in fits.items()},
        "rows left out",
        error_of_each=ridge.error_at(n) if decay > 0 else 0.0,
        not_tested=next(filter(None, (doubt(study.model.features, *fit) for fit in fits.values())), ""),
    )


def risk_of(study: Study, rows: int, weight_decay: float) -> float:
    """Return the risk of a fit to some rows."""
    risk = ridge.risk_of(study, rows, weight_decay) if weight_decay > 0 else minimum_norm.risk_of(study, rows)
    return risk.risk


def doubt(p: int, rows: int, weight_decay: float) -> str:
    """Return why its estimate says little, or an empty string."""
    return ridge.doubt(p, rows, weight_decay) if weight_decay > 0 else minimum_norm.doubt(p, rows)
