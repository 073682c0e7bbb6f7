from itertools import product
from math import factorial, prod

import numpy as np
import pytest

from biasvar.data.images.cifar10h import read_counts
from biasvar.decomposition.noise import votes

DISTRIBUTION = np.array([0.6, 0.3, 0.1])
VOTES = 7


def every_count(n=VOTES, distribution=DISTRIBUTION):
    """Return all counts of n votes over three classes and their multinomial probabilities."""
    counts = np.array([c for c in product(range(n + 1), repeat=len(distribution)) if sum(c) == n])
    chances = [
        factorial(n) / prod(map(factorial, c)) * prod(p**k for p, k in zip(distribution, c, strict=True))
        for c in counts
    ]
    return counts, np.array(chances)


def expectation(estimator, n=VOTES):
    """Return the exact expectation of an estimator over all draws of n votes."""
    counts, chances = every_count(n)
    return float(chances @ estimator(counts))


def majority_error(n):
    """Return the exact error of a majority of n votes with ties shared, for a label of the same distribution."""
    counts, chances = every_count(n)
    leading = counts == counts.max(axis=1, keepdims=True)
    return float(chances @ (1 - (leading * DISTRIBUTION).sum(axis=1) / leading.sum(axis=1)))


def test_squared_error_noise_is_unbiased_and_that_of_the_shares_is_not():
    truth = float(np.sum(DISTRIBUTION * (1 - DISTRIBUTION)))
    assert expectation(votes.squared_error_noise) == pytest.approx(truth, abs=1e-12)
    plug_in = expectation(lambda counts: np.sum(votes.shares(counts) * (1 - votes.shares(counts)), axis=1))
    assert plug_in == pytest.approx(truth * (VOTES - 1) / VOTES, abs=1e-12)
    assert abs(plug_in - truth) > 0.05, "the control must be off by more than rounding"


def test_the_cross_fitted_zero_one_noise_is_the_error_of_a_majority_of_all_votes_but_one():
    assert expectation(votes.zero_one_noise) == pytest.approx(majority_error(VOTES - 1), abs=1e-12)


@pytest.mark.parametrize("n", [2, 3, 7, 15])
def test_the_bayes_error_lies_between_the_plug_in_and_the_cross_fitted(n):
    truth = 1 - DISTRIBUTION.max()
    assert expectation(votes.zero_one_plug_in, n) < truth - 1e-3 < truth < expectation(votes.zero_one_noise, n)


def test_a_vote_that_is_left_in_is_caught():
    # Each vote predicted by a majority that holds it: that is the plug-in, and no estimate of anybody's error.
    def left_in(counts):
        leading = counts == counts.max(axis=1, keepdims=True)
        return 1 - (counts * leading).sum(axis=1) / leading.sum(axis=1) / counts.sum(axis=1)

    assert expectation(left_in) == pytest.approx(expectation(votes.zero_one_plug_in))
    assert expectation(left_in) < majority_error(VOTES - 1) - 0.05


def test_miller_and_madow_take_away_most_of_the_bias_of_the_entropy():
    truth = -float(np.sum(DISTRIBUTION * np.log(DISTRIBUTION)))
    plug_in, corrected = expectation(votes.entropy_plug_in, 15), expectation(votes.entropy, 15)
    assert plug_in < truth - 0.05
    assert abs(corrected - truth) < 0.2 * abs(plug_in - truth)


def test_worked_examples():
    counts = np.array([[4, 0], [1, 1], [3, 1]])
    assert votes.zero_one_plug_in(counts).tolist() == [0, 0.5, 0.25]
    # One vote each: the other vote is always for the other class. Three to one: the one is wrong, the three are right.
    assert votes.zero_one_noise(counts).tolist() == [0, 1, 0.25]
    # Pairs of different votes that differ: none, all, and 3 of 6.
    assert votes.squared_error_noise(counts) == pytest.approx([0, 1, 0.5])
    assert votes.entropy_plug_in(counts) == pytest.approx([0, np.log(2), -0.75 * np.log(0.75) - 0.25 * np.log(0.25)])
    assert votes.entropy(counts) - votes.entropy_plug_in(counts) == pytest.approx([0, 1 / 4, 1 / 8])


def test_two_votes_that_are_left_after_one_is_taken_out_share_a_tie():
    # Leaving a vote of the class with two leaves one to one: half right. The lone vote is predicted wrongly.
    assert votes.zero_one_noise(np.array([[2, 1, 0]])) == pytest.approx(1 - (2 / 3) * 0.5)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (np.array([[0.5, 0.5]]), "votes hold float64; expected whole numbers"),
        (np.array([3, 4]), r"votes have shape \(2,\); expected counts \[N, K\]"),
        (np.array([[3], [4]]), "at least two classes"),
        (np.array([[3, 4], [5, -1]]), r"the count at \(1, 1\) is -1"),
        (np.array([[3, 4], [1, 0]]), r"1 points have fewer than 2, the first \(1\) at 1"),
    ],
)
@pytest.mark.parametrize(
    "estimator",
    [
        votes.zero_one_noise,
        votes.zero_one_plug_in,
        votes.squared_error_noise,
        votes.entropy,
        votes.entropy_plug_in,
    ],
)
def test_what_is_not_votes_is_refused(estimator, counts, words):
    with pytest.raises(ValueError, match=words):
        estimator(counts)


@pytest.mark.data
def test_the_votes_on_real_images_give_the_known_means(cifar10h_root):
    counts = read_counts(cifar10h_root)
    assert counts.shape == (10_000, 10)
    assert votes.zero_one_plug_in(counts).mean() == pytest.approx(0.0456, abs=5e-5)
    # With ties counted as errors it would be 0.0463; shared, a tie between the other votes is half an error.
    assert votes.zero_one_noise(counts).mean() == pytest.approx(0.0460, abs=5e-5)
    assert votes.squared_error_noise(counts).mean() == pytest.approx(0.0765, abs=5e-5)
    assert votes.entropy_plug_in(counts).mean() == pytest.approx(0.155, abs=6e-4)
    assert votes.entropy(counts).mean() == pytest.approx(0.164, abs=5e-4)
