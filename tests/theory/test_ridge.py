import numpy as np
import pytest

from biasvar.theory import minimum_norm_risk, ridge_risk
from biasvar.theory.ridge import resolvents

BETA = np.full(60, 60**-0.5)


def simulated(p, n, decay, draws=3000):
    """Return E tr (S + decay)^-1 / p and E tr (S + decay)^-2 / p with their standard errors, from drawn matrices."""
    x = np.random.default_rng(0).standard_normal((draws, n, p))
    values = np.maximum(np.linalg.eigvalsh(np.einsum("rni,rnj->rij", x, x) / n), 0)
    traces = [(1 / (values + decay) ** k).mean(axis=1) for k in (1, 2)]
    return [(trace.mean(), trace.std() / draws**0.5) for trace in traces]


@pytest.mark.parametrize("p, decay", [(10, 0.05), (20, 0.05), (25, 0.05), (10, 0.5), (40, 0.5)])
def test_resolvents_are_those_of_drawn_matrices(p, decay):
    for found, (mean, error) in zip(resolvents(p, 20, decay), simulated(p, 20, decay), strict=True):
        assert found == pytest.approx(mean, abs=4 * error + 0.01 * mean)


def test_the_limit_law_alone_is_seen_to_be_too_coarse():
    p, n, decay = 20, 20, 0.05
    linear = decay + 1 - p / n
    limit = (np.sqrt(linear**2 + 4 * decay) - linear) / (2 * decay)
    (mean, error), _ = simulated(p, n, decay)
    assert abs(limit - mean) > 4 * error + 0.01 * mean


@pytest.mark.parametrize("p", [5, 20, 60])
def test_without_weight_decay_the_risk_is_that_of_minimum_norm_and_nears_it_before(p):
    exact = minimum_norm_risk(BETA, p, 40, 0.04)
    assert ridge_risk(BETA, p, 40, 0.04, 0) == exact
    near = ridge_risk(BETA, p, 40, 0.04, 1e-9)
    assert near.bias_squared == pytest.approx(exact.bias_squared, rel=2e-3)
    assert near.variance == pytest.approx(exact.variance, rel=1e-2)


def test_the_parts_are_those_of_simulated_fits():
    p, n, decay = 30, 40, 0.1
    generator = np.random.default_rng(1)
    x = generator.standard_normal((2000, n, 60))
    y = x @ BETA + 0.2 * generator.standard_normal((2000, n))
    seen = x[:, :, :p]
    gram = np.einsum("rni,rnj->rij", seen, seen) + n * decay / 2 * np.eye(p)
    weights_RP = np.linalg.solve(gram, np.einsum("rni,rn->ri", seen, y)[..., None])[..., 0]
    risk = ridge_risk(BETA, p, n, 0.04, decay)
    variance = weights_RP.var(axis=0, ddof=1).sum()
    bias_squared = np.sum((weights_RP.mean(axis=0) - BETA[:p]) ** 2) - variance / 2000 + np.sum(BETA[p:] ** 2)
    assert risk.variance == pytest.approx(variance, rel=0.03)
    assert risk.bias_squared == pytest.approx(bias_squared, rel=0.01)
    assert risk.risk == 0.04 + risk.bias_squared + risk.variance


def test_large_weight_decay_leaves_the_signal_as_bias_and_no_variance():
    risk = ridge_risk(BETA, 60, 40, 0.04, 1e9)
    assert (risk.bias_squared, risk.variance) == (pytest.approx(1), pytest.approx(0, abs=1e-9))


def test_a_negative_weight_decay_and_too_many_features_are_refused():
    with pytest.raises(ValueError, match="weight_decay = -1"):
        ridge_risk(BETA, 5, 40, 0.04, -1)
    with pytest.raises(ValueError, match="p = 61"):
        ridge_risk(BETA, 61, 40, 0.04, 0.1)
