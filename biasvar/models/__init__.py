"""Model families. A new family is one file, with its rules, and one entry in ``FAMILIES``.

``model.Model`` is the interface of families. A family that is linear in its parameters defines its ``feature_matrix``,
in which wider is mostly a superset of narrower; a network defines its ``layers``. ``Module`` is a network
of the user's own, and ``Estimator`` any of scikit-learn's.
"""

from biasvar.family import Family

FAMILIES = Family(
    {
        "polynomial": "biasvar.models.polynomial:Polynomial",
        "gaussian_basis": "biasvar.models.gaussian_basis:GaussianBasis",
        "linear": "biasvar.models.linear:Linear",
        "random_features": "biasvar.models.random_features:RandomFeatures",
        "mlp": "biasvar.models.mlp:Mlp",
        "convnet": "biasvar.models.convnet:Convnet",
        "resnet": "biasvar.models.resnet:Resnet",
        "module": "biasvar.models.module:Module",
        "estimator": "biasvar.models.estimator:Estimator",
    }
)
