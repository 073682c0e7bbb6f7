"""Noise from finite votes: n human annotations of one input as a sample of its label distribution.

A point's counts are a draw of n votes from its distribution p. A function of the frequencies c / n is biased by about
1/n for the same function of p, so each estimator states the sign of its bias. All return one value per point, [N], from
counts [N, K].
"""

import numpy as np

from biasvar.decomposition.entropy import entropy_of
from biasvar.decomposition.reading.masks import refuse_masked


def zero_one_noise(counts_NK: np.ndarray) -> np.ndarray:
    """Return the Bayes error 1 - max p of each point, cross-fitted by leaving one vote out: [N].

    Every vote is predicted by the majority of the other n - 1, ties shared equally. The share of wrong predictions is
    unbiased for the error of a majority of n - 1 votes, which is never below the Bayes error and approaches it as n
    grows (Stone 1974, cross-validation). It is too high where :func:`zero_one_plug_in` is too low: the truth lies
    between.

    Raises
    ------
    ValueError
        For anything but whole counts [N, K] of at least two votes a point.
    """
    check_votes(counts_NK)
    right_N = np.zeros(len(counts_NK))
    for own in range(counts_NK.shape[1]):
        left_N1 = counts_NK[:, [own]] - 1
        others = np.delete(counts_NK, own, axis=1)
        wins_N = np.all(others <= left_N1, axis=1)
        right_N += counts_NK[:, own] * wins_N / (1 + np.sum(others == left_N1, axis=1))
    return 1 - right_N / counts_NK.sum(axis=1)


def zero_one_plug_in(counts_NK: np.ndarray) -> np.ndarray:
    """Return 1 - max_k c_k / n of each point, [N]: low on average, since the largest share is chosen by the same votes.

    Raises
    ------
    ValueError
        As :func:`zero_one_noise`.
    """
    return 1 - shares(counts_NK).max(axis=1)


def squared_error_noise(counts_NK: np.ndarray) -> np.ndarray:
    """Return sum_k p_k (1 - p_k) of each point, unbiased: n / (n - 1) times that of the vote frequencies, [N].

    It is the probability that two votes differ (Simpson 1949), here over all pairs of different votes.

    Raises
    ------
    ValueError
        As :func:`zero_one_noise`.
    """
    shares_NK, votes_N = shares(counts_NK), counts_NK.sum(axis=1)
    return votes_N / (votes_N - 1) * np.sum(shares_NK * (1 - shares_NK), axis=1)


def entropy(counts_NK: np.ndarray) -> np.ndarray:
    """Return the entropy of the label of each point in nats: plug-in + (observed classes - 1) / (2 n), [N].

    Miller 1955 and Madow: the first-order correction of a plug-in estimate that is too low. If rare classes are unseen
    it is still too low.

    Raises
    ------
    ValueError
        As :func:`zero_one_noise`.
    """
    return entropy_plug_in(counts_NK) + (np.sum(counts_NK > 0, axis=1) - 1) / (2 * counts_NK.sum(axis=1))


def entropy_plug_in(counts_NK: np.ndarray) -> np.ndarray:
    """Return the entropy of the vote frequencies of each point in nats, [N]: low by about (K - 1) / (2 n).

    Raises
    ------
    ValueError
        As :func:`zero_one_noise`.
    """
    return entropy_of(shares(counts_NK))


def shares(counts_NK: np.ndarray) -> np.ndarray:
    """Return the frequency of each class among a point's votes, [N, K].

    Raises
    ------
    ValueError
        As :func:`zero_one_noise`.
    """
    check_votes(counts_NK)
    return counts_NK / counts_NK.sum(axis=1, keepdims=True)


def check_votes(counts_NK: np.ndarray) -> None:
    """Raise for anything but whole counts [N, K] of at least two classes and two votes per point.

    Raises
    ------
    ValueError
        With the offending point.
    """
    refuse_masked("votes", counts_NK)
    if counts_NK.ndim != 2 or counts_NK.shape[1] < 2 or len(counts_NK) == 0:
        raise ValueError(f"votes have shape {counts_NK.shape}; expected counts [N, K] of at least two classes")
    if not np.issubdtype(counts_NK.dtype, np.integer):
        raise ValueError(f"votes hold {counts_NK.dtype}; expected whole numbers, the count of each class")
    negative = np.argwhere(counts_NK < 0)
    if len(negative):
        place = tuple(map(int, negative[0]))
        raise ValueError(f"votes: the count at {place} is {counts_NK[place]}; expected 0 or more")
    few = np.flatnonzero(counts_NK.sum(axis=1) < 2)
    if len(few):
        raise ValueError(
            f"votes: {len(few)} points have fewer than 2, the first ({counts_NK[few[0]].sum()}) at {few[0]}; "
            "one vote says nothing of the noise"
        )
