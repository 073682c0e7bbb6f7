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
    given = arguments(study, loss)
    if given is None:
        return None
    truths: dict[Quantity, float] = {
        Committee(members): subagging_excess(*given, members) for members in [*sizes_of(study), inf]
    }
    return ClosedForm(truths, "subagging", error_of_each=ERROR, not_tested=doubt(study))


def arguments(study: Study, loss: str) -> tuple[float, int, int, int, float, float] | None:
    """Return |beta|^2, p, n, k, the noise variance and the weight decay; None unless fits are on all inputs."""
    data = study.data
    if not is_least_squares(study, loss, "subsample", "nested") or data.scales:
        return None
    if data.n_pool is None or study.model.features < data.dimension:
        return None
    decay = study.training.weight_decay
    return data.signal, data.dimension, data.n_pool, data.n_train, data.noise_std**2, decay


def sizes_of(study: Study) -> list[int]:
    """Return some numbers of members up to those of the design."""
    inner = study.design.inner
    return sorted({one for one in MEMBERS if one < inner} | {inner})


def doubt(study: Study) -> str:
    """Return why the form may be inaccurate, or an empty string."""
    p, k = study.data.dimension, study.data.n_train
    near = study.training.weight_decay == 0 and abs(p - k) < TAMED
    return TOO_SMALL if min(p, k) < FEWEST else NEAR if near else ""
