import numpy as np
import pytest

from biasvar.decomposition import decompose
from biasvar.decomposition.losses.absolute_error import median_places


def test_a_worked_example():
    # One point, predictions 0, 1, 5 (median 1), labels 2 and 4: E|Y - f| = (3 + 2 + 2)/3, of the median 2, noise 1.
    parts = decompose([[0.0], [1.0], [5.0]], [[2.0, 4.0]], loss="absolute_error")
    assert parts.risk == pytest.approx(7 / 3)
    assert parts.noise == 1
    assert parts.systematic_effect == 1
    assert parts.variance_effect == pytest.approx(1 / 3)


def test_there_is_no_bias_and_no_variance_since_they_would_not_add_up():
    generator = np.random.default_rng(0)
    predictions, draws = generator.standard_normal((20, 50)) + 0.5, generator.standard_normal((50, 400))
    parts = decompose(predictions, draws, loss="absolute_error")
    assert parts.bias is None and parts.variance is None and parts.bias_squared is None
    median, optimum = np.median(predictions, axis=0), np.median(draws, axis=1)
    naive = parts.noise + np.abs(median - optimum).mean() + np.abs(predictions - median).mean()
    assert abs(naive - parts.risk) > 0.1


def test_a_gaussian_label_has_the_closed_form():
    # Y ~ N(0, 1), f ~ N(b, s^2): E|Y - f| is the mean of a folded normal with mean b and variance 1 + s^2.
    from scipy.stats import foldnorm, norm

    b, s, points = 0.6, 0.8, 4000
    draws = np.tile(norm.ppf((np.arange(400) + 0.5) / 400), (points, 1))
    predictions = b + s * np.random.default_rng(1).standard_normal((31, points))
    parts = decompose(predictions, draws, loss="absolute_error")
    spread = np.sqrt(1 + s**2)
    assert parts.risk == pytest.approx(foldnorm.mean(b / spread, scale=spread), abs=0.01)
    assert parts.noise == pytest.approx(np.sqrt(2 / np.pi), abs=0.005)
    assert parts.systematic_effect == pytest.approx(foldnorm.mean(b) - np.sqrt(2 / np.pi), abs=0.015)


def test_labels_alone_leave_systematic_effect_and_noise_together():
    parts = decompose(np.array([[0.0, 1.0], [2.0, 1.0]]), [0.0, 0.0], loss="absolute_error")
    assert parts.systematic_effect is None and parts.noise is None
    assert parts.systematic_effect_plus_noise == 1 and parts.variance_effect == 0
    known = decompose(np.array([[0.0, 1.0], [2.0, 1.0]]), [0.0, 0.0], loss="absolute_error", noise=0)
    assert known.systematic_effect == 1 and known.noise == 0


def test_weighted_medians_are_those_of_the_resample():
    generator = np.random.default_rng(2)
    for models in (4, 5):
        values = generator.standard_normal((models, 7))
        counts = generator.multinomial(models, np.ones(models) / models, 10)
        order = np.argsort(values, axis=0)
        lower_NB, upper_NB = median_places(order, counts.T)
        sorted_NM = np.sort(values, axis=0).T
        found_NB = (np.take_along_axis(sorted_NM, lower_NB, 1) + np.take_along_axis(sorted_NM, upper_NB, 1)) / 2
        for found_N, count in zip(found_NB.T, counts, strict=True):
            assert np.allclose(found_N, np.median(np.repeat(values, count, axis=0), axis=0))
        assert (lower_NB == upper_NB).all() == (models % 2 == 1)
