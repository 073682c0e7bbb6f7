"""The options of ``training=``: the keys of each way of training. ``TRAINERS`` lists who carries them out."""

from biasvar.training.settings.estimator import EstimatorFit
from biasvar.training.settings.exact import Exact
from biasvar.training.settings.sgd import Sgd

TRAININGS = {training.kind: training for training in (Exact, Sgd, EstimatorFit)}
