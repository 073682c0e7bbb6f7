"""The risk of a committee from its own training data: out-of-bag errors of one and two members, extrapolated (ECV).

The squared error of the mean of M exchangeable predictions is linear in 1 / M, so that those of one and of two members
give it for every M. A row that neither of two members was trained on is a fresh draw for both, and its error is an
unbiased estimate of theirs, for any model (Du, Patil, Roeder, Kuchibhotla 2024, "Extrapolated cross-validation").
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np


class OutOfBagRisk(NamedTuple):
    """The squared-error risk of one member, and of the mean of two, noise included."""

    one: float
    two: float


def out_of_bag_risk(predictions_MnK: np.ndarray, target_nK: np.ndarray, out_of_bag_Mn: np.ndarray) -> OutOfBagRisk:
    """Return the risk of one and of two members, from the rows that they were not trained on.

    Parameters
    ----------
    predictions_MnK
        Predictions of M members that were trained on rows of one set, at all n rows of it, with K outputs.
    target_nK
        The targets that they were trained on.
    out_of_bag_Mn
        True where a row is not in the training set of a member.

    Each member, and each pair, counts the same, however many rows it leaves out:
    R_2 = mean over pairs {l, m} of the mean over the rows outside both of |y - (f_l + f_m) / 2|^2, summed over outputs.

    Raises
    ------
    ValueError
        For shapes that do not fit, and where a member or a pair of members leaves no row out.
    """
    members, rows = np.shape(out_of_bag_Mn)
    if np.shape(predictions_MnK)[:2] != (members, rows) or np.shape(target_nK) != np.shape(predictions_MnK)[1:]:
        raise ValueError(
            f"predictions have shape {np.shape(predictions_MnK)}, targets {np.shape(target_nK)} and out_of_bag "
            f"{(members, rows)}; expected [M, n, K], [n, K] and [M, n]"
        )
    if members < 2:
        raise ValueError("one member has no second one: expected at least 2")
    out_Mn = np.asarray(out_of_bag_Mn, dtype=float)
    errors_MnK = (np.asarray(predictions_MnK, dtype=float) - target_nK) * out_Mn[:, :, None]
    left_MM = out_Mn @ out_Mn.T
    if left_MM.min() < 1:
        raise ValueError("some pair of members leaves no row out: their training sets cover all rows")
    flat_ML = errors_MnK.reshape(members, -1)
    squares_Mn = np.square(errors_MnK).sum(axis=-1)
    own_MM = squares_Mn @ out_Mn.T  # of the first member, at the rows that both leave out
    pairs_MM = (own_MM + own_MM.T + 2 * (flat_ML @ flat_ML.T)) / (4 * left_MM)
    different = ~np.eye(members, dtype=bool)
    return OutOfBagRisk(float(np.diagonal(pairs_MM).mean()), float(pairs_MM[different].mean()))


def extrapolated_risk(known: OutOfBagRisk, members_S: Iterable[int]) -> np.ndarray:
    """Return the squared-error risk of each number of members: (2 / M - 1) R_1 + 2 (1 - 1 / M) R_2, [S]."""
    inverse_S = 1 / np.asarray(list(members_S), dtype=float)
    return (2 * inverse_S - 1) * known.one + 2 * (1 - inverse_S) * known.two
