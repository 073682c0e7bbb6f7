"""Repeated k-fold cross-validation."""

from dataclasses import dataclass
from math import ceil
from typing import ClassVar

import numpy as np

from biasvar import seeds
from biasvar.data.resampling.scheme import Scheme
from biasvar.settings import Problem, key


@dataclass(frozen=True)
class Kfold(Scheme):
    """Replicate r has all rows except fold r mod k, in the (r div k)-th split of the same rows into k folds.

    ``data.n_train`` is the size of a training set, so the rows that are split are the first n_train k / (k - 1) of the
    pool in one seeded order. A split deals each run of k rows to the k folds, one per fold, in random order: folds have
    equal size, and training sets of different ``n_train`` from one pool are nested. From a shorter last run each
    replicate leaves out one random row, so that all training sets have the same size.
    """

    kind: ClassVar[str] = "kfold"
    variance_means: ClassVar[str] = (
        "variance over the training sets of a k-fold: too low by about k - 1, as any two of them share all rows but "
        "two folds; the missing part sits in bias squared"
    )

    folds: int = key(10, "k, the number of folds, of which each replicate leaves one out", at_least=2)

    def rows(self, seed: int, replicate: int, n_pool: int, n_train: int) -> np.ndarray:
        """Return the pool's rows of one training set: [n_train]."""
        split, fold = divmod(replicate, self.folds)
        runs = -(-n_pool // self.folds)
        fold_sk = seeds.generator(seed, "rows", split).permuted(np.tile(np.arange(self.folds), (runs, 1)), axis=1)
        u_sk = seeds.generator(seed, "rows", split, 1 + fold).random((runs, self.folds))
        kept = kept_of_runs(np.argmax(fold_sk == fold, axis=1), u_sk) + self.folds * np.arange(runs)[:, None]
        return seeds.generator(seed, "pool", 2).permutation(n_pool)[kept[kept < n_pool][:n_train]]

    def rows_needed(self, n_train: int, draws: int) -> int:
        """Return n_train k / (k - 1), rounded up: the rows that are split."""
        return ceil(n_train * self.folds / (self.folds - 1))

    def usual_pool(self, n_train: int) -> int:
        """Return the number of rows that are split."""
        return self.rows_needed(n_train, 1)

    def incompatibility(self, n_train: int) -> Problem | None:
        """Return why more folds than rows are refused: empty folds leave out the same rows."""
        if self.folds <= n_train + 1:
            return None
        what = (
            f"resampling = kfold with folds = {self.folds} splits as many rows at least, and training sets of "
            f"{n_train} leave one out of {n_train + 1}"
        )
        return Problem("resampling.folds", what, f"folds of at most {n_train + 1}: leave-one-out")

    def warning(self, n_train: int, n_pool: int, draws: int) -> str:
        """Return the warning for repeated leave-one-out: another split has the same training sets."""
        if self.folds != n_train + 1 or draws <= self.folds:
            return ""
        return (
            f"leave-one-out of {self.folds} rows has {self.folds} training sets, and {draws} are asked for: they "
            f"repeat each other, so that variance and intervals are too small; {self.folds} draws have each once"
        )


def kept_of_runs(left_out_s: np.ndarray, u_sk: np.ndarray) -> np.ndarray:
    """Return the indices of each run of k rows that a training set keeps, [runs, k - 1], for runs that may end early.

    For every j, the first j are among the first j + 1 indices. So a run that ends early leaves out one row as well: the
    one that the whole run leaves out, if it exists, and otherwise a random one, by a uniform number per index.
    """
    kept = np.empty((len(u_sk), u_sk.shape[1] - 1), dtype=np.int64)
    for place in reversed(range(1, u_sk.shape[1])):
        before_s = np.where(left_out_s == place, (u_sk[:, place] * place).astype(np.int64), left_out_s)
        kept[:, place - 1] = np.where(left_out_s == place, before_s, place)
        left_out_s = before_s
    return kept
