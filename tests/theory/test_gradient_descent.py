import numpy as np
import pytest

from biasvar.theory import gradient_descent_risk, minimum_norm_risk

BETA, DEVIATIONS = np.array([1.0, -2.0, 0.5]), np.array([1.0, 0.5, 0.1])


def test_the_ends_are_the_null_model_and_least_squares():
    start = gradient_descent_risk(BETA, DEVIATIONS, 300, 0.7, 0.4, 0)
    assert (start.bias_squared, start.variance) == (np.sum((BETA * DEVIATIONS) ** 2), 0)
    end = gradient_descent_risk(BETA, DEVIATIONS, 300, 0.7, 0.4, 10**6)
    exact = minimum_norm_risk(BETA * DEVIATIONS, 3, 300, 0.7)
    assert end.bias_squared < 1e-12 and end.variance == pytest.approx(exact.variance, rel=0.02)


def test_a_fast_group_of_little_signal_makes_a_rise_between_two_descents_that_equal_rates_do_not_have():
    """Twenty fast and twenty slow inputs of signals 0.01 and 0.05, unit noise, five rows an input."""
    deviations = np.repeat([1.0, 0.1], 20)
    beta = np.sqrt(np.repeat([0.01, 0.05], 20) / 20) / deviations
    steps = np.unique(np.geomspace(1, 10_000, 300).round().astype(int))
    risk, equal = (
        [gradient_descent_risk(b, d, 200, 1.0, 0.05, int(t)).risk for t in steps]
        for b, d in ((beta, deviations), (beta * deviations, np.ones(40)))
    )
    assert list(turns(risk)) == [-1, 1, -1, 1] and list(turns(equal)) == [-1, 1]


def turns(values):
    """Return the directions of a curve, one after another."""
    signs = np.sign(np.diff(values))
    signs = signs[signs != 0]
    return signs[np.append(True, signs[1:] != signs[:-1])]
