"""The training table and test points of a scikit-learn estimator, checked before anything is fitted."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.utils.multiclass import unique_labels

from biasvar.decomposition import LOSSES
from biasvar.decomposition.reading.masks import refuse_masked
from biasvar.decomposition.reading.plain_arrays import without_tensors
from biasvar.decomposition.reading.point_labels import in_order, labels_of
from biasvar.training.estimator.missing_values import is_missing, require_finite, takes_nan


@dataclass(frozen=True)
class Tables:
    """Training rows and test points as given, with labels as arrays [n] and [N], or [n, K] and [N, K] in regression.

    ``classes_K`` holds the sorted classes of both tables, and is empty in regression; ``method`` names the estimator's
    method that gives the predictions.
    """

    x_n: Any
    y_n: np.ndarray
    x_N: Any
    y_N: np.ndarray
    classes_K: np.ndarray
    method: str

    @property
    def outputs_are(self) -> str:
        """The kind of the predictions, as ``decompose`` names it."""
        if not len(self.classes_K):
            return "values"
        return "labels" if self.method == "predict" else "probabilities"


def tables_of(estimator: Any, x_n: Any, y_n: Any, x_N: Any, y_N: Any, loss: str) -> Tables:
    """Return the checked tables.

    Raises
    ------
    TypeError
        For what is no estimator, or one without the method that the loss needs.
    ValueError
        For lengths or indexes that differ, values that are masked, NaN or infinite, labels that are missing or of the
        wrong kind or all of one class, and a loss that is not for the task.
    """
    task = task_of(estimator, loss)
    method = "predict" if task == "regression" or loss == "zero_one" else "predict_proba"
    if not hasattr(estimator, method):
        raise TypeError(f"{type(estimator).__name__} has no {method}, which loss={loss!r} needs of a {task} estimator")
    for name, values in (("X", x_n), ("y", y_n), ("X_test", x_N), ("y_test", y_N)):
        refuse_masked(name, values)
    x_n, y_n, x_N, y_N = (without_tensors(values) for values in (x_n, y_n, x_N, y_N))
    x_N = in_order("X_test", x_N, labels_of(x_n, 1), "the columns of X", axis=1)
    y_n = in_order("y", y_n, labels_of(x_n, 0), "the rows of X")
    y_N = in_order("y_test", y_N, labels_of(x_N, 0), "the rows of X_test")
    for name, x in (("X", x_n), ("X_test", x_N)):
        require_finite(name, x, takes_nan(estimator))
    labels_n, labels_N = label_array("y", x_n, y_n, task), label_array("y_test", x_N, y_N, task)
    if task == "classification":
        require_classes(labels_n)
    elif (labels_n == labels_n[0]).all():
        warnings.warn(f"y is {labels_n[0]} in all of its {len(labels_n)} rows: nothing can be learnt", stacklevel=3)
    if labels_n.shape[1:] != labels_N.shape[1:]:
        raise ValueError(f"y has shape {labels_n.shape} and y_test {labels_N.shape}; expected as many outputs in both")
    # Raises for classes of mixed types, which an array would turn into strings, and for fractions.
    classes_K = unique_labels(labels_n, labels_N) if task == "classification" else np.zeros(0)
    return Tables(x_n, labels_n, x_N, labels_N, classes_K, method)


def task_of(estimator: Any, loss: str) -> str:
    """Return ``classification`` or ``regression``, after checking that the loss fits."""
    if isinstance(estimator, type):
        raise TypeError(f"estimator is the class {estimator.__name__}; expected an instance, {estimator.__name__}()")
    for method in ("get_params", "set_params", "fit", "predict"):
        if not hasattr(estimator, method):
            raise TypeError(f"{type(estimator).__name__} has no {method}; expected a scikit-learn estimator")
    try:
        task = "classification" if is_classifier(estimator) else "regression"
    except AttributeError as error:
        raise TypeError(
            f"{type(estimator).__name__} does not say whether it is a classifier; derive it from scikit-learn's "
            "ClassifierMixin or RegressorMixin, and BaseEstimator"
        ) from error
    if loss not in LOSSES or task not in LOSSES[loss].TASKS:
        choices = ", ".join(name for name, family in LOSSES.items() if task in family.TASKS)
        raise ValueError(f"loss = {loss!r} is not for {type(estimator).__name__} ({task}); choose one of {choices}")
    return task


def require_classes(labels_n: np.ndarray) -> None:
    """Raise for labels that are all of one class.

    Raises
    ------
    ValueError
        With the class.
    """
    classes = set(labels_n.tolist())
    if len(classes) == 1:
        raise ValueError(
            f"y holds one class only ({classes.pop()}) in all of its {len(labels_n)} rows: there is nothing to tell "
            "apart; draw rows of every class (a stratified split keeps their shares)"
        )


def label_array(name: str, x: Any, y: Any, task: str) -> np.ndarray:
    """Return the labels of a table as an array: [n], or [n, K] in regression."""
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 and (labels.ndim != 2 or task == "classification"):
        expected = "one label a row, [n]" if task == "classification" else "[n], or [n, K] for K outputs"
        raise ValueError(f"{name} has shape {labels.shape}; expected {expected}")
    rows = x.shape[0] if hasattr(x, "shape") else len(x)
    if rows != len(labels) or rows == 0:
        rows_name = name.replace("y", "X", 1)
        raise ValueError(f"{rows_name} has {rows} rows and {name} {len(labels)}; expected as many, and at least one")
    bad = np.flatnonzero([is_missing(label) for label in labels.ravel().tolist()])
    if len(bad):
        row = bad[0] // (labels.size // rows)
        raise ValueError(f"{name}: {len(bad)} labels are missing or not finite, the first in row {row}")
    return as_classes(labels) if task == "classification" else as_numbers(name, labels)


def as_classes(labels: np.ndarray) -> np.ndarray:
    """Return class labels in an array of their own type; strings, and mixtures with strings, unchanged."""
    has_texts = labels.dtype.kind == "O" and any(isinstance(label, str) for label in labels)
    return labels if has_texts else np.array(labels.tolist())


def as_numbers(name: str, labels: np.ndarray) -> np.ndarray:
    """Return regression targets as numbers."""
    if labels.dtype.kind in "biuf":
        return labels
    try:
        if labels.dtype.kind == "O":
            return labels.astype(float)
    except (TypeError, ValueError):
        pass
    raise ValueError(f"{name} holds {labels.dtype} and not numbers, which is what a regressor learns")
