"""Trees as smoothers: what they predict is a weighted mean of their training targets, by weights that are known.

Given its splits, a tree predicts s(x)' y, with s(x) even over the training rows of the leaf of x. So does a forest, by
the mean of its trees' weights, and boosting of squared error, whose trees are fitted to what the others left. Curth,
Jeffares, van der Schaar (2023) count parameters by these weights. Splits depend on y too, which the weights ignore.
"""

from typing import Any

import numpy as np

from biasvar.training.measures.fitted_model import Smoother

MEANS = ("squared_error", "friedman_mse", "gini", "entropy", "log_loss")
"""Criteria whose trees predict a leaf's mean, or the shares of its classes."""
MOST = 1000
"""Training rows up to which weights are computed: boosting needs those of every pair of rows."""


def smoother_of(fitted: Any, x_nD: np.ndarray, x_sD: np.ndarray) -> Smoother | None:
    """Return the smoother of a fitted tree, forest, or boosting of squared error; None for other estimators.

    ``x_nD`` are the training rows, as often as they were drawn, and ``x_sD`` some other points.
    """
    if len(x_nD) > MOST:
        return None
    weights = weights_of(fitted, x_nD, x_sD)
    if weights is None:
        return None
    trace, weights_sn = weights
    return Smoother(trace, len(x_nD) * float(np.mean(np.sum(weights_sn**2, axis=1))), lambda: np.zeros(0))


def weights_of(fitted: Any, x_nD: np.ndarray, x_sD: np.ndarray) -> tuple[float, np.ndarray] | None:
    """Return the trace of the smoother at the training rows, and its weights at other points, [s, n]."""
    if is_tree(fitted):
        return of_tree(fitted, x_nD, x_sD, np.ones(len(x_nD)))
    if getattr(fitted, "loss", None) == "squared_error" and hasattr(fitted, "train_score_"):
        return of_boosting(fitted, x_nD, x_sD) if fitted.subsample == 1 and fitted.init is None else None
    trees = getattr(fitted, "estimators_", None)
    if not isinstance(trees, list) or not hasattr(fitted, "bootstrap") or hasattr(fitted, "estimators_features_"):
        return None
    if not all(is_tree(tree) for tree in trees):
        return None
    rows = fitted.estimators_samples_ if fitted.bootstrap else [np.arange(len(x_nD))] * len(trees)
    each = [
        of_tree(tree, x_nD, x_sD, np.bincount(drawn, minlength=len(x_nD)))
        for tree, drawn in zip(trees, rows, strict=True)
    ]
    return float(np.mean([trace for trace, _ in each])), np.mean([weights_sn for _, weights_sn in each], axis=0)


def is_tree(fitted: Any) -> bool:
    """Return whether an estimator is a tree that predicts means of leaves."""
    return hasattr(fitted, "tree_") and fitted.criterion in MEANS


def of_tree(tree: Any, x_nD: np.ndarray, x_sD: np.ndarray, counts_n: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the trace and the weights of one tree, whose training rows count as often as it saw them."""
    leaf_n, leaf_s = tree.apply(x_nD), tree.apply(x_sD)
    rows_l = np.bincount(leaf_n, weights=counts_n, minlength=tree.tree_.node_count)
    weights_sn = (leaf_s[:, None] == leaf_n) * (counts_n / np.maximum(rows_l[leaf_n], 1))
    return float(np.count_nonzero(rows_l)), weights_sn


def of_boosting(fitted: Any, x_nD: np.ndarray, x_sD: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the trace and the weights of boosting: S_m = S_(m-1) + rate L_m (I - S_(m-1)), from the mean of y.

    L_m are the weights of tree m, and S_(m-1) on the right is that at the training rows.
    """
    rows = len(x_nD)
    train_nn, weights_sn = np.full((rows, rows), 1 / rows), np.full((len(x_sD), rows), 1 / rows)
    for (tree,) in fitted.estimators_:
        leaf_n, leaf_s = tree.apply(x_nD), tree.apply(x_sD)
        leaves, of_row_n = np.unique(leaf_n, return_inverse=True)
        shares_ln = (leaves[:, None] == leaf_n) / np.bincount(of_row_n)[:, None]
        left_ln = fitted.learning_rate * (shares_ln - shares_ln @ train_nn)
        train_nn += left_ln[of_row_n]
        weights_sn += left_ln[np.searchsorted(leaves, leaf_s)]
    return float(np.trace(train_nn)), weights_sn
