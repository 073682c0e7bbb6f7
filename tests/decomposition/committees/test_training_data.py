"""The risk of committees from their own training data: exact means over enumerated data sets, and known simulations."""

import runpy
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest

from biasvar.decomposition.committees.generalised_cross_validation import Residuals, corrected_gcv_risk, gcv_risk
from biasvar.decomposition.committees.out_of_bag import OutOfBagRisk, extrapolated_risk, out_of_bag_risk

SCRIPT = runpy.run_path(str(Path(__file__).parents[3] / "scripts" / "committee_coverage.py"))


def in_bag(subsets, rows):
    """Whether each subset has each row, [M, n]."""
    found = np.zeros((len(subsets), rows), dtype=bool)
    for place, subset in enumerate(subsets):
        found[place, list(subset)] = True
    return found


def test_out_of_bag_risk_is_exact_on_average_over_every_data_set():
    # Members predict the mean of 2 of 5 fair coins. With o shared rows the mean of two has variance (1 + o / 2) / 16.
    n, k, variance = 5, 2, 0.25
    subsets = list(combinations(range(n), k))
    fitted_Mn = in_bag(subsets, n)
    found, everywhere = [], []
    for coins in product([0.0, 1.0], repeat=n):
        target_nK = np.array(coins)[:, None]
        predictions_MnK = np.array([np.full((n, 1), target_nK[list(subset)].mean()) for subset in subsets])
        found.append(out_of_bag_risk(predictions_MnK, target_nK, ~fitted_Mn))
        everywhere.append(out_of_bag_risk(predictions_MnK, target_nK, np.ones_like(fitted_Mn)))
    shared = [len(set(one) & set(other)) for one, other in combinations(subsets, 2)]
    assert np.mean([one.one for one in found]) == pytest.approx(variance * (1 + 1 / k))
    of_two = np.mean([(2 / k + 2 * o / k**2) / 4 for o in shared])
    assert np.mean([one.two for one in found]) == pytest.approx(variance * (1 + of_two))
    assert np.mean([one.one for one in everywhere]) < 0.8 * variance * (1 + 1 / k), "rows that were fitted are caught"


def test_pairs_count_the_same_however_many_rows_they_leave_out():
    generator = np.random.default_rng(0)
    predictions_MnK, target_nK = generator.standard_normal((4, 9, 2)), generator.standard_normal((9, 2))
    out_Mn = generator.random((4, 9)) < 0.8
    pairs = []
    for one, other in combinations(range(4), 2):
        left = out_Mn[one] & out_Mn[other]
        mean_nK = (predictions_MnK[one] + predictions_MnK[other]) / 2
        pairs.append(np.mean(np.sum((mean_nK - target_nK)[left] ** 2, axis=1)))
    single = [np.mean(np.sum((predictions_MnK[m] - target_nK)[out_Mn[m]] ** 2, axis=1)) for m in range(4)]
    found = out_of_bag_risk(predictions_MnK, target_nK, out_Mn)
    assert found.one == pytest.approx(np.mean(single)) and found.two == pytest.approx(np.mean(pairs))


def test_one_and_two_members_give_the_mean_over_every_committee_of_any_number():
    generator = np.random.default_rng(1)
    predictions_MnK, target_nK = generator.standard_normal((6, 7, 1)) + 1, generator.standard_normal((7, 1))
    everywhere = out_of_bag_risk(predictions_MnK, target_nK, np.ones((6, 7), dtype=bool))
    for members in range(1, 7):
        means = [predictions_MnK[list(chosen)].mean(axis=0) for chosen in combinations(range(6), members)]
        wanted = np.mean([np.mean((mean_nK - target_nK) ** 2) for mean_nK in means])
        assert extrapolated_risk(everywhere, [members])[0] == pytest.approx(wanted)
    assert extrapolated_risk(OutOfBagRisk(3.0, 2.0), [10**9])[0] == pytest.approx(2 * 2.0 - 3.0)


def test_sets_that_leave_no_row_out_are_refused():
    predictions_MnK, target_nK = np.zeros((2, 4, 1)), np.zeros((4, 1))
    disjoint = ~in_bag([(0, 1), (2, 3)], 4)
    with pytest.raises(ValueError, match="some pair of members leaves no row out"):
        out_of_bag_risk(predictions_MnK, target_nK, disjoint)
    with pytest.raises(ValueError, match=r"expected \[M, n, K\], \[n, K\] and \[M, n\]"):
        out_of_bag_risk(predictions_MnK[..., 0], target_nK, disjoint)
    with pytest.raises(ValueError, match="expected at least 2"):
        out_of_bag_risk(predictions_MnK[:1], target_nK, disjoint[:1])


