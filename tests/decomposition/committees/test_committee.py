"""Committees: exact means over all of them, closed forms of votes, and the correlation that is left over."""

from itertools import combinations, permutations
from math import comb

import numpy as np
import pytest
from scipy import stats
from scipy.special import log_softmax, logsumexp

from biasvar.decomposition import decompose
from biasvar.decomposition.committees.committee import committee_risk, exact_interval
from biasvar.decomposition.committees.correlation import correlation_of, fit_correlation
from biasvar.decomposition.committees.members import most_members, orders
from biasvar.decomposition.components import sets_of
from biasvar.decomposition.gaussian import term_variance
from biasvar.decomposition.losses import LOSSES


def squared(predictions, **options):
    """The decomposition of predictions of f* = 0.3 with noise 0.2."""
    points = predictions.shape[-2] if predictions.ndim == 3 and "design" not in options else predictions.shape[-1]
    return decompose(predictions, np.full(points, 0.3), noise=0.2, **options)


def losses_of_means(groups_BMN):
    """Mean loss of the means of committees [B, M, N]."""
    return np.mean((np.mean(groups_BMN, axis=1) - 0.3) ** 2) + 0.2


def crossed(generator, i, j, points=4, data=1.0, init=0.5, interaction=1.0):
    """Predictions [I, J, N] with a component for each source and one for both."""
    draw = generator.standard_normal
    return (
        0.5
        + np.sqrt(data) * draw((i, 1, points))
        + np.sqrt(init) * draw((1, j, points))
        + np.sqrt(interaction) * draw((i, j, points))
    )


def votes_right_with(probability, replicates, points, seed=0):
    """Class outputs of independent models that are right (class 0) with a probability, and their labels."""
    right_RN = np.random.default_rng(seed).random((replicates, points)) < probability
    return np.stack([right_RN, ~right_RN], axis=-1).astype(float), np.zeros(points, dtype=int)


def test_squared_error_is_the_mean_over_all_subsets_of_replicates():
    predictions_RN = np.random.default_rng(0).normal(0.5, 1, (6, 4))
    parts = squared(predictions_RN)
    found = committee_risk(parts, "mean", range(1, 7))
    wanted = [losses_of_means(predictions_RN[list(combinations(range(6), m))]) for m in range(1, 7)]
    assert found == pytest.approx(wanted, abs=1e-12)
    assert found[0] == pytest.approx(parts.risk)
    plug_in = 0.2 + parts.plug_in["bias_squared"] + parts.variance / np.arange(1, 7)
    assert np.abs(plug_in - wanted).min() > 0.05, "a plug-in bias counts the variance of the mean twice"


def test_a_crossed_committee_is_the_mean_over_all_subsets_within_a_data_seed():
    predictions_IJN = crossed(np.random.default_rng(1), 3, 5)
    parts = squared(predictions_IJN, design="crossed")
    for members in range(1, 6):
        groups = [predictions_IJN[i, list(chosen)] for i in range(3) for chosen in combinations(range(5), members)]
        found = committee_risk(parts, "mean", [members])[0]
        assert found == pytest.approx(losses_of_means(np.array(groups)), abs=1e-12)
        if members > 1:
            all_falls = 0.2 + parts.bias_squared + parts.variance / members
            assert abs(all_falls - found) > 0.1, "that the whole variance falls as 1 / M is caught"


def test_members_of_a_three_way_design_have_seeds_of_their_own():
    generator = np.random.default_rng(2)
    predictions = crossed(generator, 2, 3)[:, :, None] + crossed(generator, 1, 3)[:, None] * np.ones((2, 1, 1, 1))
    predictions = predictions + generator.standard_normal(predictions.shape)
    parts = squared(predictions, design="crossed", sources=("data", "init", "batch_order"))
    assert most_members(parts.ensemble) == 3
    for members in (2, 3):
        groups = [
            predictions[i, list(first), list(second)]
            for i in range(2)
            for first in combinations(range(3), members)
            for second in permutations(range(3), members)
        ]
        found = committee_risk(parts, "mean", [members])[0]
        assert found == pytest.approx(losses_of_means(np.array(groups)), abs=1e-12)
    places = np.unravel_index(orders(parts.ensemble), parts.sizes)
    assert all(len(set(row)) == 1 for row in places[0])
    assert all(sorted(row) == [0, 1, 2] for place in places[1:] for row in place)


