"""Committees of linear models on k of n rows each (Patil, Du, Kuchibhotla 2023)."""

from math import inf

from biasvar.results.verification.form import NEAR, TOO_SMALL, ClosedForm, Committee, Quantity
from biasvar.results.verification.forms.minimum_norm import TAMED
from biasvar.results.verification.forms.settings import is_least_squares
from biasvar.study.config import Study
from biasvar.theory import subagging_excess

FEWEST = 100  # rows and inputs from which on the asymptotic form is accurate to ERROR
ERROR = 0.03
MEMBERS = (1, 2, 5, 10, 20, 50)


def form(study: Study, loss: str, epoch: int | None = None) -> ClosedForm | None:
    """Return the risk without the noise of committees up to those of a nested design, and of infinitely many models."""
    data = study.data
    if not is_least_squares(study, loss, "subsample", "nested") or data.scales:
        return None
    if data.n_pool is None or study.model.features < data.dimension:
        return None
    p, k, decay = data.dimension, data.n_train, study.training.weight_decay
    sizes = sorted({one for one in MEMBERS if one < study.design.inner} | {study.design.inner})
    truths: dict[Quantity, float] = {
        Committee(members): subagging_excess(data.signal, p, data.n_pool, k, data.noise_std**2, decay, members)
        for members in [*sizes, inf]
    }
    near = decay == 0 and abs(p - k) < TAMED
    doubt = TOO_SMALL if min(p, k) < FEWEST else NEAR if near else ""
    return ClosedForm(truths, "subagging", error_of_each=ERROR, not_tested=doubt)
