"""From a data source, a resampling scheme and a replicate to its training set, and to the evaluation points."""

from functools import lru_cache
from typing import Any

import numpy as np

from biasvar import seeds
from biasvar.data.label_noise import flip
from biasvar.data.rows import Evaluation, Rows, TrainingSet
from biasvar.data.source import Source


@lru_cache(maxsize=8)
def pool_of(data: Source, seed: int) -> Rows:
    """Return a study's pool, kept between replicates."""
    return data.pool(seed)


@lru_cache(maxsize=8)
def evaluation_of(data: Source, seed: int) -> Evaluation:
    """Return a study's fixed evaluation points, kept between replicates."""
    return data.evaluation(seed)


def training_set(data: Any, resampling: Any, seed: int, rows_seed: int, label_noise_seed: int) -> TrainingSet:
    """Return the training set of one replicate: the same in every cell (common random numbers).

    ``rows_seed`` and ``label_noise_seed`` number the replicate's draw of rows and of flipped labels; each can be held
    while the other varies. Label noise belongs to the distinct row, so that copies of a row keep one label.
    """
    if resampling.kind == "fresh":
        drawn = data.draw(seeds.sequence(seed, "rows", rows_seed), data.n_train)
        x_nD, y_n, counts_n = drawn.x_nD, drawn.y_n, np.ones(data.n_train, dtype=np.int64)
    else:
        pool = pool_of(data, seed)
        rows = resampling.rows(seed, rows_seed, len(pool.y_n), data.n_train)
        distinct, counts_n = np.unique(rows, return_counts=True)
        x_nD, y_n = pool.x_nD[distinct], pool.y_n[distinct]
    rate = getattr(data, "label_noise", 0.0)
    if rate > 0:
        y_n = flip(y_n, rate, data.outputs, seeds.generator(seed, "label_noise", label_noise_seed))
    return TrainingSet(x_nD, y_n, counts_n)
