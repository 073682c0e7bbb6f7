"""One label per point: as given, or drawn from a known distribution."""

from typing import ClassVar

import numpy as np

from biasvar import seeds
from biasvar.data.references.reference import Reference, Target
from biasvar.data.rows import Evaluation
from biasvar.data.source import Source


class Labels(Reference):
    """One label per point, drawn if the distribution is known; the noise is then treated as unknown."""

    kind: ClassVar[str] = "labels"

    def target(self, evaluation: Evaluation, data: Source, seed: int) -> Target:
        """Return labels [N]."""
        return Target(labels_of(evaluation, seed), None, "labels")


def labels_of(evaluation: Evaluation, seed: int) -> np.ndarray:
    """Return one label per point [N]: as given, or drawn from the distribution by the study seed.

    The noise of numbers is drawn from its quantiles, scaled to its variance, if they are known, and otherwise normal.
    """
    generator = seeds.generator(seed, "evaluation", 1)
    if evaluation.noise_N is not None:
        quantiles_S = evaluation.noise_quantiles_S
        if quantiles_S is None:
            unit_N = generator.standard_normal(len(evaluation.target))
        else:
            unit_N = generator.choice(quantiles_S / np.std(quantiles_S), len(evaluation.target))
        return evaluation.target + np.sqrt(evaluation.noise_N) * unit_N
    return drawn_labels(evaluation.target, generator) if evaluation.target.ndim == 2 else evaluation.target


def drawn_labels(distribution_NK: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draw a class number at each point from a distribution, or from vote frequencies: [N]."""
    steps_NK = np.cumsum(distribution_NK, axis=1)
    return np.argmax(generator.random((len(distribution_NK), 1)) * steps_NK[:, -1:] < steps_NK, axis=1)
