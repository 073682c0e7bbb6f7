"""Remedies that are other models: boosting, and features that are made of the inputs."""

from dataclasses import dataclass

from biasvar.results.conditions import swept_keys
from biasvar.results.diagnosis.effects import line_along
from biasvar.results.diagnosis.remedies.remedy import NO_AXIS, DiagnosedCell, Finding, Remedy, found
from biasvar.study.config import Study

NAME = "model.name"
LEARNT = ("mlp", "convnet", "resnet", "module")
BASIS = ("polynomial", "random_features")


def found_of_name(cell: DiagnosedCell, words: str) -> Finding | None:
    """Return the effect of the best estimator whose class name has one of some words; None if none is swept."""
    if NAME not in swept_keys(cell.results):
        return None
    line = line_along(cell.results, cell.row, NAME)
    return found(cell, line[line[NAME].astype(str).str.contains(words) & (line["cell"] != cell.row["cell"])])


@dataclass(frozen=True)
class OtherModel(Remedy):
    """Estimators whose class name has one of some words; ``estimator`` is the text of overrides that tries one."""

    name: str
    against: str
    words: str
    estimator: str

    def finding(self, cell: DiagnosedCell) -> Finding:
        """Return the effect of the best of such estimators, or the override that would try one."""
        if swept := found_of_name(cell, self.words):
            return swept
        study = cell.study
        reason = self.unfit(study)
        if reason or study is None:
            return Finding(reason=reason)
        of_classes = study.data.task == "classification"
        kind, linear = ("Classifier", "LogisticRegression") if of_classes else ("Regressor", "LinearRegression")
        return Finding(override=self.estimator.format(kind=kind, linear=linear), reason=NO_AXIS)

    def unfit(self, study: Study | None) -> str:
        """Return why no override would try it."""
        if study is None:
            return NO_AXIS
        return "" if len(study.data.shape) == 1 else "estimators take vectors, and inputs are images"


@dataclass(frozen=True)
class MoreFeatures(OtherModel):
    """Products and powers of the inputs as further features; networks learn theirs, and some models consist of them."""

    def unfit(self, study: Study | None) -> str:
        """Return why no override would try it."""
        kind = "" if study is None else study.model.kind
        if kind in LEARNT:
            return "a network learns its features: see a larger model"
        if kind in BASIS:
            return "features are the capacity of this model: see a larger model"
        return super().unfit(study)
