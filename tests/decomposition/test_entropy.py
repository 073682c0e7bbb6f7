"""Logarithms of laws against decimals of sixty digits."""

from decimal import Decimal, localcontext

import numpy as np
import pytest

from biasvar.decomposition import entropy

LOGITS = {
    "ordinary": [0.3, -1.2, 2.0],
    "a loss of 1e-20": [46.0517018598809, 0.0, -3.0],
    "nearly a tie": [1e-18, 0.0, -1e-9],
    "ties": [50.0, 50.0, -50.0],
    "fifty": [50.0, -50.0, 0.0],
    "ten thousand": [-1e4, 1e4, 9999.0],
    "float32": np.float32([16.7, -0.1, 3.3]),
}
LAWS = {
    "ordinary": [0.2, 0.5, 0.3],
    "nearly certain": [1.0, 1e-20, 1e-30],
    "smaller than float32": [1e-40, 1.0, 1e-42],
    "sum high": [0.2, 0.5 + 5e-7, 0.3],
    "sum low": [1 - 5e-7, 1e-12, 1e-9],
    "float32": np.float32([0.1, 0.7, 0.2]),
}


def exact_logs(weights):
    """Logarithms of weights divided by their sum."""
    return [(one / sum(weights)).ln() for one in weights]


def exact_entropy(weights):
    return -sum(one / sum(weights) * log for one, log in zip(weights, exact_logs(weights), strict=True))


def decimals(values):
    return [Decimal(float(one)) for one in values]


@pytest.mark.parametrize("case", LOGITS)
def test_log_softmax_has_all_digits(case):
    logits = np.array(LOGITS[case], dtype=float)
    with localcontext(prec=60, Emin=-(10**6)):
        exact = np.array([float(one) for one in exact_logs([one.exp() for one in decimals(logits)])])
    assert np.allclose(entropy.log_softmax(logits), exact, rtol=1e-14, atol=0)
    assert np.allclose(entropy.softmax(logits), np.exp(exact), rtol=1e-11, atol=0)
    crossed = entropy.cross_entropy_of(np.eye(3), entropy.log_softmax(np.tile(logits, (3, 1))))
    assert np.allclose(crossed, -exact, rtol=1e-14, atol=0)


def test_the_sum_of_all_weights_is_caught():
    logits = np.array(LOGITS["a loss of 1e-20"])
    assert entropy.log_softmax(logits)[0] == pytest.approx(-1.05e-20, rel=1e-3)
    assert np.log(entropy.softmax(logits)[0]) == 0


@pytest.mark.parametrize("case", LAWS)
def test_laws_are_divided_by_their_sum_and_have_all_digits(case):
    distribution = np.array(LAWS[case], dtype=float)
    with localcontext(prec=60, Emin=-(10**6)):
        logs, exact = (
            [float(one) for one in exact_logs(decimals(distribution))],
            float(exact_entropy(decimals(distribution))),
        )
    assert np.allclose(entropy.log_distributions(distribution), logs, rtol=1e-13, atol=0)
    assert entropy.entropy_of(distribution) == pytest.approx(exact, rel=1e-13, abs=0)


@pytest.mark.parametrize(
    "logs", [[-1e-20, -60.0, -70.0], [-1e4, -2e4, -1e4], [-50.0, -1.0, -0.5], [-1e-20, -1e300, -50.0]]
)
def test_log_sum_exp_has_all_digits(logs):
    with localcontext(prec=60, Emin=-(10**6)):
        exact = float(sum(one.exp() for one in decimals(np.maximum(logs, -1e6))).ln())
    assert entropy.log_sum_exp(np.array(logs)) == pytest.approx(exact, rel=1e-13, abs=0)


def test_classes_without_a_share_add_nothing():
    assert entropy.entropy_of(np.array([[1.0, 0.0], [0.5, 0.5]])) == pytest.approx([0, np.log(2)])
    assert entropy.log_distributions(np.array([1.0, 0.0])).tolist() == [0, -np.inf]
    assert entropy.cross_entropy_of(np.array([1.0, 0.0]), np.array([-2.0, -np.inf])) == 2
