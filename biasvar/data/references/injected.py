"""Evaluation labels with the same noise as training labels."""

from typing import ClassVar

import numpy as np

from biasvar.data.references.reference import Reference, Target
from biasvar.data.rows import Evaluation
from biasvar.data.source import Source
from biasvar.settings import Parts, Problem


class Injected(Reference):
    """Evaluation labels are assumed to have the training labels' symmetric noise of rate eta = data.label_noise.

    It is added to the clean distribution or, without one, to labels that are assumed to be correct.
    """

    kind: ClassVar[str] = "injected"

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problem of data without injected label noise."""
        if study.data.label_noise > 0:
            return []
        has = "data.label_noise = 0" if study.data.task == "classification" else "whose labels are numbers"
        what = f"noise.reference = {self.kind} does not fit data={study.data.kind}, {has}"
        return [Problem("noise.reference", what, "class labels with data.label_noise above 0")]

    def target(self, evaluation: Evaluation, data: Source, seed: int) -> Target:
        """Return the label distribution [N, K] under the noise."""
        if data.label_noise <= 0:
            raise ValueError(f"no label noise is injected into data={data.kind}; expected data.label_noise above 0")
        clean_NK = clean_distribution(evaluation, data)
        return Target(with_label_noise(clean_NK, data.label_noise), None, "injected label noise")


def with_label_noise(distribution_NK: np.ndarray, rate: float) -> np.ndarray:
    """Return the label distribution after changing a share ``rate`` to another class, each equally likely: [N, K].

    p' = (1 - eta) p + eta (1 - p) / (K - 1), whose zero-one Bayes error is eta + (1 - eta K / (K - 1)) R* if eta is
    below (K - 1) / K (Natarajan et al. 2013 for two classes).
    """
    return (1 - rate) * distribution_NK + rate * (1 - distribution_NK) / (distribution_NK.shape[1] - 1)


def clean_distribution(evaluation: Evaluation, data: Source) -> np.ndarray:
    """Return the label distribution [N, K]; one-hot if each point has one label only."""
    return evaluation.target if evaluation.target.ndim == 2 else np.eye(data.outputs)[evaluation.target]
