"""Model families. A new family is one file, with its rules, and one entry in ``FAMILIES``.

``model.Model`` is the interface of families. A family that is linear in its parameters defines its ``feature_matrix``,
in which wider is a superset of narrower; a network defines its ``layers``. ``Module`` is a network
of the user's own, and ``Estimator`` any of scikit-learn's.
"""

from biasvar.models.convnet import Convnet
from biasvar.models.estimator import Estimator
from biasvar.models.linear import Linear
from biasvar.models.mlp import Mlp
from biasvar.models.module import Module
from biasvar.models.polynomial import Polynomial
from biasvar.models.random_features import RandomFeatures
from biasvar.models.resnet import Resnet

EVERY = (Polynomial, Linear, RandomFeatures, Mlp, Convnet, Resnet, Module, Estimator)
FAMILIES = {family.kind: family for family in EVERY}
