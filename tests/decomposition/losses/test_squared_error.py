import numpy as np
import pytest

from biasvar.decomposition import decompose
from biasvar.decomposition.losses import squared_error

REPLICATES, POINTS, BIAS, NOISE = 10, 400, 0.3, 0.5


def study(seed):
    """R predictions with bias 0.3 and variance 1 at N points where f* = 0."""
    return BIAS + np.random.default_rng(seed).standard_normal((REPLICATES, POINTS))


def mean_over_studies(statistic, studies=100):
    values = np.array([statistic(decompose(study(seed), np.zeros(POINTS), noise=NOISE)) for seed in range(studies)])
    return values.mean(), values.std(ddof=1) / np.sqrt(studies)


@pytest.mark.parametrize(
    ("name", "truth"), [("bias_squared", BIAS**2), ("variance", 1.0), ("risk", NOISE + BIAS**2 + 1), ("noise", NOISE)]
)
def test_every_part_is_unbiased(name, truth):
    mean, error = mean_over_studies(lambda parts: getattr(parts, name))
    assert abs(mean - truth) <= 4 * error + 1e-12


@pytest.mark.parametrize("name", ["bias_squared", "variance"])
def test_a_plug_in_estimate_is_caught_by_the_same_test(name):
    truth = {"bias_squared": BIAS**2, "variance": 1.0}[name]
    mean, error = mean_over_studies(lambda parts: parts.plug_in[name])
    assert abs(mean - truth) > 10 * error


def test_a_worked_example():
    # Two replicates, one point, f* = 1, noise 1/4: mean 2, variance 2, plug-in bias squared 1, unbiased 1 - 2/2 = 0.
    parts = decompose([[1.0], [3.0]], [1.0], noise=0.25)
    assert (parts.variance, parts.plug_in["bias_squared"], parts.bias_squared) == (2, 1, 0)
    assert parts.risk == 0.25 + (0 + 4) / 2


def test_an_estimate_may_be_negative_and_is_not_clipped():
    parts = decompose([[1.0], [-1.0]], [0.0], noise=0.0)
    assert parts.bias_squared == -1
    assert parts.interval("bias_squared")[0] == -1


def test_labels_alone_leave_bias_squared_and_noise_together():
    generator = np.random.default_rng(2)
    labels = generator.standard_normal(5000)  # f* = 0, noise 1
    parts = decompose(0.1 * generator.standard_normal((20, 5000)), labels)
    assert parts.reference == "labels"
    assert parts.bias_squared is None and parts.noise is None and parts.systematic_effect is None
    assert parts.bias_squared_plus_noise == pytest.approx(1, abs=4 * np.sqrt(2 / 5000))
    assert parts.systematic_effect_plus_noise == parts.bias_squared_plus_noise


def test_a_label_law_knows_its_noise_and_class_labels_do_not():
    distribution = np.array([[0.8, 0.2], [0.5, 0.5]])
    predictions = np.array([distribution, distribution])
    parts = decompose(predictions, distribution)
    assert parts.noise == pytest.approx((2 * 0.16 + 0.5) / 2)
    assert parts.bias_squared == parts.variance == 0
    assert decompose(predictions, np.array([0, 1])).reference == "labels"


@pytest.mark.parametrize("sizes", [(6,), (3, 4), (2, 3, 2)])
def test_resampled_terms_are_those_of_the_resampled_ensemble(sizes):
    generator = np.random.default_rng(3)
    predictions, target = generator.standard_normal((*sizes, 50, 2)), generator.standard_normal((50, 2))
    sources = ("a", "b", "c")[: len(sizes)]
    parts = decompose(predictions, target, noise=0.1, design="crossed", sources=sources)
    drawn = [generator.integers(0, size, (3, size)) for size in sizes]
    counts = [
        np.array([np.bincount(row, minlength=size) for row in rows]) for rows, size in zip(drawn, sizes, strict=True)
    ]
    found = squared_error.resampled(parts.ensemble, counts)
    for b in range(3):
        again = predictions[np.ix_(*(rows[b] for rows in drawn))]
        expected = decompose(again, target, noise=0.1, design="crossed", sources=sources)
        for name, values_B in found.items():
            moved = 0.1 if name == "risk" else 0.0
            assert values_B[b] + moved == pytest.approx(getattr(expected, name), abs=1e-10)
