"""One comparison of an estimate with the truth."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from biasvar.decomposition import Decomposition

LIMIT = 4.0  # standard errors: with about fifty such checks, chance alone exceeds it for one seed in 300
ROUNDING = 1e-9


@dataclass(frozen=True)
class Check:
    """An estimate beside the truth.

    A check has ``passed`` if their distance is at most ``tolerance``. A control is an estimate known to be wrong, and
    has passed if its distance is larger: the error was detected. The standard error is 0 if arithmetic is exact.
    """

    name: str
    loss: str
    truth: float
    measured: float
    standard_error: float
    control: bool = False

    @property
    def tolerance(self) -> float:
        """The largest distance from the truth that passes: 4 standard errors and rounding."""
        return LIMIT * self.standard_error + ROUNDING

    @property
    def passed(self) -> bool:
        """Whether a check agrees with the truth, or a control is detected as wrong."""
        return (abs(self.measured - self.truth) <= self.tolerance) != self.control


def averaged(name: str, loss: str, truth: float, values: np.ndarray, control: bool = False) -> Check:
    """Return the check of a mean over generated studies."""
    error = float(values.std(ddof=1) / np.sqrt(len(values))) if np.ptp(values) > ROUNDING else 0.0
    return Check(name, loss, float(truth), float(values.mean()), error, control)


def means(studies: Sequence[Decomposition], term: str) -> np.ndarray:
    """Return a term's mean over points in each study."""
    return np.array([getattr(study, term) for study in studies])


def of_studies(
    name: str, studies: Sequence[Decomposition], truths: Mapping[str, float], plug_in: Iterable[str] = ()
) -> list[Check]:
    """Return a check for each term with a truth, and a control for each term's ``plug_in`` estimate."""
    loss = studies[0].loss
    checks = [averaged(f"{name}: {term}", loss, truth, means(studies, term)) for term, truth in truths.items()]
    return checks + [
        averaged(
            f"{name}: plug-in {term}",
            loss,
            truths[term],
            np.array([one.plug_in[term] for one in studies]),
            control=True,
        )
        for term in plug_in
    ]


def mistaken(
    name: str, studies: Sequence[Decomposition], truths: Mapping[str, float], terms: Iterable[str]
) -> list[Check]:
    """Return a control for some terms of studies that were decomposed under a wrong assumption."""
    loss = studies[0].loss
    return [averaged(f"{name}: {term}", loss, truths[term], means(studies, term), control=True) for term in terms]


def exact(name: str, study: Decomposition, truths: Mapping[str, float]) -> list[Check]:
    """Return a check without standard error for each term of a worked example."""
    return [
        Check(f"{name}: {term}", study.loss, float(truth), getattr(study, term), 0.0) for term, truth in truths.items()
    ]