def ridge(generator, n, p, k, lam, members):
    """A data set with members fitted to k of its n rows."""
    return SCRIPT["data_set"](generator, SCRIPT["Setting"](n, p, k, lam, 1.0), members)


def test_generalised_cross_validation_is_the_formula_for_all_members_and_the_mean_over_subsets_of_fewer():
    _, predictions_MnK, target_nK, _, freedom_M = ridge(np.random.default_rng(2), 30, 6, 12, 0.1, 5)
    n, k, d = 30, 12, freedom_M.mean() / 30
    fits = Residuals(predictions_MnK - target_nK, freedom_M, k)
    squares = [np.mean((predictions_MnK[m] - target_nK) ** 2) for m in range(5)]
    apart = [
        (n / k - 1) * square / (1 - 2 * df / n + df**2 / (k * n)) for square, df in zip(squares, freedom_M, strict=True)
    ]
    for members in range(1, 6):
        means = [np.mean(predictions_MnK[list(c)], axis=0) for c in combinations(range(5), members)]
        plain = np.mean([np.mean((mean_nK - target_nK) ** 2) for mean_nK in means]) / (1 - d) ** 2
        assert gcv_risk(fits, [members])[0] == pytest.approx(plain)
        excess = d**2 / (1 - d) ** 2 / members**2 * members * np.mean(apart)
        assert corrected_gcv_risk(fits, [members])[0] == pytest.approx(plain - excess)


def test_a_single_fit_of_all_rows_has_nothing_to_correct():
    _, predictions_MnK, target_nK, _, freedom_M = ridge(np.random.default_rng(3), 20, 4, 20, 0.3, 2)
    fits = Residuals(predictions_MnK - target_nK, freedom_M, 20)
    assert corrected_gcv_risk(fits, [1, 2]) == pytest.approx(gcv_risk(fits, [1, 2]))
    (one,) = gcv_risk(fits, [1])  # both members are the same fit
    assert one == pytest.approx(np.mean((predictions_MnK[0] - target_nK) ** 2) / (1 - freedom_M[0] / 20) ** 2)


def test_both_find_the_risk_of_every_number_of_members_and_plain_gcv_does_not():
    # n = 400, p = 100, k = 130, lambda = .01: risk 2.047 of three members, plain GCV 2.286 (their own simulations).
    generator, studies, found = np.random.default_rng(4), 40, []
    for _ in range(studies):
        one = ridge(generator, 400, 100, 130, 0.01, 50)
        found.append([one.risk_M, *SCRIPT["estimates"](one, 130)])
    apart = np.array(found)[:, 1:] - np.array(found)[:, :1]
    error_ES = apart.std(axis=0, ddof=1) / np.sqrt(studies)
    within = 4 * error_ES[:2] + 0.005 * np.mean(found, axis=0)[0]
    assert (np.abs(apart.mean(axis=0)[:2]) < within).all()
    for members, wanted in ((1, 0.208), (3, 0.120), (10, 0.048)):
        share = apart.mean(axis=0)[2, members - 1] / np.mean(found, axis=0)[0, members - 1]
        assert share == pytest.approx(wanted, abs=0.02), "the error of plain GCV"
    assert np.mean(found, axis=0)[0, 2] == pytest.approx(2.047, rel=0.02)


@pytest.mark.parametrize(
    ("shape", "freedom", "fitted", "what"),
    [
        ((3, 5), [1.0, 1, 1], 4, "expected \\[M, n, K\\]"),
        ((3, 5, 1), [1.0, 1], 4, "expected \\[M, n, K\\]"),
        ((2, 5, 1), [1.0, 1], 6, "fitted to 6 rows"),
        ((2, 5, 1), [1.0, 5], 4, "degrees of freedom lie beyond"),
        ((2, 5, 1), [5.0, 5], 5, "degrees of freedom lie beyond"),
    ],
)
def test_what_is_no_fit_of_some_rows_is_refused(shape, freedom, fitted, what):
    with pytest.raises(ValueError, match=what):
        Residuals(np.zeros(shape), np.array(freedom), fitted)
    with pytest.raises(ValueError, match="expected whole numbers from 1 to 2"):
        gcv_risk(Residuals(np.zeros((2, 5, 1)), np.ones(2), 4), [3])
