"""The noise of Gaussian classes."""

from math import sqrt

from biasvar.data.gaussian_classes import GaussianClasses
from biasvar.results.verification.form import ClosedForm
from biasvar.study.config import Study
from biasvar.theory import BayesError, bayes_error, deviation_of_points, mixture_error
from biasvar.theory.bayes_error import ACCURACY
from biasvar.theory.mixture_error import SHARP

SURE = 4  # standard errors; chance alone puts about one mean in 10,000 beyond them
MOST_CLASSES = 12  # of unequal classes; beyond this the Bayes error takes more than seconds
RARE = "too rare for so few points to show"


def form(study: Study, loss: str, epoch: int | None = None) -> ClosedForm | None:
    """Return the Bayes error under a classification loss.

    Its standard error is that of the distribution: rare errors leave no trace in a few points, nor in their spread.
    """
    data = study.data
    known = errors_of_classes(data) if isinstance(data, GaussianClasses) else None
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
