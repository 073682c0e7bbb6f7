"""What ``training=`` can be: the keys of each way of training. Who trains so is another table, ``TRAINERS``."""

from biasvar.training.settings.exact import Exact
from biasvar.training.settings.sgd import Sgd

TRAININGS = {training.kind: training for training in (Exact, Sgd)}
