"""The noise of class labels (Bayes error) from data alone: estimates and bounds, each labelled as such."""

import numpy as np

from biasvar.decomposition.noise.estimate import Estimate, mean_of, mean_of_sharing
from biasvar.decomposition.noise.neighbours import nearest_neighbours
from biasvar.decomposition.reading.checks import check_distribution
from biasvar.decomposition.reading.class_labels import check_labels
from biasvar.decomposition.reading.plain_arrays import plain_array, plain_numbers


def nearest_neighbour_error(x_ND: np.ndarray, labels_N: np.ndarray, k: int = 1, seed: int = 0) -> Estimate:
    """Return the leave-one-out zero-one error of the majority of the k nearest neighbours; ties are shared equally.

    Its expectation is an upper bound of the Bayes error for any k, like the error of any rule. With k = 1 it is also an
    upper estimate of the squared error's noise, sum_k p_k (1 - p_k): it is the probability that two labels of one input
    differ, in the limit of near neighbours (Cover, Hart 1967). With k = 1 the standard error accounts for points that
    share a label. For more neighbours, each of which matters less, errors are treated as independent: too small by up
    to a quarter at k = 3, and by a tenth from k = 15 on.

    Raises
    ------
    ValueError
        For inputs and labels that do not fit each other, or that have no k neighbours.
    """
    x_ND, labels_N = plain_numbers("inputs", x_ND), plain_array("labels", labels_N)
    check_one_a_point("labels", labels_N, len(x_ND))
    check_labels("labels", labels_N)
    classes, numbers_N = np.unique(labels_N, return_inverse=True)
    neighbours_Nk = nearest_neighbours(x_ND, k, seed)
    votes_NC = np.zeros((len(numbers_N), len(classes)))
    np.add.at(votes_NC, (np.arange(len(numbers_N))[:, None], numbers_N[neighbours_Nk]), 1)
    leading_NC = votes_NC == votes_NC.max(axis=1, keepdims=True)
    wrong_N = 1 - leading_NC[np.arange(len(numbers_N)), numbers_N] / leading_NC.sum(axis=1)
    if k > 1:
        return mean_of(wrong_N, most=1.0)
    pairs_N2 = np.stack([np.arange(len(numbers_N)), neighbours_Nk[:, 0]], axis=1)
    return mean_of_sharing(wrong_N, pairs_N2, len(numbers_N), most=1.0)


def cover_hart_bounds(error_1nn: float, classes: int) -> tuple[float, float]:
    """Return the lower and upper bound of the Bayes error R* from the error R of the nearest neighbour.

    (K - 1) / K (1 - sqrt(1 - K / (K - 1) R)) <= R* <= R (Cover, Hart 1967; the lower bound solves their R* <= R <= R*
    (2 - K / (K - 1) R*) for R*). The lower bound holds in the limit of many points. At finite N, above all in many
    dimensions, a neighbour has a different label distribution, R is above its limit, and the lower bound may exceed R*.

    Raises
    ------
    ValueError
        For an error that is not one of K classes.
    """
    if classes < 2 or not 0 <= error_1nn <= 1:
        raise ValueError(f"error_1nn = {error_1nn} with {classes} classes; expected 0 to 1, and 2 classes or more")
    most = (classes - 1) / classes
    return most * (1 - float(np.sqrt(max(1 - error_1nn / most, 0.0)))), error_1nn


def soft_label_error(probabilities_NK: np.ndarray, weights_N: np.ndarray | None = None) -> Estimate:
    """Return the mean of 1 - max_k p_k of given soft labels, with its standard error over points (Ishida et al. 2023).

    An unbiased estimate of the Bayes error if the soft labels are the true label distributions. If each is the
    frequencies of m votes it is too low, since the same votes choose the class and count its share: by about 1 / sqrt(2
    pi m) at a point with two equally likely classes, and completely at m = 1, where it is 0 whatever the noise.
    ``votes.zero_one_noise`` is the cross-fitted counterpart, which is too high.

    Raises
    ------
    ValueError
        For rows that are not probabilities, or fewer than two.
    """
    probabilities_NK = plain_numbers("soft labels", probabilities_NK).astype(float)
    if probabilities_NK.ndim != 2 or len(probabilities_NK) < 2:
        raise ValueError(f"soft labels have shape {probabilities_NK.shape}; expected [N, K] of at least two points")
    check_distribution("soft labels", probabilities_NK)
    return mean_of(1 - probabilities_NK.max(axis=1) / probabilities_NK.sum(axis=1), 1.0, weights_N)


def check_one_a_point(name: str, values_N: np.ndarray, points: int) -> None:
    """Raise for anything but one value per point."""
    if values_N.shape != (points,):
        raise ValueError(f"{name} have shape {values_N.shape}; expected [N] with N = {points}, one a point")
