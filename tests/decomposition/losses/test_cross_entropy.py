import numpy as np
import pytest

from biasvar.decomposition import decompose
from biasvar.decomposition.jackknife import coefficients, deleted_means

CLASSES, SPREAD = 4, 0.8
CENTRE = np.log([0.4, 0.3, 0.2, 0.1])
DISTRIBUTION = np.array([0.7, 0.1, 0.1, 0.1])


def logits(seed, replicates=3, points=2000):
    return CENTRE + SPREAD * np.random.default_rng(seed).standard_normal((replicates, points, CLASSES))


def truth():
    """Bias and variance of the population, by brute force over a million draws."""
    drawn = logits(99, 1_000_000, 1)[:, 0]
    logs = drawn - np.log(np.exp(drawn).sum(axis=1, keepdims=True))
    mean = logs.mean(axis=0)
    log_z = np.log(np.exp(mean).sum())
    return np.sum(DISTRIBUTION * (np.log(DISTRIBUTION) - (mean - log_z))), -log_z


def test_a_worked_example():
    # One point, two replicates (1/2, 1/2) and (1/5, 4/5): geometric means sqrt(1/10), sqrt(4/10), so c = (1/3, 2/3).
    predictions = np.array([[[0.5, 0.5]], [[0.2, 0.8]]])
    parts = decompose(predictions, np.array([[0.25, 0.75]]), loss="cross_entropy")
    z = 3 * np.sqrt(0.1)
    assert parts.plug_in["variance"] == pytest.approx(-np.log(z), abs=1e-15)
    kl = 0.25 * np.log(0.25 * 3) + 0.75 * np.log(0.75 * 1.5)
    assert parts.plug_in["bias"] == pytest.approx(kl, abs=1e-15)
    # With one replicate left out the variance is 0: the jackknife doubles it and takes as much off the bias.
    assert parts.variance == pytest.approx(-2 * np.log(z), abs=1e-15)
    assert parts.bias == pytest.approx(kl + np.log(z), abs=1e-15)
    assert parts.noise == pytest.approx(-(0.25 * np.log(0.25) + 0.75 * np.log(0.75)))


def test_the_jackknife_takes_most_of_the_bias_off_and_the_plug_in_is_caught():
    bias, variance = truth()
    parts = decompose(logits(0), np.tile(DISTRIBUTION, (2000, 1)), loss="cross_entropy", outputs_are="logits")
    assert parts.plug_in["bias"] - bias > 0.05 and variance - parts.plug_in["variance"] > 0.05
    assert abs(parts.bias - bias) < 0.15 * (parts.plug_in["bias"] - bias) + 0.01
    assert abs(parts.variance - variance) < 0.15 * (variance - parts.plug_in["variance"]) + 0.01


def test_an_arithmetic_mean_as_central_prediction_does_not_add_up():
    p = np.exp(logits(1, 6, 50))
    p /= p.sum(axis=-1, keepdims=True)
    distribution = np.tile(DISTRIBUTION, (50, 1))
    parts = decompose(p, distribution, loss="cross_entropy")
    mean = p.mean(axis=0)
    bias = np.sum(distribution * np.log(distribution / mean), axis=1).mean()
    variance = np.sum(mean * np.log(mean / p), axis=-1).mean()
    assert abs(parts.risk - parts.noise - bias - variance) > 0.01


def test_logits_beyond_the_range_of_exp_are_fine():
    parts = decompose(
        1000.0 * logits(2, 4, 20), np.tile(DISTRIBUTION, (20, 1)), loss="cross_entropy", outputs_are="logits"
    )
    assert np.isfinite(list(parts.points.values())).all()


def test_a_zero_is_refused_only_where_its_logarithm_is_needed():
    predictions = np.array([[[0.5, 0.5, 0.0]], [[0.25, 0.5, 0.25]]])
    parts = decompose(predictions, np.array([[0.5, 0.5, 0.0]]), loss="cross_entropy")
    assert np.isfinite(parts.risk) and parts.bias == pytest.approx(parts.risk - parts.noise - parts.variance)
    assert decompose(predictions, np.array([1]), loss="cross_entropy").risk == pytest.approx(np.log(2))
    with pytest.raises(ValueError, match="the first of model 0 at point 0 for class 2"):
        decompose(predictions, np.array([2]), loss="cross_entropy")
    apart = np.array([[[1.0, 0.0]], [[0.0, 1.0]]])
    with pytest.raises(ValueError, match="probabilities are 0 where their logarithm is needed"):
        decompose(apart, np.array([1]), loss="cross_entropy")


