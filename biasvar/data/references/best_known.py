"""The best available reference of the data."""

from typing import ClassVar

from biasvar.data.references.labels import Labels
from biasvar.data.references.reference import Reference, Target
from biasvar.data.rows import Evaluation
from biasvar.data.source import Source


class BestKnown(Reference):
    """The distribution if the data has one, otherwise labels."""

    kind: ClassVar[str] = "auto"

    def target(self, evaluation: Evaluation, data: Source, seed: int) -> Target:
        """Return f* [N] with its noise [N], the label distribution [N, K], or labels [N]."""
        if evaluation.noise_N is not None or evaluation.target.ndim == 2:
            return Target(evaluation.target, evaluation.noise_N, "distribution")
        return Labels().target(evaluation, data, seed)
