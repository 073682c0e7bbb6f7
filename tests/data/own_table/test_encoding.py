"""Inputs are encoded by what the training set alone shows."""

import numpy as np
import pytest

from biasvar.data.own_table.encoding import encode

NAN = np.nan
X = np.array([[1.0, 0], [3.0, 2], [NAN, 2], [5.0, NAN]])  # a number, and one of three categories
COUNTS = np.array([1, 2, 1, 1])


def test_the_mean_of_the_training_set_stands_in_for_a_hole():
    x_nD, x_ND = encode(X[:, :1], COUNTS, np.array([[NAN], [3.0]]), (0,), False)
    std = np.sqrt((4 + 4) / 5)  # of 1, 3, 3, 3 (the hole), 5
    assert np.allclose(x_nD[:, 0], [-2 / std, 0, 0, 2 / std]) and np.allclose(x_ND[:, 0], 0)


def test_a_category_of_no_training_row_and_a_hole_are_none():
    x_nD, x_ND = encode(X[:, 1:], COUNTS, np.array([[0.0], [1.0], [2.0], [NAN]]), (3,), False)
    assert x_nD.tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 1], [0, 0, 0]]
    assert x_ND.tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 1], [0, 0, 0]]


def test_ranks_count_the_categories_of_the_training_set():
    x_nD, x_ND = encode(X[:, 1:], COUNTS, np.array([[0.0], [1.0], [2.0], [NAN]]), (3,), True)
    ranks_n, ranks_N = np.array([0, 1, 1, -1]), np.array([0, -1, 1, -1])
    mean = COUNTS @ ranks_n / 5
    std = np.sqrt(COUNTS @ (ranks_n - mean) ** 2 / 5)
    assert np.allclose(x_nD[:, 0], (ranks_n - mean) / std) and np.allclose(x_ND[:, 0], (ranks_N - mean) / std)


@pytest.mark.parametrize("ordinal", [False, True])
def test_copies_of_a_row_count_like_rows(ordinal):
    points = np.array([[2.0, 1], [NAN, 2]])
    copied = np.repeat(X, COUNTS, axis=0)
    once = encode(X, COUNTS, points, (0, 3), ordinal)
    often = encode(copied, np.ones(len(copied)), points, (0, 3), ordinal)
    assert np.allclose(np.repeat(once[0], COUNTS, axis=0), often[0]) and np.allclose(once[1], often[1])


def test_a_column_without_a_number_is_zero_and_a_constant_one_exactly_so():
    x = np.array([[NAN, 0.1], [NAN, NAN], [NAN, 0.1]])
    x_nD, x_ND = encode(x, np.array([3, 1, 2]), np.array([[7.0, NAN]]), (0, 0), False)
    assert not x_nD.any() and x_ND.tolist() == [[7.0, 0.0]]
