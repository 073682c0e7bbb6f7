"""Ridge regression at the penalty that is best for isotropic inputs (Nakkiran et al. 2021)."""

from math import isclose

from biasvar.results.verification.form import TOO_SMALL, ClosedForm
from biasvar.results.verification.forms.ridge import FEWEST
from biasvar.results.verification.forms.settings import is_least_squares
from biasvar.study.config import Study
from biasvar.theory import optimal_ridge_excess, optimal_weight_decay

ERROR = 0.02  # at p and n of some hundreds


def form(study: Study, loss: str, epoch: int | None = None) -> ClosedForm | None:
    """Return the risk without the noise of a fit on all inputs whose penalty is the best one."""
    data, n = study.data, study.data.n_train
    if not is_least_squares(study, loss) or data.scales or study.model.features < data.dimension or data.signal == 0:
        return None
    noise_variance = data.noise_std**2
    best = optimal_weight_decay(data.dimension, n, noise_variance, data.signal)
    if best == 0 or not isclose(study.training.weight_decay, best, rel_tol=1e-6):
        return None
    excess = optimal_ridge_excess(data.dimension / n, noise_variance, data.signal)
    small = min(n, data.dimension) < FEWEST
    return ClosedForm({"excess": excess}, "optimal ridge", error_of_each=ERROR, not_tested=TOO_SMALL if small else "")