def test_label_noise_is_part_of_the_training_set():
    predictions = crossed(np.random.default_rng(3), 3, 4)
    parts = squared(predictions, design="crossed", sources=("label_noise", "init"))
    assert correlation_of(parts).floor == pytest.approx(parts.variance_label_noise)
    with pytest.raises(ValueError, match="from 1 to 1"):
        committee_risk(squared(predictions, design="crossed", sources=("data", "label_noise")), "mean", [2])


def test_the_correlation_is_the_share_of_the_data_in_the_variance():
    parts = squared(crossed(np.random.default_rng(4), 60, 8, 50), design="crossed")
    exact = correlation_of(parts)
    assert exact.rho == pytest.approx(1 / 2.5, abs=0.03)
    assert exact.floor == pytest.approx(parts.variance_data)
    fitted = fit_correlation(np.arange(1, 9), committee_risk(parts, "mean", range(1, 9)), parts.variance)
    assert fitted == pytest.approx(exact)
    assert fitted.limit == pytest.approx(parts.noise + parts.bias_squared + exact.floor)


def test_bagged_means_of_many_pools_are_correlated_and_those_of_one_pool_are_not():
    # Two bootstrap means of the same n numbers: covariance 1 / n, variance 1 / n + (n - 1) / n^2.
    n, generator = 5, np.random.default_rng(5)
    pools = generator.standard_normal((100, 1, 40, n))
    rows = generator.integers(0, n, (100, 6, 40, n))
    means_IJN = np.take_along_axis(pools, rows, axis=-1).mean(axis=-1)
    parts = decompose(means_IJN, np.zeros(40), noise=0.0, design="crossed")
    assert correlation_of(parts).rho == pytest.approx(n / (2 * n - 1), abs=0.03)
    one_pool = decompose(means_IJN[0], np.zeros(40), noise=0.0)
    risks = committee_risk(one_pool, "mean", range(1, 7))
    assert fit_correlation(np.arange(1, 7), risks, one_pool.variance).rho == pytest.approx(0, abs=1e-9)


