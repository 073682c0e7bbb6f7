"""What cross-validation makes of the risk of committees of linear models on k of n rows each (Bellec et al. 2023)."""

from biasvar.results.verification.form import ClosedForm, Quantity, Untested
from biasvar.results.verification.forms.subagging import arguments, doubt, sizes_of
from biasvar.study.config import Study
from biasvar.theory import committee_gcv, subagging_excess

ERROR = 0.02  # at some hundreds of rows


def form(study: Study, loss: str, epoch: int | None = None) -> ClosedForm | None:
    """Return the mean of each estimate from the training data: the risk, but for plain GCV."""
    given = arguments(study, loss)
    if given is None or "pool" not in study.training.rows:
        return None
    noise_variance, truths = study.data.noise_std**2, dict[Quantity, float]()
    for members in sizes_of(study):
        risk = noise_variance + subagging_excess(*given, members)
        truths |= {Untested("risk_ecv", members): risk, Untested("risk_cgcv", members): risk}
        truths[Untested("risk_gcv", members)] = committee_gcv(*given, members)
    return ClosedForm(truths, "cross-validated committees", error_of_each=ERROR, not_tested=doubt(study))
