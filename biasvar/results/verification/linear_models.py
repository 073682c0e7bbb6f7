"""The closed forms of linear models on Gaussian inputs: exact fits, and gradient descent."""

from math import sqrt

import numpy as np

from biasvar.results.verification.form import NEAR, TOO_SMALL, ClosedForm, parts_of
from biasvar.study.config import Study
from biasvar.theory import gradient_descent_risk, minimum_norm_risk, ridge_risk

ROWS_A_FEATURE = 50  # from which on the asymptotic form of gradient descent is within 1 % of the risk
LONGEST = 1.5  # step times the largest variance of an input: beyond 2, less some sampling error, descent diverges
SETTLED = 12  # minus the logarithm of what convergence leaves
TAMED = 8  # |p - n| from which squared standard errors of a minimum-norm fit have a variance: E (smallest root)^-4
QUIET = "so little noise that what the inputs of a training set add to the variance counts"
FAST = "steps so long that descent may diverge"


def of_linear_model(study: Study) -> ClosedForm | None:
    """Return the risk of least squares on the first p inputs.

    Without a penalty and with p < n, inputs of any scale have the same fit: theirs is the risk at standard normal
    inputs and coefficients multiplied by the scales.
    """
    data, p, n, decay = study.data, study.model.features, study.data.n_train, study.training.weight_decay
    if data.scales and (decay > 0 or p >= n):
        return None
    if decay == 0:
        risk = minimum_norm_risk(data.coefficients() * data.deviations(), p, n, data.noise_std**2)
        return ClosedForm(parts_of(risk), "minimum norm", not_tested=NEAR if abs(p - n) < TAMED else "")
    risk = ridge_risk(data.coefficients(), p, n, data.noise_std**2, decay)
    doubt = NEAR if decay * n**2 < 10 and abs(p - n) < max(n / 4, 10) else ""
    return ClosedForm(parts_of(risk), "ridge", error=0.02, not_tested=TOO_SMALL if n < 20 else doubt)


def of_gradient_descent(study: Study, epoch: int) -> ClosedForm | None:
    """Return the risk of a linear model along gradient descent from zero with full batches: on all inputs, or ridge's.

    The latter holds once descent has converged.
    """
    data, training, p, n = study.data, study.training, study.model.features, study.data.n_train
    plain = training.optimizer == "sgd" and training.momentum == 0
    plain = plain and training.schedule == "constant" and training.init == "zeros" and training.batch_size >= n
    if plain and has_converged(study, epoch):
        return of_linear_model(study)
    if not plain or training.weight_decay > 0 or p < data.dimension:
        return None
    step, noise_variance = 2 * training.lr, data.noise_std**2  # of half the mean squared error
    risk = gradient_descent_risk(data.coefficients(), data.deviations(), n, noise_variance, step, epoch)
    signal = float(np.sum((data.coefficients() * data.deviations()) ** 2))
    doubt = QUIET if noise_variance < signal / 4 else FAST if step * data.deviations().max() ** 2 > LONGEST else ""
    doubt = TOO_SMALL if n < ROWS_A_FEATURE * p else doubt
    return ClosedForm({"risk": risk.risk}, "gradient descent", error=0.01, not_tested=doubt)


def has_converged(study: Study, epoch: int) -> bool:
    """Return whether gradient descent on standard normal inputs has reached the penalised minimum.

    What remains in the slowest direction is exp(-lr (2 mu + weight_decay) epoch); mu, the smallest eigenvalue of X'X /
    n, is taken at half of the lower edge of Marchenko and Pastur, for its fluctuation.
    """
    training, ratio = study.training, study.model.features / study.data.n_train
    low, high = (max(1 + sign * sqrt(ratio), 0) ** 2 for sign in (-1, 1))
    stable = training.lr * (2 * LONGEST * high + training.weight_decay) < 2
    return stable and not study.data.scales and training.lr * (low + training.weight_decay) * epoch > SETTLED
