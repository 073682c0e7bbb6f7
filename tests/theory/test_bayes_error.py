import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from biasvar.data.gaussian_classes import GaussianClasses
from biasvar.theory import bayes_error


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
