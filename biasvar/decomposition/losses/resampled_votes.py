"""Majority votes of many resamples of an ensemble, or of many of its committees, at the points of a tile.

Classes that tie for the most votes count with equal weight. Each class has the score C votes + number, so that one
matrix product and one maximum find a winner; more work is needed only where other classes have as many votes.
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
    weights_N: np.ndarray,
) -> Elections:
    """Return the outcome of the votes [M, N] when models are weighted by ``counts_BM``.

    ``optimal_NC`` marks the optimal classes; ``weights_N`` are those of points, empty if they are equal. Where all
    models agree, one of them votes for all.
    """
    agree_N = (votes_MN == votes_MN[0]).all(axis=0)
    of_all, of_one = np.zeros((4, len(counts_BM))), np.ones((1, 1), dtype=int)
    for here_N, voters, counts in ((agree_N, 1, of_one), (~agree_N, len(votes_MN), counts_BM)):
        if here_N.any():
            parts = (distribution_NC[here_N], optimal_NC[here_N], weights_N[here_N] if weights_N.size else weights_N)
            found = elections_of(votes_MN[:voters, here_N], counts, *parts)
            of_all += np.mean(here_N) * np.array(found)
    return Elections(*of_all)


def elections_of(
    votes_MN: np.ndarray,
    counts_BM: np.ndarray,
    distribution_NC: np.ndarray,
    optimal_NC: np.ndarray,
    weights_N: np.ndarray,
) -> Elections:
    """Return the same outcome without the shortcut for unanimous votes.

    Where several classes are optimal, the main prediction is used if it is one of them, and otherwise all are.
    """
    models, points = votes_MN.shape
    classes, voters_B = distribution_NC.shape[1], counts_BM.sum(axis=1)
    numbers_C, every_N = np.arange(classes), np.arange(points)
    loss_CN, biased_CN = 1 - distribution_NC.T, (~optimal_NC.T).astype(float)
    kind = np.float32 if (int(voters_B.max()) + 1) * classes < EXACT else np.float64
    cast_MCN = votes_MN[:, None, :] == numbers_C[:, None]
    numbered: np.ndarray = np.concatenate([cast_MCN.reshape(models, -1), np.repeat(numbers_C, points)[None]]).astype(
        kind
    )
    weights: np.ndarray = np.column_stack([counts_BM * classes, np.ones(len(counts_BM))]).astype(kind)
    best_MN = (optimal_NC / optimal_NC.sum(axis=1, keepdims=True))[every_N, votes_MN]

    def over_points(values_bn: np.ndarray, which_n: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Return weighted sums over points, [b]."""
        return values_bn @ weights_N[which_n] if weights_N.size else values_bn.sum(axis=1, dtype=float)

    several = np.flatnonzero(optimal_NC.sum(axis=1) > 1)
    step, found = max(TILE_BYTES // (4 * classes * points), 1), []
    for start in range(0, len(weights), step):
        scores_bCN = (weights[start : start + step] @ numbered).reshape(-1, classes, points)
        top_bN = scores_bCN.max(axis=1)
        main_bN = np.floor((top_bN + kind(0.5)) / classes)
        place_bN = (top_bN - main_bN * classes).astype(np.intp) * points + every_N
        central_bN, bias_bN = loss_CN.take(place_bN), biased_CN.take(place_bN)
        share_ties(scores_bCN, main_bN * classes, [(central_bN, loss_CN), (bias_bN, biased_CN)])
        instead_bs = main_bN[:, several] - counts_BM[start : start + step] @ best_MN[:, several]
        more_b = over_points((1 - bias_bN[:, several]) * instead_bs, several)
        found.append([over_points(main_bN), more_b, over_points(bias_bN), over_points(central_bN)])
    main_B, more_B, bias_B, central_B = np.concatenate(found, axis=1) / points
    right_B = counts_BM @ (over_points(best_MN) / points) + more_B
    return Elections(main_B / voters_B, right_B / voters_B, bias_B, central_B)


def share_ties(scores_bCN: np.ndarray, least_bN: np.ndarray, values: list[tuple[np.ndarray, np.ndarray]]) -> None:
    """Replace, where classes tie, the value of one of them by the mean over all of them; [b, N] from [C, N] each.

    Classes tie if their score is at least ``least_bN``.
    """
    is_top_bCN = scores_bCN >= least_bN[:, None]
    tied_bN = is_top_bCN.view(np.uint8).sum(axis=1, dtype=np.min_scalar_type(scores_bCN.shape[1]))
    resample, point = np.nonzero(tied_bN > 1)
    is_top_TC = is_top_bCN[resample, :, point]
    for of_one_bN, of_class_CN in values:
        of_one_bN[resample, point] = np.einsum("tc,ct->t", is_top_TC, of_class_CN[:, point]) / tied_bN[resample, point]
