"""Training of scikit-learn estimators."""

from dataclasses import dataclass
from typing import ClassVar

from biasvar.training.settings.training import Training


@dataclass(frozen=True)
class EstimatorFit(Training):
    """Call an estimator's ``fit`` on the rows of a training set, repeated as they were drawn, in the order of the draw.

    Every ``random_state`` is drawn from the study's seed, also those of estimators inside. Each fit has one thread.
    """

    kind: ClassVar[str] = "estimator"
    numerics: ClassVar[int] = 1
    stochastic: ClassVar[bool] = False
