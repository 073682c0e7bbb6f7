"""Intervals stay within what a term can be; unbiased estimates are shown as they are, and told where they do not."""

import numpy as np
import pytest

from biasvar.decomposition import decompose
from biasvar.decomposition.losses import LOSSES
from biasvar.decomposition.terms import TERMS

SIGNED = ("net_noise", "net_variance", "variance_effect")


def votes(replicates, points=2, seed=0):
    """Labels of a few models of which hardly two agree, and the true ones."""
    generator = np.random.default_rng(seed)
    return generator.integers(0, 5, (replicates, points)), generator.integers(0, 5, points)


@pytest.mark.parametrize("over", ["replicates", "replicates_and_points"])
@pytest.mark.parametrize("replicates", [2, 3, 5])
def test_zero_one_terms_have_intervals_from_0_to_1(replicates, over):
    for seed in range(20):
        parts = decompose(*votes(replicates, seed=seed), loss="zero_one", noise=0)
        for name in set(parts.estimated) - {"kw_bias_squared"}:
            low, high = parts.interval(name, over=over)
            lowest = -1 if name in SIGNED else 0
            assert lowest <= low <= getattr(parts, name) <= high <= (0.5 if name == "kw_variance" else 1), name


def test_the_upper_end_of_three_votes_that_differ_is_kept_to_1_and_not_the_lower_one():
    parts = decompose([[0, 0], [1, 1], [2, 2]], [3, 3], loss="zero_one")
    low, high = parts.interval("variance")
    assert parts.variance == pytest.approx(2 / 3)
    assert 0 <= low < 0.5 and high == 1, "three votes say little"


@pytest.mark.parametrize("loss", ["squared_error", "cross_entropy", "absolute_error"])
@pytest.mark.parametrize("over", ["replicates", "replicates_and_points"])
def test_no_risk_and_no_variance_is_below_0(loss, over):
    generator = np.random.default_rng(1)
    for _ in range(10):
        # One point in five carries all there is, so that points say little of others.
        scale = np.array([3.0, 0, 0, 0, 0])
        if loss == "cross_entropy":
            parts = decompose(
                scale[:, None] * generator.standard_normal((3, 5, 2)), np.zeros(5, int), loss=loss, outputs_are="logits"
            )
        else:
            parts = decompose(scale * generator.standard_normal((3, 5)), np.zeros(5), loss=loss, noise=0)
        for name in {"risk", "variance"} & set(parts.estimated):
            low, high = parts.interval(name, over=over)
            assert 0 <= low <= getattr(parts, name) <= high


def test_an_unbiased_estimate_keeps_its_negative_end_and_is_told_where_it_is_negative():
    signs = np.array([[1.0, -1.0], [-1.0, 1.0]])[..., None]
    parts = decompose(signs, [0.0], noise=0.0, design="crossed")
    assert parts.variance_data == -2 and parts.interval("variance_data")[0] <= -2
    assert set(parts.impossible) >= {"variance_data", "variance_init"}
    far = decompose(5 + np.random.default_rng(2).standard_normal((10, 20)), np.zeros(20), noise=0.0)
    assert far.impossible == ()
    assert decompose(np.full((3, 4), 0.1), np.full(4, 0.1), noise=0.0).impossible == (), "rounding is not told"


def test_a_saturated_model_that_spoils_the_jackknife_is_told_and_its_interval_reaches_what_can_be():
    logits = np.random.default_rng(3).standard_normal((20, 20, 3))
    logits[3, :, 0] += 500
    parts = decompose(logits, np.zeros(20, dtype=int), loss="cross_entropy", outputs_are="logits")
    assert parts.bias_plus_noise < -1, "the estimate itself is not clipped"
    low, high = parts.interval("bias_plus_noise")
    assert low <= parts.bias_plus_noise and high >= 0
    assert "bias_plus_noise" in parts.impossible
    sound = decompose(logits[4:], np.zeros(20, dtype=int), loss="cross_entropy", outputs_are="logits")
    assert sound.impossible == ()


@pytest.mark.parametrize("loss", LOSSES)
def test_every_range_is_that_of_a_term(loss):
    assert set(LOSSES[loss].RANGES) | set(LOSSES[loss].MAY_BE_NEGATIVE) <= set(TERMS)
