import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from biasvar.theory import bayes_error, deviation_of_points, mixture_error


def circle(classes, separation):
    angles = 2 * np.pi * np.arange(classes) / classes
    return tuple(map(tuple, (separation * np.stack([np.cos(angles), np.sin(angles)], axis=1)).tolist()))


def integrated(priors, means, spreads, correlations, step=0.02, reach=14):
    """Return the Bayes errors as sums over one grid of the plane, from densities."""
    axis = np.arange(-reach, reach, step)
    x_NN2 = np.stack(np.meshgrid(axis, axis), axis=-1)
    joint = np.array(
        [
            prior * multivariate_normal.pdf(x_NN2, mean, spread**2 * np.array([[1, r], [r, 1]]))
            for prior, mean, spread, r in zip(priors, means, spreads, correlations, strict=True)
        ]
    )
    total = joint.sum(axis=0)
    share = joint / np.maximum(total, 1e-300)
    entropy = -np.sum(joint * np.log(np.maximum(share, 1e-300)))
    parts = (np.sum(total - joint.max(axis=0)), np.sum(joint * (1 - share)), entropy)
    return [part * step**2 for part in parts]


@pytest.mark.parametrize(("classes", "separation"), [(2, 0.7), (3, 1.5)])
def test_classes_that_are_alike_have_the_bayes_error_of_symmetric_ones(classes, separation):
    found, deviation = mixture_error(
        (1 / classes,) * classes, circle(classes, separation), (1,) * classes, (0,) * classes
    )
    expected = bayes_error(classes, separation)
    assert found.zero_one == pytest.approx(expected.zero_one, rel=1e-3)
    assert found.squared_error == pytest.approx(expected.squared_error, rel=1e-12)
    assert found.cross_entropy == pytest.approx(expected.cross_entropy, rel=1e-12)
    assert vars(deviation) == pytest.approx(vars(deviation_of_points(classes, separation)), rel=1e-3)


def test_two_classes_of_unequal_priors_are_cut_where_likelihood_and_prior_are_equal():
    prior, separation = 0.8, 1.0
    cut = np.log(prior / (1 - prior)) / (2 * separation)
    exact = prior * norm.cdf(-separation - cut) + (1 - prior) * norm.cdf(-separation + cut)
    found, _ = mixture_error((prior, 1 - prior), circle(2, separation), (1, 1), (0, 0))
    assert found.zero_one == pytest.approx(exact, rel=1e-3)


@pytest.mark.parametrize(
    "classes",
    [
        ((0.7, 0.3), circle(2, 1.0), (1.0, 2.0), (0.0, 0.0)),
        ((0.5, 0.3, 0.2), circle(3, 1.5), (1.0, 2.0, 0.5), (0.0, 0.8, -0.5)),
    ],
)
def test_unequal_covariances_agree_with_integrals_over_the_plane(classes):
    found, _ = mixture_error(*classes)
    zero_one, squared_error, cross_entropy = integrated(*classes)
    assert found.zero_one == pytest.approx(zero_one, rel=1e-3)
    assert (found.squared_error, found.cross_entropy) == pytest.approx((squared_error, cross_entropy), rel=1e-6)
    equal, _ = mixture_error((1 / len(classes[0]),) * len(classes[0]), *classes[1:])
    assert equal.zero_one != pytest.approx(zero_one, rel=0.05)


def test_lists_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="unequal lengths"):
        mixture_error((0.5, 0.5), circle(2, 1), (1,), (0, 0))
