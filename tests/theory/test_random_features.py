import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from biasvar.decomposition import decompose
from biasvar.theory import random_features_risk
from biasvar.theory.gaussian_features import Neurons, feature_moments
from biasvar.theory.random_features import effective_decay

D, N_TRAIN, NOISE = 30, 120, 0.04
BETA = np.full(D, D**-0.5)


def relu(z):
    return np.maximum(z, 0)


def fourier(z):
    return np.sqrt(2) * np.cos(z)


def simulated(phi, uniform, p, decay, sizes=(40, 40)):
    """Decompose fits of crossed training sets and random weights, written anew here."""
    generator = np.random.default_rng(2)
    sample = generator.standard_normal((300, D))
    left, _, right = np.linalg.svd(sample, full_matrices=False)
    x_ND = left @ right * np.sqrt(300)
    drawn = [
        (
            generator.standard_normal((p, D)) / np.sqrt(D),
            generator.uniform(0, 2 * np.pi, p) if uniform else generator.standard_normal(p),
        )
        for _ in range(sizes[1])
    ]
    predictions = np.empty((*sizes, 300))
    for i in range(sizes[0]):
        x_nD = generator.standard_normal((N_TRAIN, D))
        y_n = x_nD @ BETA + np.sqrt(NOISE) * generator.standard_normal(N_TRAIN)
        for j, (weights, offsets) in enumerate(drawn):
            z, z_eval = (phi(x @ weights.T + offsets) / np.sqrt(p) for x in (x_nD, x_ND))
            gram = z.T @ z + N_TRAIN * decay / 2 * np.eye(p)
            predictions[i, j] = z_eval @ np.linalg.solve(gram, z.T @ y_n)
    return decompose(predictions, x_ND @ BETA, noise=NOISE, design="crossed")


@pytest.mark.slow
@pytest.mark.parametrize(
    "phi, uniform, p",
    [
        pytest.param(np.tanh, False, 60, id="tanh", marks=pytest.mark.ci),
        pytest.param(fourier, True, 60, id="fourier"),
        pytest.param(relu, False, 100, id="relu"),
    ],
)
def test_the_parts_are_those_of_simulated_fits(phi, uniform, p):
    with threadpool_limits(1):  # many small products, which threads only slow down
        measured = simulated(phi, uniform, p, 0.02)
    offsets = "uniform" if uniform else "normal"
    risk = random_features_risk(BETA, p, N_TRAIN, NOISE, 0.02, activation=phi, offsets=offsets)
    spent = risk.bias_squared + risk.variance
    for name, truth in (
        ("bias_squared", risk.bias_squared),
        ("variance", risk.variance),
        ("variance_init", risk.variance_of_weights),
    ):
        slack = 0.05 * spent + 3 * measured.standard_error(name)
        assert getattr(measured, name) == pytest.approx(truth, abs=slack), name
    wrong = random_features_risk(BETA, 2 * p, N_TRAIN, NOISE, 0.02, activation=phi, offsets=offsets)
    assert abs(measured.variance - wrong.variance) > 3 * measured.standard_error("variance")


@pytest.mark.ci
@pytest.mark.slow
def test_variance_is_the_sum_of_its_sources_and_a_seed_gives_the_same_numbers():
    one, again = (random_features_risk(BETA, 50, 100, NOISE, 0.1, activation=relu) for _ in range(2))
    assert one == again
    assert one.variance == pytest.approx(one.variance_given_weights + one.variance_of_weights, rel=1e-12)
    other = random_features_risk(BETA, 50, 100, NOISE, 0.1, activation=relu, seed=1)
    assert other != one and other.risk == pytest.approx(one.risk, rel=0.04)


def test_linear_neurons_that_span_all_inputs_are_linear_regression():
    p = D + 1  # inputs and the constant
    risk = random_features_risk(BETA, p, N_TRAIN, NOISE, 0, activation=lambda z: z)
    assert risk.bias_squared == pytest.approx(0, abs=1e-6)
    assert risk.variance_of_weights == pytest.approx(0, abs=1e-6)
    assert risk.variance == pytest.approx(NOISE * p / (N_TRAIN - p), rel=1e-3)


def test_moments_are_those_of_drawn_inputs():
    generator = np.random.default_rng(3)
    neurons = Neurons.draw(generator, 6, D, 1.0, "normal")
    x = generator.standard_normal((400_000, D))
    second, cross = feature_moments(neurons, relu, BETA)
    z = relu(x @ neurons.weights_PD.T + neurons.offsets_P) / np.sqrt(6)
    linear = x @ BETA / np.linalg.norm(BETA)
    cubic = linear * (np.sum(x**2, axis=1) - D - 2) / np.sqrt(2 * (D + 2))
    np.testing.assert_allclose(second, z.T @ z / len(x), atol=5e-3)
    np.testing.assert_allclose(cross, np.stack([z.T @ linear, z.T @ cubic], axis=1) / len(x), atol=5e-3)
    assert np.mean(cubic**2) == pytest.approx(1, abs=0.05)


def test_settings_without_a_meaning_are_refused():
    with pytest.raises(ValueError, match="offsets = 'both'"):
        random_features_risk(BETA, 5, 40, NOISE, 0.1, activation=relu, offsets="both")
    with pytest.raises(ValueError, match="weights = 'haar'"):
        random_features_risk(BETA, 5, 40, NOISE, 0.1, activation=relu, weights="haar")
    with pytest.raises(ValueError, match="p = 0"):
        random_features_risk(BETA, 0, 40, NOISE, 0.1, activation=relu)
    with pytest.raises(ValueError, match="beta is zero"):
        random_features_risk(np.zeros(3), 5, 40, NOISE, 0.1, activation=relu)


@pytest.mark.parametrize("decay", [1e8, 1e16, 1e17, 1e30])
def test_a_decay_that_leaves_nothing_of_the_features_is_its_own_effective_decay(decay):
    assert effective_decay(np.array([0.1, 0.5, 2.0]), 2, decay) == pytest.approx(decay, rel=1e-7)
