"""Majority votes of many resamples of an ensemble, or of many of its committees, at the points of a tile.

Classes are numbered at each point by what would break a tie between them, so that a class of more votes, or of as many
and a higher number, has the higher score C votes + number: one product of matrices and one maximum hold an election.
"""

from typing import NamedTuple

import numpy as np

from biasvar.decomposition.tiles import TILE_BYTES

EXACT = 2**22  # whole numbers below it leave float32 room for a half


class Elections(NamedTuple):
    """Means over points under each resample, [B].

    The share of votes of the main prediction, and of the optimal one (the main prediction where it is optimal); the
    share of points whose main prediction is not optimal; and the loss of the main prediction.
    """

    main: np.ndarray
    right: np.ndarray
    bias: np.ndarray
    central: np.ndarray


def hold_elections(
    votes_MN: np.ndarray,
    counts_BM: np.ndarray,
    distribution_NC: np.ndarray,
    optimal_NC: np.ndarray,
    ties_NC: np.ndarray,
) -> Elections:
    """Return what comes of the votes [M, N] when each model has a number of votes, ``counts_BM``.

    ``optimal_NC`` says which classes are optimal, and of two classes with equally many votes that with the larger entry
    of ``ties_NC`` wins.
    """
    models, points = votes_MN.shape
    classes, voters_B = distribution_NC.shape[1], counts_BM.sum(axis=1)
    every_N, numbers_C = np.arange(points), np.arange(classes)
    order_NC = np.argsort(ties_NC, axis=1, kind="stable")
    number_NC = np.argsort(order_NC, axis=1)
    loss_CN = 1 - np.take_along_axis(distribution_NC, order_NC, axis=1).T.ravel()
    optimal_CN = np.take_along_axis(optimal_NC, order_NC, axis=1).T.ravel()
    best_N = number_NC[every_N, np.argmax(distribution_NC, axis=1)]
    kind = np.float32 if (int(voters_B.max()) + 1) * classes < EXACT else np.float64
    cast_MCN = (number_NC[every_N, votes_MN][:, None, :] == numbers_C[:, None]).astype(kind)
    numbered = np.concatenate([cast_MCN.reshape(models, -1), np.repeat(numbers_C, points)[None].astype(kind)])
    weights = np.column_stack([counts_BM * classes, np.ones(len(counts_BM))]).astype(kind)
    step, found = max(TILE_BYTES // (4 * classes * points), 1), []
    for start in range(0, len(weights), step):
        scores_bCN = (weights[start : start + step] @ numbered).reshape(-1, classes, points)
        top_bN = scores_bCN.max(axis=1)
        main_bN = np.floor((top_bN + kind(0.5)) / classes)
        place_bN = (top_bN - main_bN * classes).astype(np.intp) * points + every_N
        best_bN = np.floor((scores_bCN[:, best_N, every_N] + kind(0.5)) / classes)
        is_optimal_bN = optimal_CN[place_bN]
        right_bN = np.where(is_optimal_bN, main_bN, best_bN)
        sums = [one_bN.sum(axis=1, dtype=float) for one_bN in (main_bN, right_bN, is_optimal_bN, loss_CN[place_bN])]
        found.append(np.array(sums) / points)
    main_B, right_B, optimal_B, central_B = np.concatenate(found, axis=1)
    return Elections(main_B / voters_B, right_B / voters_B, 1 - optimal_B, central_B)
