"""Model families. A new family is one file and one entry in ``FAMILIES``.

Every family names its ``capacity_key``, counts its ``parameters``, says in ``incompatibility`` which data it cannot
take, and whether it has ``random_weights``. A family that is linear in its parameters gives its ``feature_matrix``, in
which wider is a superset of narrower; a network gives its ``layers``, and says whether it is ``compiled``: whether the
kernel trains it on a CPU.
"""

from biasvar.models.convnet import Convnet
from biasvar.models.linear import Linear
from biasvar.models.mlp import Mlp
from biasvar.models.polynomial import Polynomial
from biasvar.models.random_features import RandomFeatures

FAMILIES = {family.kind: family for family in (Polynomial, Linear, RandomFeatures, Mlp, Convnet)}
