"""Exact training of models that are linear in their parameters."""

from dataclasses import dataclass
from typing import ClassVar

from biasvar.settings import key
from biasvar.training.settings.training import Training


@dataclass(frozen=True)
class Exact(Training):
    """Minimise mean_i sum_k (y_ik - f_k(x_i))^2 + (weight_decay / 2) |w|^2 in closed form, in float64.

    ``weight_decay`` is defined as in torch's optimisers, with a loss that is a mean over rows. In the chapter's terms,
    alpha = n weight_decay / 2; Hastie's lambda is alpha / n. The intercept is not penalised. At 0 the fit is the
    least-squares one of minimum norm, by singular values above ``cutoff`` times the largest. Directions that consist
    only of rounding errors of the features count as zero at any weight decay. With ``directions`` = k the fit has the
    weights V_k V_k' w, with V_k the k leading right singular vectors of the centred features: its prediction at x is
    that of the whole fit at x projected on their span.
    """

    kind: ClassVar[str] = "exact"
    numerics: ClassVar[int] = 1
    stochastic: ClassVar[bool] = False

    weight_decay: float = key(
        0.0, "coefficient of (1/2)|w|^2 beside the mean loss; 0: minimum norm", at_least=0, at_most=1e12, neutral=0.0
    )
    cutoff: float = key(1e-11, "singular values below this share of the largest count as zero", above=0, below=1)
    directions: int | None = key(
        None,
        "k, the leading singular directions of the training set's features that a fit keeps; null: all. Equal to "
        "projecting the evaluation points on these directions",
        at_least=1,
        neutral=None,
    )
    importance: float = key(
        0.0,
        "power of the weight of each training row, the density of evaluation points over that of training inputs: 0 "
        "for none, 1 for importance weights (Shimodaira 2000); their mean is 1",
        at_least=0,
        at_most=1,
        neutral=0.0,
    )
