"""Which parameter is the capacity of a common class, and whether a larger value makes it more or less flexible."""

import re

CAPACITIES = {
    r"DecisionTree|ExtraTree(Classifier|Regressor)|RandomForest|ExtraTrees": "max_depth",
    r"HistGradientBoosting": "max_iter",
    r"GradientBoosting|AdaBoost|Bagging|LGBM|XGB|CatBoost": "n_estimators",
    r"KNeighbors": "n_neighbors",
    r"RadiusNeighbors": "radius",
    r"NuSV": "nu",
    r"LinearSV|SVC|SVR|LogisticRegression": "C",
    r"SGD|Ridge|Lasso|ElasticNet|KernelRidge|GaussianProcessRegressor|HuberRegressor": "alpha",
    r"(Quantile|Poisson|Gamma|Tweedie)Regressor|(Multinomial|Bernoulli|Categorical)NB": "alpha",
    r"GaussianNB": "var_smoothing",
    r"MLP": "hidden_layer_sizes",
    r"PLS|CCA": "n_components",
    r"QuadraticDiscriminant": "reg_param",
}  # fmt: skip
"""Patterns of the beginning of class names -> the parameter that is the capacity, unless ``model.capacity`` says."""
OF_STEPS = {
    "PolynomialFeatures": "degree",
    "SplineTransformer": "n_knots",
    "PCA": "n_components",
    "KernelPCA": "n_components",
    "RBFSampler": "n_components",
    "Nystroem": "n_components",
    "SelectKBest": "k",
}
"""The same of transformers, whose capacity comes before that of a pipeline's last step."""
REVERSED = {
    "n_neighbors", "radius", "alpha", "alpha_1", "alpha_2", "lambda_1", "lambda_2", "lambda", "reg_alpha", "reg_lambda",
    "l2_regularization", "l2_leaf_reg", "lambda_l1", "lambda_l2", "min_samples_leaf", "min_samples_split",
    "min_child_samples", "min_child_weight", "min_data_in_leaf", "min_impurity_decrease", "min_weight_fraction_leaf",
    "min_split_gain", "ccp_alpha", "var_smoothing", "reg_param", "shrinkage", "tol", "epsilon", "length_scale",
}  # fmt: skip
"""Parameters of which a larger value makes a model less flexible."""
BOOSTED = ("XGB",)
"""Beginnings of classes whose ``gamma`` is the loss that a split must save: elsewhere it is the width of a kernel."""


def usual_capacity(names: tuple[str, ...]) -> str:
    """Return the parameter that is the capacity of a class, or of a pipeline; empty if none is known."""
    prefix = (lambda name: f"{name.lower()}__") if len(names) > 1 else lambda name: ""
    for name in names[:-1]:
        if name in OF_STEPS:
            return prefix(name) + OF_STEPS[name]
    found = (capacity for pattern, capacity in CAPACITIES.items() if re.match(pattern, names[-1]))
    capacity = next(found, "")
    return capacity and prefix(names[-1]) + capacity


def is_reversed(capacity: str, names: tuple[str, ...]) -> bool:
    """Return whether a larger value of a parameter makes the model less flexible."""
    last = capacity.rpartition("__")[2]
    return last in REVERSED or (last == "gamma" and any(name.startswith(BOOSTED) for name in names))
