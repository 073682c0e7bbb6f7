"""A linear model along gradient descent from zero, with full batches."""

from math import sqrt

import numpy as np

from biasvar.models.linear import Linear as LinearModel
from biasvar.results.verification.form import TOO_SMALL, ClosedForm, parts_of
from biasvar.results.verification.forms import minimum_norm, ridge
from biasvar.results.verification.forms.settings import has_plain_inputs
from biasvar.study.config import Study
from biasvar.theory import gradient_descent_risk

ROWS_A_FEATURE = 50  # from which on the asymptotic form is within 1 % of the risk
LONGEST = 1.5  # step times the largest variance of an input: beyond 2, less some sampling error, descent diverges
SETTLED = 12  # minus the logarithm of what convergence leaves
QUIET = "so little noise that what the inputs of a training set add to the variance counts"
FAST = "steps so long that descent may diverge"


def form(study: Study, loss: str, epoch: int | None = None) -> ClosedForm | None:
    """Return the risk after an epoch: Heckel and Yilmaz's on all inputs, or that of the minimum once it is reached."""
    if epoch is None or not has_plain_inputs(study, loss) or not is_plain_descent(study):
        return None
    data, training, p, n = study.data, study.training, study.model.features, study.data.n_train
    if has_converged(study, epoch):
        return of_its_end(study)
    if training.weight_decay > 0 or p < data.dimension:
        return None
    step, noise_variance = 2 * training.lr, data.noise_std**2  # of half the mean squared error
    risk = gradient_descent_risk(data.coefficients(), data.deviations(), n, noise_variance, step, epoch)
    signal = float(np.sum((data.coefficients() * data.deviations()) ** 2))
    doubt = QUIET if noise_variance < signal / 4 else FAST if step * data.deviations().max() ** 2 > LONGEST else ""
    doubt = TOO_SMALL if n < ROWS_A_FEATURE * p else doubt
    return ClosedForm({"risk": risk.risk}, "gradient descent", error=0.01, not_tested=doubt)


def is_plain_descent(study: Study) -> bool:
    """Return whether every step follows the gradient over all rows."""
    training = study.training
    if not isinstance(study.model, LinearModel) or study.model.dropout > 0 or study.resampling.kind != "fresh":
        return False
    plain = training.optimizer == "sgd" and training.momentum == 0 and training.schedule == "constant"
    return plain and training.init == "zeros" and training.batch_size >= study.data.n_train


def of_its_end(study: Study) -> ClosedForm | None:
    """Return the risk of the minimum that descent has reached."""
    p, n, decay = study.model.features, study.data.n_train, study.training.weight_decay
    if decay == 0:
        parts = parts_of(minimum_norm.risk_of(study, n))
        return ClosedForm(parts, "minimum norm", not_tested=minimum_norm.doubt(p, n))
    parts = parts_of(ridge.risk_of(study, n, decay))
    return ClosedForm(parts, "ridge", error=ridge.error_at(n), not_tested=ridge.doubt(p, n, decay))


def has_converged(study: Study, epoch: int) -> bool:
    """Return whether gradient descent on standard normal inputs has reached the penalised minimum.

    What remains in the slowest direction is exp(-lr (2 mu + weight_decay) epoch); mu, the smallest eigenvalue of X'X /
    n, is taken at half of the lower edge of Marchenko and Pastur, for its fluctuation.
    """
    training, ratio = study.training, study.model.features / study.data.n_train
    low, high = (max(1 + sign * sqrt(ratio), 0) ** 2 for sign in (-1, 1))
    stable = training.lr * (2 * LONGEST * high + training.weight_decay) < 2
    return stable and not study.data.scales and training.lr * (low + training.weight_decay) * epoch > SETTLED
