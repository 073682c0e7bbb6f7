"""The training set of a replicate, and the evaluation points, from a data source and a resampling scheme."""

from functools import lru_cache
from typing import Any

import numpy as np

from biasvar import seeds
from biasvar.data.label_noise import flip
from biasvar.data.resampling.scheme import Scheme
from biasvar.data.rows import Evaluation, Rows, TrainingSet
from biasvar.data.source import Source
from biasvar.data.validation import require_sound


@lru_cache(maxsize=8)
def pool_of(data: Source, seed: int) -> Rows:
    """Return a study's pool, cached between replicates.

    Raises
    ------
    OSError
        If data is missing, or holds non-finite numbers or invalid labels.
    """
    rows = data.pool(seed)
    require_sound(data, "pool", rows.x_nD, rows.y_n)
    return rows


@lru_cache(maxsize=8)
def evaluation_of(data: Source, seed: int) -> Evaluation:
    """Return a study's fixed evaluation points, cached between replicates.

    Raises
    ------
    OSError
        If data is missing, or holds non-finite numbers or invalid labels.
    """
    points = training_points(data, seed) if data.at_training_inputs else data.evaluation(seed)
    require_sound(data, "evaluation points", points.x_ND, points.target)
    if points.noise_N is not None:
        require_sound(data, "noise of the evaluation points", points.x_ND, points.noise_N)
    return points


def training_points(data: Any, seed: int) -> Evaluation:
    """Return the training inputs of a fixed design as evaluation points."""
    return data.points(seeds.sequence(seed, "rows", 0), data.n_train)


def seed_of_pool(seed: int, pool_draw: int) -> int:
    """Return the seed of a fresh pool, of draws from it and of its labels; the first is that of the study itself."""
    return int(seeds.key(seed, "pool", 3, pool_draw)) if pool_draw else seed


def fitted_rows(data: Any, resampling: Scheme, seed: int, data_draw: int, pool_draw: int = 0) -> np.ndarray:
    """Return which rows of the pool a training set has, in the order of the draw: [n_train]; see ``training_set``."""
    seed = seed_of_pool(seed, pool_draw)
    return resampling.rows(seed, data_draw, len(pool_of(data, seed).y_n), data.n_train)


def training_set(
    data: Any, resampling: Scheme, seed: int, data_draw: int, label_noise_draw: int, pool_draw: int = 0
) -> TrainingSet:
    """Return the training set of one replicate: the same in every cell (common random numbers).

    ``data_draw`` and ``label_noise_draw`` number the replicate's draws of rows and of label noise; each can be fixed
    while the other varies. Label noise belongs to the distinct row, so copies of a row share a label, and nearly all
    rows shared by training sets of two sizes have the same label in both (see ``flip``). The noise of a pool's numbers
    belongs to the pool, and is the same in every draw. ``pool_draw`` numbers fresh pools with fresh labels.
    """
    rows = fitted_rows(data, resampling, seed, data_draw, pool_draw) if resampling.has_pool else None
    seed = seed_of_pool(seed, pool_draw)
    if rows is not None:
        pool = pool_of(data, seed)
        distinct, drawn_m, counts_n = np.unique(rows, return_inverse=True, return_counts=True)
        x_nD, y_n = pool.x_nD[distinct], pool.y_n[distinct]
        clean_n = y_n if pool.clean_n is None else pool.clean_n[distinct]
    else:
        sequences = (seeds.sequence(seed, "rows", data_draw), seeds.sequence(seed, "label_noise", label_noise_draw))
        drawn = data.draw(*sequences, data.n_train)
        distinct = drawn_m = np.arange(data.n_train)
        counts_n = np.ones(data.n_train, dtype=np.int64)
        x_nD, y_n = drawn.x_nD, drawn.y_n
        clean_n = y_n
    if data.label_noise > 0:
        y_n = flip(y_n, data.label_noise, data.outputs, distinct, seeds.key(seed, "label_noise", label_noise_draw))
    rate = float(np.mean(y_n != clean_n)) if data.has_noisy_labels else None
    return TrainingSet(x_nD, y_n, counts_n, drawn_m, rate)
