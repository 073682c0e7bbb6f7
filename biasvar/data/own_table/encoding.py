"""From rows with holes and codes to inputs of models; everything that is learnt comes from the training set."""

from collections.abc import Sequence

import numpy as np

from biasvar.data.views import standardise


def encode(
    x_nC: np.ndarray, counts_n: np.ndarray, x_NC: np.ndarray, categories_C: Sequence[int], ordinal: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return training and evaluation inputs [n, D] and [N, D]: numbers first, then categories.

    ``categories_C`` has the number of categories of each column, 0 for numbers. Numbers are standardised, with the mean
    in place of a hole. A category is 1 in a column of its own, or with ``ordinal`` its rank among those of the training
    set, standardised like a number. A category that no training row has, and a hole, is 0 in every column, or has the
    rank -1. Rows count as often as they occur.
    """
    are_numbers = np.array(categories_C) == 0
    x_nD, x_ND = filled(x_nC[:, are_numbers], counts_n, x_NC[:, are_numbers])
    blocks_n, blocks_N = [], []
    for place in np.flatnonzero(~are_numbers).tolist():
        seen_k = categories_seen(x_nC[:, place], categories_C[place])
        block = ranks if ordinal else indicators
        blocks_n.append(block(x_nC[:, place], seen_k))
        blocks_N.append(block(x_NC[:, place], seen_k))
    if ordinal:
        return standardise(np.hstack([x_nD, *blocks_n]), counts_n, np.hstack([x_ND, *blocks_N]))
    x_nD, x_ND = standardise(x_nD, counts_n, x_ND)
    return np.hstack([x_nD, *blocks_n]), np.hstack([x_ND, *blocks_N])


def filled(x_nC: np.ndarray, counts_n: np.ndarray, x_NC: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers with each column's training mean in place of holes; 0 if no training row has a number.

    The mean is taken from the least number, which is exact for a constant column.
    """
    known_nC = ~np.isnan(x_nC)
    rows_C = counts_n @ known_nC
    least_C = np.where(rows_C > 0, np.min(x_nC, axis=0, where=known_nC, initial=np.inf), 0.0)
    above_nC = np.where(known_nC, x_nC - least_C, 0.0)
    mean_C = least_C + counts_n @ above_nC / np.maximum(rows_C, 1)
    return np.where(known_nC, x_nC, mean_C), np.where(np.isnan(x_NC), mean_C, x_NC)


def categories_seen(code_n: np.ndarray, categories: int) -> np.ndarray:
    """Return which categories occur in a training set, [k]."""
    return np.bincount(code_n[~np.isnan(code_n)].astype(np.int64), minlength=categories) > 0


def indicators(code_n: np.ndarray, seen_k: np.ndarray) -> np.ndarray:
    """Return 1 in the column of each row's category if the training set has it, else 0: [n, k]."""
    return ((code_n[:, None] == np.arange(len(seen_k))) & seen_k).astype(float)


def ranks(code_n: np.ndarray, seen_k: np.ndarray) -> np.ndarray:
    """Return each row's category as its rank among those of the training set, else -1: [n, 1]."""
    rank_k = np.where(seen_k, np.cumsum(seen_k) - 1, -1)
    place_n = np.where(np.isnan(code_n), -1, code_n).astype(np.int64)
    return np.append(rank_k, -1)[place_n][:, None].astype(float)