def test_labels_alone_leave_bias_and_noise_together():
    parts = decompose(logits(3), np.zeros(2000, int), loss="cross_entropy", outputs_are="logits")
    assert parts.bias is None and parts.noise is None
    assert parts.risk == pytest.approx(parts.bias_plus_noise + parts.variance)


@pytest.mark.parametrize("sizes", [(5,), (3, 4)])
def test_the_jackknife_of_a_variance_is_the_unbiased_one(sizes):
    # mean^2 of independent numbers is too high by variance / n; of crossed numbers by the sum of components.
    values = np.random.default_rng(0).standard_normal(sizes)
    found = coefficients(sizes) @ deleted_means(values.ravel(), sizes) ** 2
    parts = decompose(values[..., None], [0.0], noise=0.0, design="joint" if len(sizes) == 1 else "crossed")
    assert found == pytest.approx(parts.bias_squared, abs=1e-12)


def test_means_after_each_deletion_are_those_of_what_is_left():
    values = np.random.default_rng(1).standard_normal((3, 4, 6))
    found = deleted_means(values.reshape(12, 6), (3, 4)).reshape(4, 5, 6)
    for i, j in np.ndindex(4, 5):
        rows, columns = ([k for k in range(size) if k != left - 1] for left, size in ((i, 3), (j, 4)))
        assert np.allclose(found[i, j], values[np.ix_(rows, columns)].mean(axis=(0, 1)), atol=1e-14)


def test_zeros_that_no_term_needs_leave_the_jackknife_its_digits():
    # Class 2 is impossible in one model only: without that model the class counts.
    predictions = np.array([[[0.5, 0.5, 0.0]], [[0.25, 0.5, 0.25]], [[0.3, 0.3, 0.4]]])
    parts = decompose(predictions, np.array([[0.5, 0.5, 0.0]]), loss="cross_entropy")
    with np.errstate(divide="ignore"):
        logs = np.log(predictions[:, 0])
    left = [np.log(np.exp(np.delete(logs, one, axis=0).mean(axis=0)).sum()) for one in range(3)]
    wanted = -(3 * np.log(np.exp(logs.mean(axis=0)).sum()) - 2 * np.mean(left))
    assert parts.variance == pytest.approx(wanted, abs=1e-14)


@pytest.mark.parametrize("miss", [5e-7, -5e-7])
def test_probabilities_that_miss_one_are_divided_by_their_sum(miss):
    p, distribution = np.array([[[0.3, 0.7]], [[0.4, 0.6]], [[0.35, 0.65]]]), np.array([[0.2, 0.8]])
    right = decompose(p, distribution, loss="cross_entropy")
    found = decompose(p * (1 + miss), distribution * (1 - miss), loss="cross_entropy")
    for name in right.points:
        assert found.points[name] == pytest.approx(right.points[name], rel=1e-12), name
    same = decompose(np.tile([0.4 + miss, 0.6], (3, 1, 1)), np.array([1]), loss="cross_entropy")
    assert same.plug_in["variance"] == pytest.approx(0, abs=1e-15)


def test_probabilities_in_float32_are_laws():
    p = np.exp(logits(4, 5, 200))
    p = (p / p.sum(axis=-1, keepdims=True)).astype(np.float32)
    right = decompose(np.log(p.astype(float)), np.zeros(200, int), loss="cross_entropy", outputs_are="logits")
    found = decompose(p, np.zeros(200, int), loss="cross_entropy")
    assert found.risk == pytest.approx(right.risk, rel=1e-14) and found.variance == pytest.approx(right.variance)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_confident_models_keep_their_digits(scale):
    # Of two classes the second has the probabilities a and b << 1: KL(c || p) is (sqrt a - sqrt b)^2 / 2 on average.
    a, b = 1e-20, scale**2 * 1e-20
    models = np.array([[[-np.log(a), 0.0]], [[-np.log(b), 0.0]]])
    parts = decompose(models, np.array([0]), loss="cross_entropy", outputs_are="logits")
    assert parts.risk == pytest.approx((a + b) / 2, rel=1e-12, abs=0)
    assert parts.plug_in["variance"] == pytest.approx((np.sqrt(a) - np.sqrt(b)) ** 2 / 2, rel=1e-9, abs=1e-34)
    distribution = decompose(np.array([[[1.0, a]], [[1.0, b]]]), np.array([[1.0, a]]), loss="cross_entropy")
    assert distribution.noise == pytest.approx(a * (1 - np.log(a)), rel=1e-12, abs=0)
    assert distribution.plug_in["variance"] == pytest.approx(parts.plug_in["variance"], rel=1e-9, abs=1e-34)
