import numpy as np
import pytest

from biasvar.decomposition import decompose

REPLICATES, POINTS, BIAS, NOISE = 10, 400, 0.3, 0.5


def study(seed):
    """R predictions with bias 0.3 and variance 1 at N points where f* = 0."""
    return BIAS + np.random.default_rng(seed).standard_normal((REPLICATES, POINTS))


def mean_over_studies(statistic, studies=100):
    values = np.array(
        [statistic(decompose(study(seed), np.zeros(POINTS), noise=NOISE, resamples=2)) for seed in range(studies)]
    )
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
    assert decompose([[1.0], [-1.0]], [0.0], noise=0.0).bias_squared == -1


@pytest.mark.parametrize("outputs", [1, 4])
def test_closure_holds_at_every_point(outputs):
    generator = np.random.default_rng(1)
    predictions = generator.standard_normal((7, 30, outputs)) * 100
    parts = decompose(predictions, generator.standard_normal((30, outputs)), noise=generator.random(30))
    assert np.abs(parts.points["residual"]).max() < 1e-11 * parts.points["risk"].max()


def test_labels_alone_leave_bias_squared_and_noise_together():
    generator = np.random.default_rng(2)
    labels = generator.standard_normal(5000)  # f* = 0, noise 1
    parts = decompose(0.1 * generator.standard_normal((20, 5000)), labels)
    assert parts.reference == "labels"
    assert parts.bias_squared is None and parts.noise is None
    assert parts.bias_squared_plus_noise == pytest.approx(1, abs=4 * np.sqrt(2 / 5000))


def test_a_label_law_knows_its_noise_and_class_labels_do_not():
    law = np.array([[0.8, 0.2], [0.5, 0.5]])
    predictions = np.array([law, law])
    parts = decompose(predictions, law)
    assert parts.noise == pytest.approx((2 * 0.16 + 0.5) / 2)
    assert parts.bias_squared == parts.variance == 0
    assert decompose(predictions, np.array([0, 1])).reference == "labels"


def test_resampled_terms_are_those_of_the_resample_centred_at_the_estimate():
    generator = np.random.default_rng(3)
    predictions, target = generator.standard_normal((6, 50, 2)), generator.standard_normal((50, 2))
    from biasvar.decomposition import squared_error

    counts = np.array([[2, 0, 1, 3, 0, 0], [1, 1, 1, 1, 1, 1]])
    found = squared_error.resampled_terms(predictions, target, np.full(50, 0.1), counts)
    for b, count in enumerate(counts):
        points, plug_in = squared_error.terms(np.repeat(predictions, count, axis=0), target, np.full(50, 0.1))
        assert found["risk"][b] == pytest.approx(points["risk"].mean(), rel=1e-12)
        assert found["variance"][b] == pytest.approx(points["variance"].mean() * 6 / 5, rel=1e-9)
        assert found["bias_squared"][b] == pytest.approx(plug_in["bias_squared"] - found["variance"][b] * 11 / 36)
    # The expectation over all resamples, from many of them, is the estimate.
    parts = decompose(predictions, target, noise=0.1, resamples=40_000)
    for name in ("risk", "variance", "bias_squared"):
        spread = parts.resamples[name].std() / 200
        assert abs(parts.resamples[name].mean() - getattr(parts, name)) < 4 * spread


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    covered = {"bias_squared": 0, "variance": 0}
    studies = 200
    for seed in range(studies):
        generator = np.random.default_rng([7, seed])
        # One shared deviation a replicate: points are strongly dependent, as real predictions are.
        predictions = BIAS + generator.standard_normal((30, 1)) * np.ones((1, 20))
        parts = decompose(predictions, np.zeros(20), noise=0.0, resamples=400, seed=seed)
        for name, truth in (("bias_squared", BIAS**2), ("variance", 1.0)):
            low, high = parts.interval(name, 0.95)
            covered[name] += low <= truth <= high
    assert covered["variance"] / studies > 0.87
    assert covered["bias_squared"] / studies > 0.9
