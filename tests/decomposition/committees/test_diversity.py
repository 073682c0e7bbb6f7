"""Diversity against enumerated committees and populations, for both losses that have it."""

from itertools import combinations, product

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from biasvar.decomposition import decompose
from biasvar.decomposition.committees.committee import committee_risk
from biasvar.decomposition.committees.diversity import RULES, diversity, diversity_interval


def kl(one, other):
    return np.sum(one * (np.log(one) - np.log(other)), axis=-1)


def classes(seed, replicates=6, points=5):
    generator = np.random.default_rng(seed)
    return generator.standard_normal((replicates, points, 3)), generator.dirichlet(np.ones(3), points)


def bias_of(parts):
    return parts.bias_squared if parts.loss == "squared_error" else parts.bias


@pytest.mark.parametrize("loss", RULES)
def test_the_risk_of_a_committee_is_noise_and_mean_bias_and_variance_less_diversity(loss):
    logits, distribution = classes(0)
    parts = decompose(logits, distribution, loss=loss, outputs_are="logits")
    members_S = range(1, 7)
    wanted_S = parts.noise + bias_of(parts) + parts.variance - diversity(parts, members_S)
    np.testing.assert_allclose(committee_risk(parts, RULES[loss], members_S), wanted_S, rtol=1e-12)
    assert diversity(parts, [1])[0] == pytest.approx(0, abs=1e-12)


def test_squared_error_diversity_is_the_mean_spread_about_every_committee():
    predictions_RNK = np.random.default_rng(1).standard_normal((6, 5, 2))
    parts = decompose(predictions_RNK, np.zeros((5, 2)), noise=0.2)
    for members in range(1, 7):
        groups = predictions_RNK[list(combinations(range(6), members))]
        spread = np.sum((groups - groups.mean(axis=1, keepdims=True)) ** 2, axis=-1)
        assert diversity(parts, [members])[0] == pytest.approx(spread.mean())


def test_cross_entropy_diversity_of_all_models_is_their_mean_divergence_from_the_committee():
    logits, distribution = classes(2)
    parts = decompose(logits, distribution, loss="cross_entropy", outputs_are="logits")
    committee = softmax(log_softmax(logits, axis=-1).mean(axis=0), axis=-1)
    assert diversity(parts, [6])[0] == pytest.approx(kl(committee, softmax(logits, axis=-1)).mean())


def test_members_of_one_training_set_differ_only_in_what_is_their_own():
    predictions_IJN = np.random.default_rng(3).standard_normal((4, 5, 6)) + np.arange(4)[:, None, None]
    parts = decompose(predictions_IJN, np.zeros(6), noise=0.0, design="crossed")
    own = parts.variance_init + parts.variance_interaction
    np.testing.assert_allclose(diversity(parts, [1, 2, 5]), [0, own / 2, own * 0.8], atol=1e-12)
    assert diversity(parts, [5])[0] < 0.5 * parts.variance, "that the whole variance is diversity is caught"


def population(loss, draws, distribution):
    """Every committee of two of equally likely models, [D, K] log-probabilities or values: the parts of its risk."""
    if loss == "squared_error":
        centre, risk = draws.mean(axis=0), lambda one: np.sum((one - distribution) ** 2)
        between = lambda one, other: np.sum((one - other) ** 2)  # noqa: E731
        combined = lambda one, other: (one + other) / 2  # noqa: E731
    else:
        logs = np.log(draws).mean(axis=0)
        centre, risk = softmax(logs), lambda one: kl(distribution, one)
        between = kl
        combined = lambda one, other: softmax((np.log(one) + np.log(other)) / 2)  # noqa: E731
    pairs = [(one, other, combined(one, other)) for one, other in product(draws, repeat=2)]
    spread = np.mean([(between(mean, one) + between(mean, other)) / 2 for one, other, mean in pairs])
    return {
        "risk": np.mean([risk(mean) for *_, mean in pairs]),
        "bias": risk(centre),
        "variance": np.mean([between(centre, one) for one in draws]),
        "diversity": spread,
    }


@pytest.mark.parametrize("loss", RULES)
def test_the_parts_are_those_of_an_enumerated_population(loss):
    generator = np.random.default_rng(4)
    draws_DK = generator.dirichlet(np.full(3, 2.0), 6)
    distribution = np.array([0.5, 0.3, 0.2])
    true = population(loss, draws_DK, distribution)
    assert true["risk"] == pytest.approx(true["bias"] + true["variance"] - true["diversity"])
    picked_SR = generator.integers(0, 6, (400, 8))
    found = {"risk": [], "bias": [], "variance": [], "diversity": [], "plug_in": []}
    for picked_R in picked_SR:
        options = {"outputs_are": "probabilities", "target_is": "distribution", "resamples": 10}
        parts = decompose(draws_DK[picked_R][:, None], distribution[None], loss=loss, **options)
        found["risk"].append(committee_risk(parts, RULES[loss], [2])[0] - parts.noise)
        found["bias"].append(bias_of(parts))
        found["variance"].append(parts.variance)
        found["diversity"].append(diversity(parts, [2])[0])
        found["plug_in"].append(parts.plug_in["bias_squared" if loss == "squared_error" else "bias"])
    allowed = 0.0 if loss == "squared_error" else 0.02  # the jackknife leaves terms of 1 / R^2
    for name, value in true.items():
        error = np.std(found[name]) / 20
        assert abs(np.mean(found[name]) - value) < 4 * error + allowed * value, name
    assert np.mean(found["plug_in"]) - true["bias"] > 4 * np.std(found["plug_in"]) / 20, "an uncorrected bias is caught"


def test_its_interval_covers_the_truth():
    generator, held, studies = np.random.default_rng(5), 0, 300
    for _ in range(studies):
        outputs_IJN = generator.standard_normal((6, 1, 20)) + 0.7 * generator.standard_normal((6, 5, 20))
        parts = decompose(outputs_IJN, np.zeros(20), noise=0.0, design="nested", resamples=10)
        low, high = diversity_interval(parts, 3, 0.95)
        held += low <= (1 - 1 / 3) * 0.49 <= high
    assert 0.91 <= held / studies <= 0.99


@pytest.mark.parametrize("loss", ["zero_one", "absolute_error"])
def test_other_losses_have_none(loss):
    right = np.eye(2)[np.random.default_rng(6).integers(0, 2, (5, 7))]
    parts = (
        decompose(right, np.zeros(7, dtype=int), loss=loss)
        if loss == "zero_one"
        else decompose(right[..., 0], np.zeros(7), loss=loss, noise=0.0)
    )
    with pytest.raises(ValueError, match="has no diversity that is free of the label"):
        diversity(parts, [2])
