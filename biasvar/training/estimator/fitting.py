"""One fit of a scikit-learn estimator, and its outputs."""

from typing import Any

import numpy as np
from sklearn.base import clone

from biasvar.training.estimator.random_states import set_random_states


def fit(estimator: Any, x: Any, y: np.ndarray, seed: int, draw: int) -> Any:
    """Return a clone of an estimator, fitted to some rows with its random states of a draw."""
    return set_random_states(clone(estimator), seed, draw).fit(x, y)


def outputs_of(fitted: Any, by: str, x: Any, classes_K: np.ndarray) -> np.ndarray:
    """Return a fitted estimator's outputs at some rows.

    By ``values`` and ``labels`` they are what it predicts, [N] or [N, K]; by ``probabilities``, ``log_probabilities``
    and ``decision`` (logits) there is a column for every class [N, K]: one that it has not seen has probability 0.
    """
    if by in ("values", "labels"):
        return np.asarray(fitted.predict(x))
    if by == "probabilities":
        return aligned(np.asarray(fitted.predict_proba(x)), fitted.classes_, classes_K, 0.0)
    if by == "log_probabilities":
        return aligned(np.asarray(fitted.predict_log_proba(x)), fitted.classes_, classes_K, -np.inf)
    decision = np.asarray(fitted.decision_function(x))
    if len(fitted.classes_) == 1:  # the only class of the training set is certain
        decision = np.zeros((len(decision), 1))
    elif decision.ndim == 1:
        decision = np.stack([np.zeros_like(decision), decision], axis=1)
    return aligned(decision, fitted.classes_, classes_K, -np.inf)


def aligned(outputs: np.ndarray, seen: np.ndarray, classes_K: np.ndarray, unseen: float) -> np.ndarray:
    """Return outputs [N, seen] with a column for every class, [N, K], which is ``unseen`` for the others."""
    aligned_NK = np.full((len(outputs), len(classes_K)), unseen)
    aligned_NK[:, np.searchsorted(classes_K, seen)] = outputs
    return aligned_NK
