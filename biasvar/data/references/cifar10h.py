"""CIFAR-10H: human annotations on CIFAR-10's test images."""

from dataclasses import replace
from typing import ClassVar

from biasvar.data.references.reference import Reference, Target
from biasvar.data.rows import Evaluation
from biasvar.data.source import Source
from biasvar.settings import Parts, Problem


class Cifar10H(Reference):
    """About 51 human annotations per image, for data whose ``annotations`` name this reference."""

    kind: ClassVar[str] = "cifar10h"

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problem of data without human annotations."""
        if study.data.annotations == self.kind:
            return []
        what = f"noise.reference = {self.kind} does not fit data={study.data.kind}"
        return [Problem("noise.reference", f"{what}: people labelled CIFAR-10's test images", "data=cifar10")]

    def read(self, evaluation: Evaluation, data: Source, seed: int) -> Evaluation:
        """Return the evaluation points with their votes."""
        return replace(evaluation, votes_NK=data.votes(seed))

    def target(self, evaluation: Evaluation, data: Source, seed: int) -> Target:
        """Return the votes [N, K]."""
        if evaluation.votes_NK is None:
            raise ValueError(
                f"there are no votes on the evaluation points of data={data.kind}; data=cifar10 has some, read by a "
                "sweep that asks for them"
            )
        return Target(evaluation.votes_NK, None, "CIFAR-10H votes")
