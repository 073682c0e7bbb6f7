"""The chapter's remedies. A new one is one entry here, or one file if it is of a new kind.

Section 7.1.1.1 has a smaller model, more data and bagging against high variance, and a larger model, more features and
boosting against high bias; Sections 7.2 and 7.3 add weight decay and dropout, and less of them is the reverse.
"""

from biasvar.results.diagnosis.regime import HIGH_BIAS, HIGH_VARIANCE
from biasvar.results.diagnosis.remedies.along_axis import CAPACITY, AlongAxis
from biasvar.results.diagnosis.remedies.committee import Bagging
from biasvar.results.diagnosis.remedies.other_model import MoreFeatures, OtherModel
from biasvar.results.diagnosis.remedies.overrides import penalties, rates, twofold
from biasvar.results.diagnosis.remedies.remedy import DiagnosedCell, Finding, Remedy

BOOSTED = "model=estimator training=estimator model.name=GradientBoosting{kind} model.n_estimators=10,30,100"
POWERS = (
    "model=estimator training=estimator 'model.name=[PolynomialFeatures,{linear}]' model.polynomialfeatures__degree=1,2"
)

REMEDIES: tuple[Remedy, ...] = (
    AlongAxis("a smaller model", HIGH_VARIANCE, CAPACITY, -1, twofold),
    AlongAxis("more data", HIGH_VARIANCE, "data.n_train", 1, twofold),
    Bagging(),
    AlongAxis("more weight decay", HIGH_VARIANCE, "training.weight_decay", 1, penalties),
    AlongAxis("more dropout", HIGH_VARIANCE, "model.dropout", 1, rates),
    AlongAxis("a larger model", HIGH_BIAS, CAPACITY, 1, twofold),
    MoreFeatures("more features", HIGH_BIAS, "PolynomialFeatures|SplineTransformer|Nystroem|RBFSampler", POWERS),
    OtherModel("boosting", HIGH_BIAS, "Boost|LGBM|XGB", BOOSTED),
    AlongAxis("less weight decay", HIGH_BIAS, "training.weight_decay", -1, penalties),
    AlongAxis("less dropout", HIGH_BIAS, "model.dropout", -1, rates),
)

__all__ = ["REMEDIES", "DiagnosedCell", "Finding", "Remedy"]
