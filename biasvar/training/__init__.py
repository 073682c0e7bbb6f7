"""Training: members -> predictions. A new way of training is one file and one entry in ``TRAININGS``.

Each gives ``fit`` (a bundle of members, each with its inputs -> fits), ``bundles`` (which members are fitted at once:
those of one ``shape``, and how many), ``batch_key`` and ``most_at_once`` (what members must share to be worth keeping
in one job, and how many), ``flops``, ``bytes`` and ``incompatibility``, and says whether it is ``stochastic``: whether
it starts from random weights and takes rows in random batches.
"""

from biasvar.training.exact import Exact
from biasvar.training.sgd import Sgd

TRAININGS = {training.kind: training for training in (Exact, Sgd)}
