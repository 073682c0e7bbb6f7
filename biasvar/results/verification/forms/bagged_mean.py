"""Means of bootstrap samples."""

from biasvar.results.verification.form import ClosedForm
from biasvar.study.config import Study
from biasvar.theory import correlation_of_bagged_means


def form(study: Study, loss: str, epoch: int | None = None) -> ClosedForm | None:
    """Return the correlation of two constant models, each the mean of a bootstrap sample of one outer set."""
    constant = study.training.kind == "exact" and study.model.size == 0 and study.model.has_intercept(study.data)
    nested = study.design.kind == "nested" and study.resampling.kind == "bootstrap" and study.data.n_pool is not None
    if loss != "squared_error" or not constant or not nested:
        return None
    rho = correlation_of_bagged_means(study.data.n_pool, study.data.n_train)
    return ClosedForm({"rho": rho}, "bagged mean")
