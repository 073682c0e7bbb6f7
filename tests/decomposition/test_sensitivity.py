"""Estimates at fewer replicates: means over all subsets where there is a formula, known numbers where there is none."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from biasvar.decomposition import decompose
from biasvar.decomposition.sensitivity import below_resolution, numbers_up_to, sensitivity


def rows_of(parts, quantity):
    """The rows of one quantity: replicates -> (plug-in, corrected)."""
    return {row.at_replicates: (row.plug_in, row.corrected) for row in sensitivity(parts) if row.quantity == quantity}


def test_numbers_grow_by_steps_up_to_half_and_end_at_all():
    assert numbers_up_to(60) == [2, 3, 5, 10, 20, 60]
    assert numbers_up_to(200) == [2, 3, 5, 10, 20, 50, 100, 200]
    assert numbers_up_to(3) == [3]
    assert numbers_up_to(2) == [2]


def test_squared_error_is_the_mean_over_all_subsets():
    predictions_RN, target_N = np.random.default_rng(0).normal(0.5, 1, (6, 3)), np.zeros(3)
    parts = decompose(predictions_RN, target_N, noise=0.1)
    subsets = [decompose(predictions_RN[list(one)], target_N, noise=0.1) for one in combinations(range(6), 3)]
    for name in ("bias_squared", "variance"):
        plug_in, corrected = rows_of(parts, name)[3]
        assert plug_in == pytest.approx(np.mean([one.plug_in[name] for one in subsets]))
        assert corrected == pytest.approx(np.mean([getattr(one, name) for one in subsets]))
        assert {round(pair[1], 12) for pair in rows_of(parts, name).values()} == {round(corrected, 12)}
    at_3 = rows_of(parts, "bias_squared")[3][0]
    assert at_3 == pytest.approx(parts.bias_squared + parts.variance / 3)
    assert abs(at_3 - (parts.bias_squared + parts.variance / 6)) > 0.1, "the correction at all replicates is caught"


def test_a_crossed_design_has_fewer_seeds_of_each_source():
    predictions_IJN = np.random.default_rng(1).normal(0.5, 1, (4, 4, 3)) + np.arange(4)[:, None, None]
    parts = decompose(predictions_IJN, np.zeros(3), noise=0.1, design="crossed")
    pairs = [(list(i), list(j)) for i in combinations(range(4), 2) for j in combinations(range(4), 2)]
    subsets = [decompose(predictions_IJN[i][:, j], np.zeros(3), noise=0.1, design="crossed") for i, j in pairs]
    for name in ("bias_squared", "variance"):
        plug_in, corrected = rows_of(parts, name)[2]
        assert plug_in == pytest.approx(np.mean([one.plug_in[name] for one in subsets]))
        assert corrected == pytest.approx(np.mean([getattr(one, name) for one in subsets]))


def test_votes_as_reference_keep_their_own_error_in_the_plug_in_bias():
    generator = np.random.default_rng(2)
    votes, outputs = generator.multinomial(20, [0.5, 0.3, 0.2], 10), generator.dirichlet(np.ones(3), (6, 10))
    parts = decompose(outputs, votes, outputs_are="probabilities")
    assert rows_of(parts, "bias_squared")[6] == pytest.approx((parts.plug_in["bias_squared"], parts.bias_squared))


def test_the_bias_of_a_majority_vote_is_what_the_binomial_law_says():
    right_RN = np.random.default_rng(3).random((100, 4000)) < 0.6
    parts = decompose((~right_RN).astype(int), np.zeros(4000, dtype=int), loss="zero_one", noise=0)
    found = rows_of(parts, "bias")
    for replicates in (3, 5, 10, 50):
        right = stats.binom(replicates, 0.6)
        ties = 0 if replicates % 2 else right.pmf(replicates // 2)
        wrong = right.cdf((replicates - 1) // 2)
        assert found[replicates][0] == pytest.approx(wrong + ties / 2, abs=0.01)
        assert ties < 0.02 or abs(found[replicates][0] - wrong) > 0.015, "ties that are all won are caught"
        assert np.isnan(found[replicates][1]), "no correction is known"
    assert found[3][0] == pytest.approx(0.352, abs=0.01)
    assert abs(found[100][0] - found[50][0]) > 0.02, "the bias at all replicates does not pass for that at fifty"
    kohavi_wolpert = rows_of(parts, "kw_bias_squared")
    assert all(corrected == pytest.approx(0.4**2, abs=0.01) for _, corrected in kohavi_wolpert.values())
    assert kohavi_wolpert[2][0] > 0.16 + 0.05


def test_the_jackknife_of_the_cross_entropy_depends_less_on_the_number_of_replicates():
    generator = np.random.default_rng(4)
    distribution = np.full((300, 3), 1 / 3)
    parts = decompose(generator.normal(0, 1.0, (40, 300, 3)), distribution, loss="cross_entropy", outputs_are="logits")
    bias = rows_of(parts, "bias")
    truth = bias[40][1]
    assert bias[3][0] - truth > 0.1
    assert all(abs(corrected - truth) < 0.25 * abs(plug_in - truth) for plug_in, corrected in list(bias.values())[1:-1])


def test_at_all_replicates_the_numbers_are_those_of_the_decomposition():
    generator = np.random.default_rng(5)
    logits, distribution = generator.standard_normal((8, 30, 3)), generator.dirichlet(np.ones(3), 30)
    crossed = logits.reshape(2, 4, 30, 3)
    for loss in ("squared_error", "zero_one", "cross_entropy"):
        parts = decompose(logits, distribution, loss=loss, outputs_are="logits")
        last = [row for row in sensitivity(parts) if row.at_replicates == 8]
        assert last
        for row in last:
            assert row.plug_in == pytest.approx(parts.plug_in[row.quantity])
            assert np.isnan(row.corrected) or row.corrected == pytest.approx(getattr(parts, row.quantity))
        grid = decompose(crossed, distribution, loss=loss, outputs_are="logits", design="crossed")
        assert {row.at_replicates for row in sensitivity(grid)} == {2}, "so many as the source with fewest has"


def test_a_loss_without_plug_in_estimates_has_no_rows():
    assert sensitivity(decompose(np.zeros((4, 5)), np.ones(5), loss="absolute_error", noise=0)) == []


def test_a_bias_below_its_resolution_is_told():
    generator = np.random.default_rng(6)
    told = [
        below_resolution(decompose(generator.standard_normal((10, 20)), np.zeros(20), noise=0.0), 0.95)
        for _ in range(100)
    ]
    assert np.mean(told) > 0.9
    far = decompose(generator.normal(2, 1, (10, 20)), np.zeros(20), noise=0.0)
    assert not below_resolution(far, 0.95)
    assert decompose(generator.standard_normal((10, 20)), np.zeros(20), noise=0.0).plug_in["bias_squared"] > 0
    with pytest.raises(ValueError, match="absolute_error defines no bias"):
        below_resolution(decompose(np.zeros((4, 5)), np.ones(5), loss="absolute_error", noise=0))
