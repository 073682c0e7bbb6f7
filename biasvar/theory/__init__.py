"""Closed forms to compare estimates with. Imports nothing of biasvar except its seeds."""

from biasvar.theory.bagged_mean import correlation_of_bagged_means
from biasvar.theory.bayes_error import BayesError, bayes_error, deviation_of_points
from biasvar.theory.fixed_design import fixed_design_risk
from biasvar.theory.gradient_descent import gradient_descent_risk
from biasvar.theory.minimum_norm import minimum_norm_risk
from biasvar.theory.mixture_error import mixture_error
from biasvar.theory.optimal_ridge import optimal_ridge_excess, optimal_weight_decay
from biasvar.theory.random_features import RandomFeaturesRisk, random_features_risk
from biasvar.theory.ridge import ridge_risk
from biasvar.theory.risk import Risk
from biasvar.theory.subagging import committee_gcv, subagging_excess
from biasvar.theory.two_layer_linear import TwoLayerRisk, two_layer_linear_risk

__all__ = [
    "BayesError",
    "RandomFeaturesRisk",
    "Risk",
    "TwoLayerRisk",
    "bayes_error",
    "committee_gcv",
    "correlation_of_bagged_means",
    "deviation_of_points",
    "fixed_design_risk",
    "gradient_descent_risk",
    "minimum_norm_risk",
    "mixture_error",
    "optimal_ridge_excess",
    "optimal_weight_decay",
    "random_features_risk",
    "ridge_risk",
    "subagging_excess",
    "two_layer_linear_risk",
]
