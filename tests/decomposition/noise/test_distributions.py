"""The mean distance of a number's noise from a number, against quadrature."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import laplace, norm, t, uniform

from biasvar.data.synthetic import NOISES, Synthetic
from biasvar.decomposition import decompose
from biasvar.decomposition.noise.distributions import EXCESS, mean_distance

DISTRIBUTIONS = {
    "gaussian": norm(),
    "laplace": laplace(scale=np.sqrt(0.5)),
    "uniform": uniform(-np.sqrt(3), 2 * np.sqrt(3)),
    "student": t(5, scale=np.sqrt(3 / 5)),
}


@pytest.mark.parametrize("distribution", EXCESS)
@pytest.mark.parametrize("z", [0.0, 0.3, 1.7, 4.0, -2.5])
def test_it_is_what_quadrature_of_the_law_gives(distribution, z):
    assert DISTRIBUTIONS[distribution].var() == pytest.approx(1)
    low, high = DISTRIBUTIONS[distribution].support()
    below = quad(DISTRIBUTIONS[distribution].cdf, min(low, z), z, epsabs=1e-11)[0]
    above = quad(DISTRIBUTIONS[distribution].sf, z, max(high, z), epsabs=1e-11)[0]
    found = mean_distance(np.array([z]), np.array([1.0]), distribution)[0]
    assert found == pytest.approx(below + above, abs=1e-8)


@pytest.mark.parametrize("noise", NOISES)
def test_every_law_of_the_data_has_one_and_draws_of_it_agree(noise):
    data = Synthetic(noise=noise, noise_std=0.5)
    e = NOISES[noise]((np.arange(1_000_000) + 0.5) / 1_000_000)
    for z in (0.0, 0.8):
        assert mean_distance(np.array([z]), np.array([0.5]), data.noise_distribution)[0] == pytest.approx(
            np.abs(0.5 * e - z).mean(), abs=2e-5
        )


def test_students_mean_deviation_is_not_that_of_two_hundred_quantiles():
    known = decompose(np.zeros((2, 3)), np.zeros(3), loss="absolute_error", noise=1.0, noise_distribution="student")
    assert known.noise == pytest.approx(4 * np.sqrt(3) / (3 * np.pi), rel=1e-12)
    few = np.abs(NOISES["student"]((np.arange(200) + 0.5) / 200)).mean()
    assert known.noise - few > 0.003, "the negative control"


@pytest.mark.parametrize("distribution", EXCESS)
def test_no_noise_and_numbers_far_away_leave_the_distance(distribution):
    away, deviation = np.array([0.0, 2.0, -1e-300, 1e300, -1e6, 3.0]), np.array([0.0, 0.0, 0.0, 1e-300, 1.0, 1e-320])
    assert mean_distance(away, deviation, distribution) == pytest.approx(np.abs(away), rel=1e-12)


@pytest.mark.parametrize("distribution", EXCESS)
@pytest.mark.parametrize("sizes", [(7,), (3, 4)])
def test_terms_are_those_of_very_many_draws(distribution, sizes):
    generator = np.random.default_rng(0)
    target, noise = generator.standard_normal(6), generator.random(6)
    predictions = generator.standard_normal((*sizes, 6))
    design = "joint" if len(sizes) == 1 else "crossed"
    draws = target[:, None] + np.sqrt(noise)[:, None] * DISTRIBUTIONS[distribution].ppf(
        (np.arange(50_000) + 0.5) / 50_000
    )
    options = {"loss": "absolute_error", "design": design, "resamples": 50}
    exact = decompose(predictions, target, noise=noise, noise_distribution=distribution, **options)
    drawn = decompose(predictions, draws, **options)
    assert exact.reference == "distribution"
    for name in ("risk", "noise", "systematic_effect", "variance_effect"):
        assert exact.points[name] == pytest.approx(drawn.points[name], abs=1e-4)
        if name in exact.estimated:
            assert exact.interval(name) == pytest.approx(drawn.interval(name), abs=1e-3)
    assert exact.risk_of_models == pytest.approx(drawn.risk_of_models, abs=1e-4)
    assert np.abs(exact.points["residual"]).max() < 1e-14


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"noise": 1.0, "noise_distribution": "cauchy"},
            "noise_distribution = 'cauchy' is not known; choose one of gaussian, laplace",
        ),
        ({"noise_distribution": "gaussian"}, "noise_distribution = 'gaussian' was given without noise"),
        ({"noise": -1.0, "noise_distribution": "gaussian"}, "noise is a variance and cannot be negative"),
        ({"noise": 1.0}, "or its noise_distribution beside"),
    ],
)
def test_a_law_that_says_nothing_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        decompose(np.zeros((2, 3)), np.zeros(3), loss="absolute_error", **options)
