"""Bias and variance of a scikit-learn estimator: many fits on resampled rows, decomposed at test points."""

import os
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from sklearn import config_context, get_config
from sklearn.utils import _safe_indexing
from threadpoolctl import threadpool_limits

from biasvar.data.resampling.scheme import Scheme
from biasvar.decomposition import Decomposition, decompose
from biasvar.decomposition.reading.checks import check_integer
from biasvar.training.estimator.fitting import fit, outputs_of
from biasvar.training.estimator.resampled_rows import scheme_of, training_rows
from biasvar.training.estimator.tables import Tables, tables_of


def bias_variance(
    estimator: Any,
    X: Any,
    y: Any,
    X_test: Any,
    y_test: Any,
    *,
    loss: str = "squared_error",
    replicates: int = 50,
    resampling: str | Scheme = "bootstrap",
    n_train: int | None = None,
    seed: int = 0,
    workers: int | None = None,
) -> Decomposition:
    """Decompose the risk of a scikit-learn estimator at test points, over training sets resampled from (X, y).

    Each replicate draws rows of (X, y), fits a clone of the estimator with every ``random_state`` drawn anew, including
    nested ones, and predicts X_test. So the variance is that of training set and initialisation together. Replicate r
    does not depend on the number of replicates (except under ``disjoint``, where they divide the rows), nor on the
    workers, nor on numpy's global generator.

    Parameters
    ----------
    estimator
        Any classifier or regressor, pipeline or search; it is not changed.
    X, y
        n rows that training sets are drawn from: arrays, data frames, sparse matrices or lists. Classes are of any
        type; a regression may have several outputs [n, K].
    X_test, y_test
        N points, one label each, so that their noise is not known (see Returns).
    loss
        ``squared_error`` (of a classifier: of its probabilities against one-hot labels, summed over classes),
        ``zero_one`` and ``cross_entropy`` (classifiers; labels, and probabilities in nats), or ``absolute_error``.
    replicates
        R, at least 2.
    resampling
        What the word variance means (the schemes of ``biasvar.data.resampling``, by name or as an instance):

        - ``bootstrap``: n rows with replacement; near right in scale for sets of n rows, but only 0.632 n are distinct,
          so a model that interpolates does so as with 0.632 n rows;
        - ``subsample``: n / 2 rows without replacement; too low by the factor 1 - n_train / n, since sets share rows,
          and the missing part sits in the bias;
        - ``disjoint``: n / R rows that no other set has: the variance of the decomposition, of such smaller sets;
        - ``kfold``: all rows but one of 10 folds (``Kfold(folds=5)`` for 5); too low by about folds - 1. There are as
          many rows as folds at least, and as many training sets of leave-one-out as rows.
    n_train
        Rows of a training set, instead of the above.
    seed
        Of rows, random states and intervals.
    workers
        Threads; by default as many as cores. Each fit has one thread for linear algebra.

    Returns
    -------
    Decomposition
        Whose ``reference`` is ``labels``: risk = bias_squared_plus_noise + variance under squared error;
        bias + net_variance under zero-one loss (where bias includes the noise); bias_plus_noise + variance under
        cross-entropy; and systematic_effect_plus_noise + variance_effect under absolute error.

    Raises
    ------
    TypeError
        For what is no estimator, or one that cannot give what the loss takes.
    ValueError
        For arguments that cannot be used, and for a replicate that cannot be fitted, which the message names.

    Warns
    -----
    UserWarning
        Where y is constant, where training sets lack a class, and where they are the same or repeat each other.
    """
    tables = tables_of(estimator, X, y, X_test, y_test, loss)
    check_integer("replicates", replicates, 2)
    check_integer("seed", seed, 0)
    scheme = scheme_of(resampling)
    rows = training_rows(scheme, n_train, len(tables.y_n), replicates)
    warn_of_classes_left_out(scheme, tables, rows, replicates, seed)
    config = get_config()  # of the calling thread: other threads would use the default one

    def outputs_of(replicate: int) -> np.ndarray:
        with config_context(**config):
            rows_n = scheme.rows(seed, replicate, len(tables.y_n), rows)
            outputs, seen = fit_and_predict(estimator, tables, rows_n, seed, replicate)
        if loss == "cross_entropy":
            refuse_zeros(outputs, tables, seen, replicate)
        return outputs

    predictions = np.stack(in_threads(outputs_of, replicates, cores() if workers is None else workers))
    classes = list(tables.classes_K) or None
    return decompose(predictions, tables.y_N, loss=loss, labels=classes, outputs_are=tables.outputs_are, seed=seed)


