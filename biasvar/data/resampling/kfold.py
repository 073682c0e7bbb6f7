"""Repeated k-fold cross-validation."""

from dataclasses import dataclass
from math import ceil
from typing import ClassVar

import numpy as np

from biasvar import seeds
from biasvar.data.resampling.scheme import Scheme
from biasvar.settings import Parts, Problem, key


@dataclass(frozen=True)
class Kfold(Scheme):
    """Replicate r has all rows but those of fold r mod k, under the (r div k)-th split of the same rows into k folds.

    ``data.n_train`` is the size of a training set, so that the rows that are split are the first n_train k / (k - 1)
    of the pool in one seeded order. A split deals each run of k rows to the k folds, one a fold, in random order:
    folds are of equal size, and training sets of different ``n_train`` are nested.
    """

    kind: ClassVar[str] = "kfold"
    variance_means: ClassVar[str] = (
        "variance over the training sets of a k-fold: too low by about k - 1, as any two of them share all rows but "
        "two folds; the missing part sits in bias squared"
    )

    folds: int = key(10, "k, the number of folds, of which each replicate leaves one out", at_least=2)

    def rows(self, seed: int, replicate: int, n_pool: int, n_train: int) -> np.ndarray:
        """Return the pool's rows of one training set: [n_train]."""
        split, left_out = divmod(replicate, self.folds)
        runs = -(-n_pool // self.folds)
        fold_n = seeds.generator(seed, "rows", split).permuted(np.tile(np.arange(self.folds), (runs, 1)), axis=1)
        kept_n = fold_n.ravel()[:n_pool] != left_out
        return seeds.generator(seed, "pool", 2).permutation(n_pool)[kept_n][:n_train]

    def rows_needed(self, n_train: int, draws: int) -> int:
        """Return n_train k / (k - 1), rounded up: the rows that are split."""
        return ceil(n_train * self.folds / (self.folds - 1))

    def problems(self, study: Parts) -> list[Problem]:
        """Return more folds than rows as well: with as many folds as rows each holds one, and more cannot be."""
        most = study.data.n_train + 1
        if self.folds <= most:
            return super().problems(study)
        what = (
            f"resampling.folds = {self.folds} is more than the {most} rows that a training set of "
            f"{study.data.n_train} leaves one out of"
        )
        too_many = Problem("resampling.folds", what, f"at most {most}: leave-one-out")
        return [*super().problems(study), too_many]
