"""Variances of noise that are known: a sine and a line, with noise of a known variance."""

import numpy as np
import pytest

from biasvar.decomposition.noise.of_numbers import neighbour_difference_variance, second_difference_variance

NOISE = 0.09


def sine(points, seed, std=0.3, frequency=1.0):
    generator = np.random.default_rng(seed)
    x = generator.uniform(-1, 1, points)
    return x, np.sin(2 * np.pi * frequency * x) + std * generator.standard_normal(points)


def test_differences_of_near_labels_give_the_variance_of_the_noise():
    x, y = sine(2000, 0)
    for estimate in (neighbour_difference_variance(x[:, None], y), second_difference_variance(x, y)):
        assert abs(estimate.value - NOISE) < 4 * estimate.standard_error < 0.02


def test_the_variance_of_the_labels_and_a_missing_half_are_caught():
    x, y = sine(2000, 1)
    estimate = neighbour_difference_variance(x[:, None], y)
    for wrong in (np.var(y), 2 * estimate.value):
        assert abs(wrong - NOISE) > 5 * estimate.standard_error


def test_first_differences_are_too_high_by_the_slope_and_second_ones_only_by_the_curvature():
    # A line of slope 40 over 100 equally spaced points: neighbours differ by 0.8 without any noise.
    x = np.linspace(-1, 1, 100)
    noise = 0.01 * np.random.default_rng(2).standard_normal(100)
    step = 40 * (x[1] - x[0])
    first = neighbour_difference_variance(x[:, None], 40 * x + noise)
    assert first.value == pytest.approx(step**2 / 2, rel=0.02)
    assert second_difference_variance(x, 40 * x + noise).value == pytest.approx(1e-4, rel=0.4)
    # A fast sine has curvature too.
    assert second_difference_variance(x, np.sin(40 * x)).value > 0.01


def test_second_differences_are_exactly_nothing_on_a_line_with_any_spacing():
    x = np.random.default_rng(3).uniform(-1, 1, 50)
    assert second_difference_variance(x, 3 * x - 1).value == pytest.approx(0, abs=1e-25)


def test_equal_inputs_are_measured_against_the_mean_of_their_neighbours():
    x, y = np.zeros(2000), np.random.default_rng(4).standard_normal(2000)
    estimate = second_difference_variance(x, y)
    assert abs(estimate.value - 1) < 4 * estimate.standard_error


@pytest.mark.parametrize("second", [False, True], ids=["first", "second"])
def test_intervals_cover_the_known_variance_about_as_often_as_they_say(second):
    hits = []
    for seed in range(300):
        x, y = sine(200, 100 + seed, frequency=0.25)
        one = second_difference_variance(x, y) if second else neighbour_difference_variance(x[:, None], y)
        low, high = one.interval(0.95)
        hits.append(low < NOISE < high)
    assert np.mean(hits) > 0.9


def test_terms_that_share_labels_make_the_naive_interval_too_narrow():
    covered = []
    for seed in range(300):
        x, y = sine(200, 500 + seed, frequency=0.25)
        one = second_difference_variance(x, y)
        order = np.argsort(x)
        naive = np.var((y[order][:-2] + y[order][2:]) / 2 - y[order][1:-1], ddof=1) / 1.5 * np.sqrt(2 / 198)
        covered.append(abs(one.value - NOISE) < 1.96 * naive)
    assert np.mean(covered) < 0.9, "the negative control: terms taken as independent"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: neighbour_difference_variance(np.zeros((3, 1)), np.zeros(2)), r"labels have shape \(2,\)"),
        (lambda: neighbour_difference_variance(np.zeros((1, 1)), np.zeros(1)), "there are 1 points"),
        (lambda: neighbour_difference_variance(np.zeros((3, 1)), np.array([0, np.nan, 1])), "labels: 1 values are not"),
        (lambda: second_difference_variance(np.zeros((4, 1)), np.zeros(4)), r"inputs have shape \(4, 1\)"),
        (lambda: second_difference_variance(np.zeros(3), np.zeros(3)), "there are 3 points.* at least 4"),
        (lambda: second_difference_variance(np.array([0, 1, np.inf, 2]), np.zeros(4)), "inputs: 1 values are not"),
    ],
)
def test_bad_input_is_refused_with_what_was_found(call, words):
    with pytest.raises(ValueError, match=words):
        call()