def warn_of_classes_left_out(scheme: Scheme, tables: Tables, rows: int, replicates: int, seed: int) -> None:
    """Warn of training sets that lack a class, which their fits cannot learn."""
    if not len(tables.classes_K):
        return
    classes, codes_n = np.unique(tables.y_n, return_inverse=True)
    counts_RK = np.stack(
        [
            np.bincount(codes_n[scheme.rows(seed, replicate, len(codes_n), rows)], minlength=len(classes))
            for replicate in range(replicates)
        ]
    )
    lacking = np.argwhere(counts_RK == 0)
    if len(lacking):
        replicate, place = lacking[0]
        warnings.warn(
            f"{len(np.unique(lacking[:, 0]))} of {replicates} training sets lack a class, the first of them replicate "
            f"{replicate} class {classes[place]}, which {np.sum(codes_n == place)} of {len(codes_n)} rows have: no "
            "resampling stratifies, so take more rows of it, or larger training sets",
            stacklevel=3,
        )


def fit_and_predict(
    estimator: Any, tables: Tables, rows_n: np.ndarray, seed: int, replicate: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the outputs of a clone, fitted to some rows, at the test points, and the classes that it knows.

    Outputs are values [N] or [N, K], labels [N], or probabilities [N, K] with a column for every class.
    """
    try:
        fitted = fit(estimator, _safe_indexing(tables.x_n, rows_n), tables.y_n[rows_n], seed, replicate)
        outputs = outputs_of(fitted, tables.outputs_are, tables.x_N, tables.classes_K)
        if tables.outputs_are == "probabilities":
            return outputs, fitted.classes_
        return outputs.reshape(tables.y_N.shape), tables.classes_K  # some return [N, 1] for one output
    except MemoryError:
        raise
    except Exception as error:
        raise ValueError(
            f"replicate {replicate}: {type(estimator).__name__} failed on a training set of {len(rows_n)} rows: "
            f"{type(error).__name__}: {error}"
        ) from error


def refuse_zeros(outputs_NK: np.ndarray, tables: Tables, seen: np.ndarray, replicate: int) -> None:
    """Raise for a probability of 0 for a label, whose cross-entropy is infinite."""
    column_N = np.searchsorted(tables.classes_K, tables.y_N)
    zeros = np.flatnonzero(np.take_along_axis(outputs_NK, column_N[:, None], axis=1) == 0)
    if len(zeros):
        label = tables.y_N[zeros[0]]
        lacks = "" if label in seen else ", as its training set has no row of that class"
        raise ValueError(
            f"replicate {replicate}: class {label} has probability 0 at test point {zeros[0]}, whose label it is"
            f"{lacks} ({len(zeros)} such points), so the cross-entropy is infinite; take an estimator that smooths "
            "its probabilities and training sets that hold every class, or loss='squared_error'"
        )


def in_threads(work: Callable[[int], np.ndarray], replicates: int, workers: int) -> list[np.ndarray]:
    """Return ``work`` of each replicate, in order, from threads with one core for linear algebra each."""
    check_integer("workers", workers, 1)
    # OpenMP's limit belongs to each thread; that of linear algebra belongs to the process, and is restored at the end.
    with threadpool_limits(1), ThreadPoolExecutor(workers, initializer=threadpool_limits, initargs=(1,)) as pool:
        return list(pool.map(work, range(replicates)))


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
