"""A fixed design: the same inputs in every replicate."""

from dataclasses import dataclass
from typing import ClassVar

from biasvar.data.resampling.fresh import Fresh
from biasvar.settings import Parts, Problem, key


@dataclass(frozen=True)
class FixedDesign(Fresh):
    """Each replicate has the same inputs, drawn once or from a list, with labels drawn anew.

    The classical results of regression hold at the training inputs: of least squares with p coefficients the variance,
    averaged over them, is sigma^2 p / n.
    """

    kind: ClassVar[str] = "fixed_design"
    variance_means: ClassVar[str] = (
        "variance over fresh labels at the same inputs: that of the decomposition for a fixed design"
    )
    given: ClassVar[str] = "inputs"

    evaluation: str = key(
        "training_inputs",
        "the evaluation points: the training inputs themselves, or points of the distribution",
        choices=("training_inputs", "distribution"),
    )

    @property
    def at_training_inputs(self) -> bool:
        """Whether the evaluation points are the training inputs."""
        return self.evaluation == "training_inputs"

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problems of a table, and of classes, whose labels are drawn before their inputs."""
        found = super().problems(study)
        if not found and study.data.task == "classification":
            what = (
                f"resampling={self.kind} draws labels anew, and data={study.data.kind} draws a label and then its input"
            )
            found.append(Problem("resampling", what, "regression, as data=synthetic, linear or function"))
        return found

    def unused_keys(self, study: Parts) -> dict[str, str]:
        """Return the number of evaluation points as an unused key too, if they are the training inputs."""
        at_inputs = {"data.n_eval": f"resampling={self.kind} evaluates at the training inputs"}
        return super().unused_keys(study) | (at_inputs if self.at_training_inputs else {})
