import numpy as np
import pytest

from biasvar.data.views import standardise, standardise_images, whiten

GENERATOR = np.random.default_rng(0)
X = GENERATOR.standard_normal((40, 6)) @ GENERATOR.standard_normal((6, 6)) + 3
COUNTS = GENERATOR.integers(1, 4, 40)
EVAL = GENERATOR.standard_normal((10, 6))
REPEATED = np.repeat(X, COUNTS, axis=0)


def test_standardised_training_rows_have_mean_0_and_variance_1_counting_copies():
    train, _ = standardise(X, COUNTS, EVAL)
    rows = np.repeat(train, COUNTS, axis=0)
    assert np.allclose(rows.mean(axis=0), 0) and np.allclose(rows.std(axis=0), 1)


def test_whitened_training_rows_are_uncorrelated_and_evaluation_points_do_not_matter():
    train, evaluation = whiten(X, COUNTS, EVAL, 4)
    rows = np.repeat(train, COUNTS, axis=0)
    assert np.allclose(rows.T @ rows / len(rows), np.eye(4), atol=1e-10)
    assert np.array_equal(whiten(X, COUNTS, EVAL[:3], 4)[0], train)
    assert evaluation.shape == (10, 4)


@pytest.mark.parametrize("view", [standardise, lambda *a: whiten(*a, 4)])
def test_counts_mean_the_same_as_repeated_rows(view):
    weighted = view(X, COUNTS, EVAL)[1]
    repeated = view(REPEATED, np.ones(len(REPEATED), int), EVAL)[1]
    assert np.allclose(weighted, repeated, atol=1e-9)


def test_more_components_than_directions_are_refused():
    with pytest.raises(ValueError, match="spans only 3 directions"):
        whiten(X[:4], np.ones(4, int), EVAL, 5)


def test_a_constant_feature_is_only_centred():
    constant = np.column_stack([np.full(5, 7.0), np.arange(5.0)])
    train, evaluation = standardise(constant, np.ones(5, int), constant + 1)
    assert np.array_equal(train[:, 0], np.zeros(5)) and np.array_equal(evaluation[:, 0], np.ones(5))


def test_images_are_standardised_channel_by_channel():
    images = GENERATOR.random((8, 3, 4, 4)) * [[[1.0]], [[2.0]], [[3.0]]]
    train, _ = standardise_images(images, np.ones(8, int), images)
    assert np.allclose(train.mean(axis=(0, 2, 3)), 0) and np.allclose(train.std(axis=(0, 2, 3)), 1)


@pytest.mark.parametrize("value", [0.1, 1e6 / 3, -7e-9, 1e100])
@pytest.mark.parametrize("counts", [[3], [1, 2], [5, 3, 6], [1] * 1000])
def test_the_rounding_of_a_constant_feature_is_no_spread(value, counts):
    same = np.full((len(counts), 1), value)
    train, evaluation = standardise(same, np.array(counts), same * 2)
    assert np.array_equal(train, same * 0) and np.array_equal(evaluation, same)
    almost = np.where(np.arange(len(counts)) % 2, np.nextafter(value, np.inf), value)[:, None]
    assert np.abs(standardise(almost, np.array(counts), almost)[0]).max() <= np.spacing(abs(value))


def test_a_feature_that_varies_is_standardised_wherever_it_lies_and_whatever_its_unit():
    near = standardise(X, COUNTS, EVAL)
    for far in (standardise(X * 1e-8, COUNTS, EVAL * 1e-8), standardise(X * 1e8 + 1e12, COUNTS, EVAL * 1e8 + 1e12)):
        assert np.allclose(near[0], far[0], atol=1e-9) and np.allclose(near[1], far[1], atol=1e-9)


def test_a_constant_channel_of_images_is_only_centred():
    images = np.full((5, 2, 3, 3), 0.1, dtype=np.float32)
    images[::2, 1, 0, 0] = np.nextafter(np.float32(0.1), np.float32(1))
    train, evaluation = standardise_images(images, np.ones(5, int), images + 1)
    assert np.abs(train).max() < 1e-7 and np.allclose(evaluation, 1)


def test_one_distinct_row_spans_no_direction():
    with pytest.raises(ValueError, match="spans only 0 directions"):
        whiten(np.repeat(X[:1] / 3, 3, axis=0), np.array([1, 2, 3]), EVAL, 1)
