"""The options of ``training=``: the keys of each way of training. ``TRAINERS`` lists who carries them out."""

from biasvar.family import Family

TRAININGS = Family(
    {
        "exact": "biasvar.training.settings.exact:Exact",
        "sgd": "biasvar.training.settings.sgd:Sgd",
        "estimator": "biasvar.training.settings.estimator:EstimatorFit",
    }
)