def test_a_majority_of_independent_votes_errs_as_the_binomial_law_says():
    outputs, labels = votes_right_with(0.7, 15, 3000)
    parts = decompose(outputs, labels, loss="zero_one", noise=0)
    members = [1, 3, 5, 9, 15]
    right = [sum(comb(m, k) * 0.7**k * 0.3 ** (m - k) for k in range(m // 2 + 1, m + 1)) for m in members]
    found = committee_risk(parts, "vote", members)
    assert found == pytest.approx(1 - np.array(right), abs=0.012)
    assert abs(found[2] - found[0]) > 0.1, "a committee that is no better than one member is caught"
    assert found[0] == pytest.approx(parts.risk)
    assert found[-1] == pytest.approx(parts.noise + parts.systematic_effect), "all of them: the main prediction"


def test_means_of_probabilities_by_hand():
    generator = np.random.default_rng(6)
    logits, distribution = generator.standard_normal((6, 40, 3)), generator.dirichlet(np.ones(3), 40)
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)

    def cross_entropy(q):
        return -np.sum(distribution * np.log(q), axis=-1).mean()

    geometric = np.exp(np.log(p).mean(axis=0))
    geometric /= geometric.sum(axis=-1, keepdims=True)
    entropy = decompose(logits, distribution, loss="cross_entropy", outputs_are="logits")
    assert committee_risk(entropy, "mean", [6])[0] == pytest.approx(cross_entropy(p.mean(axis=0)))
    assert committee_risk(entropy, "geometric_mean", [6])[0] == pytest.approx(cross_entropy(geometric))
    assert committee_risk(entropy, "geometric_mean", [6])[0] == pytest.approx(entropy.noise + entropy.plug_in["bias"])
    zero_one = decompose(logits, distribution, loss="zero_one", outputs_are="logits")
    wrong = 1 - distribution[np.arange(40), p.mean(axis=0).argmax(axis=-1)].mean()
    assert committee_risk(zero_one, "mean", [6])[0] == pytest.approx(wrong)
    pairs = [cross_entropy(p[list(pair)].mean(axis=0)) for pair in combinations(range(6), 2)]
    assert committee_risk(entropy, "mean", [2])[0] == pytest.approx(np.mean(pairs), abs=0.02)


def test_crossed_committees_of_all_members_are_exact_under_every_rule():
    generator = np.random.default_rng(7)
    logits, distribution = generator.standard_normal((3, 4, 30, 3)), generator.dirichlet(np.ones(3), 30)
    for loss in ("squared_error", "zero_one", "cross_entropy"):
        parts = decompose(logits, distribution, loss=loss, outputs_are="logits", design="crossed")
        alone = [decompose(one, distribution, loss=loss, outputs_are="logits") for one in logits]
        for rule in LOSSES[loss].COMMITTEES:
            assert committee_risk(parts, rule, [1])[0] == pytest.approx(parts.risk)
            found = committee_risk(parts, rule, [4])[0]
            assert found == pytest.approx(np.mean([committee_risk(one, rule, [4])[0] for one in alone]))


def test_committees_are_the_same_each_time_and_leave_the_global_generator_alone():
    outputs, labels = votes_right_with(0.6, 9, 50)
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    first, again, other = (
        committee_risk(decompose(outputs, labels, loss="zero_one", seed=seed), "vote", [2, 4]) for seed in (0, 0, 1)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert np.array_equal(state, np.random.get_state()[1])  # noqa: NPY002


def test_the_interval_of_a_committee_covers_its_risk():
    generator, covered, naive = np.random.default_rng(8), 0, 0
    truth = 0.2 + 0.25 + 1 / 5
    for _ in range(300):
        parts = decompose(0.5 + generator.standard_normal((15, 1)) * np.ones(6), np.zeros(6), noise=0.2)
        low, high = exact_interval(parts, 5, 0.95)
        covered += low <= truth <= high
        naive += parts.interval("risk")[0] <= truth <= parts.interval("risk")[1]
        assert exact_interval(parts, 1, 0.9) == pytest.approx(parts.interval("risk", 0.9))
    assert 0.92 <= covered / 300 <= 0.98
    assert naive / 300 < 0.6, "the interval of a single model's risk is caught"


def test_bad_input_is_refused_with_what_was_found():
    parts = squared(np.random.default_rng(9).normal(0.5, 1, (6, 4)))
    with pytest.raises(ValueError, match="'vote' is none of a committee under squared_error: mean"):
        committee_risk(parts, "vote", [2])
    for members in ([0], [7], [2.0], []):
        with pytest.raises(ValueError, match="whole numbers from 1 to 6, as there are 6 models over replicate"):
            committee_risk(parts, "mean", members)
    with pytest.raises(ValueError, match="two sizes"):
        fit_correlation([3, 3], [0.1, 0.1], 1.0)
    with pytest.raises(ValueError, match="a positive one"):
        fit_correlation([1, 2], [0.2, 0.1], 0.0)
    outputs, labels = votes_right_with(0.6, 3, 10)
    with pytest.raises(ValueError, match="no components of variance"):
        correlation_of(decompose(outputs, labels, loss="zero_one"))


@pytest.mark.parametrize("members", [2, 5, 12])
def test_a_committees_interval_holds_less_of_the_spread_between_members_the_larger_it_is(members):
    generator, studies, covered, wide = np.random.default_rng(10), 400, 0, 0
    truth = 0.2 + 0.09 + 1 / members
    for _ in range(studies):
        parts = decompose(0.3 + generator.standard_normal((12, 20)), np.zeros(20), noise=0.2)
        low, high = exact_interval(parts, members, 0.8)
        covered += low <= truth <= high
        one_low, one_high = parts.interval("risk", 0.8)
        wide += abs(committee_risk(parts, "mean", [members])[0] - truth) <= (one_high - one_low) / 2
    assert 0.74 <= covered / studies <= 0.87
    assert wide / studies > 0.89, "as wide an interval as one member's is caught"


@pytest.mark.parametrize("design", ["joint", "crossed"])
def test_no_spread_between_members_is_in_the_interval_of_the_committee_of_all(design):
    # With nothing between training sets the risk of all R members' mean is |m|^2, whatever they differ by.
    apart = np.random.default_rng(11).standard_normal((12, 5))
    apart -= apart.mean(axis=0)
    predictions = 0.8 + (apart if design == "joint" else np.stack([apart, -apart, 2 * apart, -2 * apart]))
    parts = decompose(predictions, np.zeros(5), noise=0.0, design=design)
    moments, value = parts.moments, 0.64
    assert committee_risk(parts, "mean", [12])[0] == pytest.approx(value)
    freedom = 2 * value**2 / moments.variance_of_squared_mean
    wanted = value * freedom / stats.chi2.ppf([0.975, 0.025], freedom)
    assert exact_interval(parts, 12, 0.95) == pytest.approx(tuple(wanted))
    everything = dict.fromkeys([(), *sets_of(len(parts.sizes))], 1.0)
    assert term_variance(moments, everything) > 1.2 * moments.variance_of_squared_mean, "the spread would show"


@pytest.mark.parametrize("scale", [1.0, 50.0, 1e4])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_mean_of_probabilities_that_underflow_is_taken_of_their_logarithms(scale, dtype):
    logits = (scale * np.random.default_rng(9).standard_normal((5, 40, 3))).astype(dtype)
    labels = np.arange(40) % 3
    parts = decompose(logits, labels, loss="cross_entropy", outputs_are="logits")
    logs = log_softmax(logits.astype(float), axis=-1)[:, np.arange(40), labels]
    wanted = np.log(5) - logsumexp(logs, axis=0)
    assert committee_risk(parts, "mean", [5])[0] == pytest.approx(wanted.mean(), rel=1e-12)
    if scale == 1e4:
        with np.errstate(divide="ignore"):
            assert np.log(np.exp(logs).mean(axis=0)).min() == -np.inf, "a mean that underflows is caught"


def test_a_committee_of_confident_members_lacks_of_one_what_its_members_lack():
    logits = np.array([[[-np.log(lack), 0.0]] for lack in (1e-20, 3e-20, 8e-20)])
    parts = decompose(logits, np.array([0]), loss="cross_entropy", outputs_are="logits")
    assert committee_risk(parts, "mean", [3])[0] == pytest.approx(4e-20, rel=1e-12, abs=0)
    geometric = np.exp(np.log([1e-20, 3e-20, 8e-20]).mean())
    assert committee_risk(parts, "geometric_mean", [3])[0] == pytest.approx(geometric, rel=1e-12, abs=0)


def test_a_zero_that_no_term_needs_is_no_part_of_a_mean_of_probabilities():
    p = np.array([[[0.5, 0.5, 0.0]], [[0.25, 0.5, 0.25]], [[0.4, 0.6, 0.0]]])
    parts = decompose(p, np.array([1]), loss="cross_entropy")
    assert committee_risk(parts, "mean", [3])[0] == pytest.approx(-np.log(1.6 / 3))


def test_the_interval_is_a_number_where_hardly_any_risk_is_left():
    generator = np.random.default_rng(8)
    for _ in range(100):
        parts = decompose(np.repeat(generator.standard_normal((10, 1)), 5, axis=1), np.zeros(5), noise=0.0)
        low, high = exact_interval(parts, 10, 0.95)
        assert 0 <= low <= committee_risk(parts, "mean", [10])[0] <= high < 1000
