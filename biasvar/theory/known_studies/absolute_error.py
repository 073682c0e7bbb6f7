"""Absolute error: a worked example, a distribution without noise, and the median as the only centre that fits."""

import numpy as np
from scipy.special import erf

from biasvar import seeds
from biasvar.decomposition import decompose
from biasvar.theory.known_studies.check import Check, averaged, exact, means

STUDIES, REPLICATES, POINTS = 400, 7, 20


def checks(seed: int) -> list[Check]:
    """Return the checks of James's effects under absolute error."""
    return worked() + folded_normal(seed)


def worked() -> list[Check]:
    """Labels 0, 2, 10 with equal chance, predictions 1, 3, 9: f* = 2, and the central prediction is 3."""
    labels = np.array([0.0, 2.0, 10.0])
    predictions = np.array([1.0, 3.0, 9.0])
    study = decompose(predictions[:, None], labels[None, :], loss="absolute_error")
    truths = {"risk": 13 / 3, "noise": 10 / 3, "systematic_effect": 1 / 3, "variance_effect": 2 / 3}
    mean_as_centre = float(np.mean(np.abs(labels - predictions.mean()))) - 10 / 3
    wrong = Check("mean as the centre: systematic_effect", "absolute_error", 1 / 3, mean_as_centre, 0.0, control=True)
    return [*exact("labels 0 2 10, predictions 1 3 9", study, truths), wrong]


def folded_normal(seed: int) -> list[Check]:
    """Predictions normal about b with standard deviation 1, f* = 0 without noise: the risk is E |b + g|."""
    generator = seeds.generator(seed, "estimation", 15, 0)
    checks = []
    for bias in (0.5, 4.0):
        studies = [
            decompose(
                bias + generator.standard_normal((REPLICATES, POINTS)),
                np.zeros(POINTS),
                loss="absolute_error",
                noise=0,
            )
            for _ in range(STUDIES)
        ]
        risk = np.sqrt(2 / np.pi) * np.exp(-(bias**2) / 2) + bias * erf(bias / np.sqrt(2))
        name = f"normal about {bias:g}"
        checks.append(averaged(f"{name}: risk", "absolute_error", risk, means(studies, "risk")))
        # The median of R estimates |b| without bias only if it never changes sign.
        systematic = means(studies, "systematic_effect")
        small = bias < 1
        what = "systematic_effect of 7 replicates taken for that of all" if small else "systematic_effect"
        checks.append(averaged(f"{name}: {what}", "absolute_error", bias, systematic, control=small))
    return checks
