import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from biasvar.data.gaussian_classes import GaussianClasses
from biasvar.theory import bayes_error, deviation_of_points


@pytest.mark.parametrize("separation", [0.0, 0.7, 1.5, 4.0])
def test_two_classes_agree_with_integrals_over_one_dimension(separation):
    found = bayes_error(2, separation)

    def mean(function):
        return quad(lambda x: norm.pdf(x) * function(1 / (1 + np.exp(-2 * separation * (x + separation)))), -9, 9)[0]

    assert found.zero_one == pytest.approx(norm.cdf(-separation), abs=1e-11)
    assert found.squared_error == pytest.approx(mean(lambda p: 2 * p * (1 - p)), abs=1e-9)
    entropy = mean(lambda p: -p * np.log(p) - (1 - p) * np.log1p(-p) if 0 < p < 1 else 0.0)
    assert found.cross_entropy == pytest.approx(entropy, abs=1e-8)


def test_classes_that_coincide_are_guessed():
    found = bayes_error(5, 0.0)
    assert (found.zero_one, found.squared_error) == (pytest.approx(0.8), pytest.approx(0.8))
    assert found.cross_entropy == pytest.approx(np.log(5))


@pytest.mark.parametrize("classes, separation", [(3, 1.5), (7, 2.5)])
def test_it_is_the_noise_of_the_data_and_another_separation_is_not(classes, separation):
    distribution_NK = GaussianClasses(classes=classes, separation=separation, n_eval=100_000).evaluation(0).target
    noise = {
        "zero_one": 1 - distribution_NK.max(axis=1),
        "squared_error": np.sum(distribution_NK * (1 - distribution_NK), axis=1),
        "cross_entropy": -np.sum(distribution_NK * np.log(np.maximum(distribution_NK, 1e-300)), axis=1),
    }
    right, wrong = bayes_error(classes, separation), bayes_error(classes, separation + 0.1)
    for name, noise_N in noise.items():
        error = noise_N.std() / len(noise_N) ** 0.5
        assert abs(noise_N.mean() - getattr(right, name)) < 4 * error, name
        assert abs(noise_N.mean() - getattr(wrong, name)) > 4 * error, name


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="classes = 1"):
        bayes_error(1, 1.0)


@pytest.mark.parametrize("separation", [1e-12, 1e-4, 0.1, 1.0, 6.0, 30.0])
def test_the_zero_one_error_of_two_classes_is_right_to_its_last_digits_at_any_separation(separation):
    assert bayes_error(2, separation).zero_one == pytest.approx(norm.cdf(-separation), rel=1e-11, abs=0)


def test_classes_that_nearly_coincide_have_the_slope_that_the_mean_of_the_largest_score_gives():
    # softmax(s x' m) is flat to first order: E max p = (1 + s E max_k x' m_k) / K.
    radius = np.sqrt(np.pi / 2) * np.sinc(1 / 10)  # E |x| in a plane, times the mean cosine within a sector
    for separation in (1e-6, 1e-5, 1e-4):
        expected = 0.9 - separation * radius / 10
        assert bayes_error(10, separation).zero_one == pytest.approx(expected, abs=1e-9)
    assert bayes_error(10, 1e-4).zero_one == pytest.approx(0.8999876715, abs=1e-10)


@pytest.mark.parametrize("classes", [3, 10, pytest.param(1000, marks=[pytest.mark.slow, pytest.mark.ci])])
def test_no_class_can_be_told_at_no_separation_and_every_one_at_a_large_separation(classes):
    assert bayes_error(classes, 0.0).zero_one == pytest.approx(1 - 1 / classes, abs=1e-12)
    assert bayes_error(3, 1e6) == (bayes_error(3, 1e5)) and bayes_error(3, 1e6).zero_one == 0


@pytest.mark.parametrize("classes, separation", [(2, 0.7), (3, 1.5), (10, 4.0)])
def test_the_deviation_of_points_is_that_of_the_data(classes, separation):
    distribution_NK = GaussianClasses(classes=classes, separation=separation, n_eval=200_000).evaluation(1).target
    found = deviation_of_points(classes, separation)
    assert found.zero_one == pytest.approx((1 - distribution_NK.max(axis=1)).std(), rel=0.02)
    assert found.squared_error == pytest.approx(np.sum(distribution_NK * (1 - distribution_NK), axis=1).std(), rel=0.02)
    entropy_N = -np.sum(distribution_NK * np.log(np.maximum(distribution_NK, 1e-300)), axis=1)
    assert found.cross_entropy == pytest.approx(entropy_N.std(), rel=0.02)


def test_the_deviation_of_rare_errors_is_far_above_what_points_without_any_show():
    distribution_NK = GaussianClasses(classes=2, separation=6.0, n_eval=1000).evaluation(0).target
    known = deviation_of_points(2, 6.0).zero_one
    assert 10 * bayes_error(2, 6.0).zero_one < known and (1 - distribution_NK.max(axis=1)).std() < known / 100
