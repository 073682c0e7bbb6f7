import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from biasvar.theory import minimum_norm_risk, random_features_risk, two_layer_linear_risk

ONE = {"signal": 1.0, "p": 96, "dimension": 120, "n": 160, "noise_variance": 0.25, "weight_decay": 2 * 0.05 / 96}


def test_components_are_those_of_the_worked_example():
    """The figures of Lin and Dobriban's formulas at p / D = 0.8, D / n = 0.75, lambda = 0.05, noise variance 0.25."""
    risk = two_layer_linear_risk(**ONE)
    assert risk.bias_squared == pytest.approx(0.0776, abs=5e-5)
    expected = (0.0497, 0.1301, 0.1482, 0.1601, 0.0781)
    assert tuple(risk.components.values()) == pytest.approx(expected, abs=5e-5)
    assert risk.variance == pytest.approx(sum(risk.components.values()), rel=1e-12)


@pytest.mark.parametrize(("p", "n"), [(96, 160), (120, 160), (100, 60), (120, 60)])
def test_without_weight_decay_the_sum_is_minimum_norm_regression_on_the_inputs_that_are_seen(p, n):
    """A map to p orthonormal directions leaves standard normal inputs: exact for the sum, up to terms of 1 / n."""
    risk = two_layer_linear_risk(**ONE | {"p": p, "n": n, "weight_decay": 0})
    exact = minimum_norm_risk(np.full(120, 120**-0.5), p, n, 0.25)
    assert risk.risk == pytest.approx(exact.risk, rel=0.03)


def test_it_is_the_general_form_of_random_features_for_linear_neurons():
    risk = two_layer_linear_risk(**ONE)

    def general(weights):
        sizes = (np.eye(120)[0], 96, 160, 0.25, ONE["weight_decay"])
        return random_features_risk(*sizes, activation=lambda z: z, weights=weights, offsets="none")

    with threadpool_limits(1):  # many small products, which threads only slow down
        orthonormal, gaussian = general("orthonormal"), general("gaussian")
    assert orthonormal.bias_squared == pytest.approx(risk.bias_squared, rel=0.05)
    assert orthonormal.variance == pytest.approx(risk.variance, rel=0.02)
    assert orthonormal.variance_of_weights == pytest.approx(risk.components["init",], rel=0.1)
    assert gaussian.variance != pytest.approx(risk.variance, rel=0.02)


def test_longer_weights_are_a_smaller_weight_decay():
    longer = two_layer_linear_risk(**ONE, weight_std=2.0)
    assert longer == two_layer_linear_risk(**ONE | {"weight_decay": ONE["weight_decay"] / 4})


@pytest.mark.parametrize(
    "change", [{"p": 121}, {"p": 0}, {"weight_decay": -1}, {"weight_decay": 0, "n": 96}], ids=lambda change: str(change)
)
def test_settings_without_a_finite_closed_form_are_refused(change):
    with pytest.raises(ValueError, match="expected p from 1 to D"):
        two_layer_linear_risk(**ONE | change)
