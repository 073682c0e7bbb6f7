"""Dropout of the inputs of a linear model, averaged over all masks."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from biasvar.data.views import mean
from biasvar.training.exact.least_squares import LeastSquares, Solution


def averaged_over_masks(
    features: Mapping[str, np.ndarray],
    y_nK: np.ndarray,
    counts_n: np.ndarray,
    model: Any,
    training: Any,
    intercept: bool,
) -> Solution:
    """Return the fit that minimises the expected penalised loss under inverted dropout of features with rate p.

    Over all masks R, E |y - (R . X / (1 - p)) w|^2 = |y - X w|^2 + p / (1 - p) sum_j (X'X)_jj w_j^2 (Srivastava et al.
    2014, section 9.1): ridge regression with an alpha_j for each weight. With w_j = v_j / sqrt(alpha_j), that is ridge
    regression with alpha = 1. An intercept is not masked: the data is centred, but second moments are raw.
    ``features`` holds those of the rows ``training`` and ``evaluation``, and of others.
    """
    train_nP, rows = features["training"], counts_n.sum()
    moments_P = counts_n @ train_nP**2
    root_P = np.sqrt(rows * training.weight_decay / 2 + model.dropout / (1 - model.dropout) * moments_P)
    root_P[root_P == 0] = 1  # a feature that is 0 in every row has no weight
    scaled = {name: z_P / root_P for name, z_P in features.items()}
    problem = LeastSquares(scaled.pop("training"), scaled.pop("evaluation"), y_nK, counts_n, intercept, 1.0, scaled)
    (found,) = problem.path([replace(training, weight_decay=2 / rows)])
    centred_nP = train_nP - mean(train_nP, counts_n) if intercept else train_nP
    matrix_PP = (centred_nP.T * counts_n) @ centred_nP + np.diag(root_P**2)
    fitted = found.model._replace(
        weights=lambda: [w_PK / root_P[:, None] for w_PK in found.model.weights()],
        curvature=partial(np.linalg.eigvalsh, matrix_PP),
    )
    return found._replace(model=fitted)
