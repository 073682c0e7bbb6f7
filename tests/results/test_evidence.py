"""A statement on a curve's shape holds with the evidence of paired differences, and a flat curve has no shape."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from biasvar.report.words.summary import summary
from biasvar.results.shapes.evidence import (
    NO,
    TOO_FEW,
    UNDECIDED,
    YES,
    double_descent,
    minimum,
    monotone,
    statements,
    u_shaped,
)
from biasvar.results.shapes.evidence_table import curves_table, evidence_of
from biasvar.results.shapes.paired import Halves
from biasvar.results.tables import write_csv

CURVES = {
    "U": np.array([9.0, 4.0, 1.0, 1.0, 3.0, 8.0]),
    "descent": np.array([5.0, 2.0, 4.0, 9.0, 3.0, 1.0]),
    "falls": np.array([9.0, 7.0, 5.0, 3.0, 2.0, 1.0]),
}


def halves(risk_PR, level=0.95):
    """Return the even and the odd replicates of some risks."""
    even_R = np.arange(risk_PR.shape[1]) % 2 == 0
    return Halves(risk_PR, even_R, ~even_R, level)


def replicates_about(risk_P, replicates=20, shared=3.0, own=0.3, seed=0):
    """Return risks that replicates have in common draws: a large effect shared by all places, a small one of each."""
    generator = np.random.default_rng(seed)
    both = shared * generator.standard_normal(replicates)
    return risk_P[:, None] + both + own * generator.standard_normal((len(risk_P), replicates))


class HighestMean(Halves):
    """Places chosen by their mean alone."""

    def gaps(self):
        mean_PP, _ = super().gaps()
        return mean_PP, np.ones_like(mean_PP)


def verdicts(risk_PR):
    """Return the verdict on each statement."""
    part = halves(risk_PR)
    return {statement.name: statement.verdict for statement in statements(part, part)}


def test_shapes_are_recognised_though_replicates_differ_more_than_places():
    found = {name: verdicts(replicates_about(curve)) for name, curve in CURVES.items()}
    assert found["U"] == {"minimum": UNDECIDED, "U-shaped": YES, "double descent": NO, "monotone": NO}
    assert found["descent"] == {"minimum": YES, "U-shaped": NO, "double descent": YES, "monotone": NO}
    assert found["falls"] == {"minimum": YES, "U-shaped": NO, "double descent": NO, "monotone": YES}


def test_without_pairing_the_same_replicates_show_nothing():
    risk_PR = replicates_about(CURVES["U"], shared=30.0)
    generator = np.random.default_rng(1)
    unpaired_PR = np.array([generator.permutation(risk_R) for risk_R in risk_PR])
    assert u_shaped(halves(risk_PR)).verdict == YES
    assert u_shaped(halves(unpaired_PR)).verdict == UNDECIDED


def test_a_difference_is_the_paired_mean_with_students_interval():
    risk_PR = replicates_about(CURVES["U"])
    gap = halves(risk_PR).tested(0, 2)
    expected = stats.ttest_rel(risk_PR[0, 1::2], risk_PR[2, 1::2])
    low, high = expected.confidence_interval(0.95)
    assert gap.n == 10
    np.testing.assert_allclose([gap.low, gap.high], [low, high], rtol=1e-12)
    np.testing.assert_allclose(gap.value, (risk_PR[0, 1::2] - risk_PR[2, 1::2]).mean(), rtol=1e-12)


def test_on_flat_curves_claims_are_as_rare_as_the_level_says_but_not_where_places_and_tests_share_replicates():
    generator = np.random.default_rng(0)
    counts = dict.fromkeys(("split", "same"), 0)
    rises, studies = dict(counts), 200
    for _ in range(studies):
        apart = halves(generator.standard_normal((20, 40)) + generator.standard_normal(40))
        for name, part in (("split", apart), ("same", dataclasses.replace(apart, choose_R=apart.test_R))):
            counts[name] += double_descent(part).verdict == YES
            rises[name] += monotone(part).verdict == NO
    # Of 200 studies at most 5 are expected; more than 13 of them in fewer than one run of 1,000.
    assert counts["split"] <= 13
    assert rises["split"] <= 13
    assert counts["same"] > 50
    assert rises["same"] > 100


def test_the_interval_of_a_difference_covers_the_truth_also_where_places_were_chosen():
    generator, covered, studies = np.random.default_rng(2), {"split": 0, "same": 0}, 300
    for _ in range(studies):
        apart = halves(generator.standard_normal((20, 40)))
        for name, part in (("split", apart), ("same", dataclasses.replace(apart, choose_R=apart.test_R))):
            (gap,) = monotone(part).differences
            covered[name] += gap.low <= 0 <= gap.high
    assert 0.91 <= covered["split"] / studies <= 0.99
    assert covered["same"] / studies < 0.5


def test_places_that_cannot_be_told_apart_from_the_minimum_are_named():
    found = minimum(halves(replicates_about(np.array([5.0, 1.0, 1.01, 3.0]), replicates=40)))
    assert sorted(found.places) == [1, 2]
    risk, *gaps = found.differences
    assert (risk.second, len(gaps)) == (None, 3)


def test_a_peak_without_finite_variance_does_not_hide_the_double_descent():
    generator, counts, studies = np.random.default_rng(3), {"clear": 0, "highest": 0}, 50
    for seed in range(studies):
        calm_PR = replicates_about(CURVES["descent"], replicates=40, seed=seed)
        clear = halves(np.insert(calm_PR, 4, 9 + 1 / generator.standard_normal(40) ** 2, axis=0))
        for name, part in (("clear", clear), ("highest", HighestMean(**vars(clear)))):
            counts[name] += double_descent(part).verdict == YES
    assert counts["clear"] >= 0.9 * studies
    assert counts["highest"] <= 0.5 * studies


@pytest.mark.parametrize("replicates", [2, 7])
def test_fewer_than_eight_replicates_are_too_few(replicates):
    assert set(verdicts(replicates_about(CURVES["U"], replicates)).values()) == {TOO_FEW}
    assert TOO_FEW not in verdicts(replicates_about(CURVES["U"], 8)).values()


def test_only_replicates_that_both_places_have_are_compared():
    risk_PR = replicates_about(CURVES["U"])
    risk_PR[2, [3, 5]] = np.nan
    gap = halves(risk_PR).tested(0, 2)
    kept = [1, 7, 9, 11, 13, 15, 17, 19]
    assert gap.n == 8
    np.testing.assert_allclose(gap.value, (risk_PR[0] - risk_PR[2])[kept].mean())


def test_two_places_have_a_minimum_and_may_fall_and_no_other_shape():
    assert verdicts(replicates_about(np.array([5.0, 1.0]))) == {"minimum": YES, "monotone": YES}


def test_evidence_is_that_of_the_tables_curve(studies, with_replicates):
    results = with_replicates(studies["plain_descent"]())
    (evidence,) = evidence_of(results, "squared_error")
    assert evidence.x.tolist() == results.table["capacity"].tolist()
    found = {statement.name: statement for statement in evidence.statements}
    assert found["double descent"].verdict == YES
    assert evidence.x[found["double descent"].places[1]] == 100
    # Asked for below the measured threshold of 100 only.
    assert evidence.x[found["U-shaped"].places[-1]] == 90


def test_a_cell_with_too_few_replicates_is_left_out_and_named(studies, with_replicates):
    results = with_replicates(studies["u"]())
    numbers, risk = results.replicate_risk[4, "squared_error"]
    few = {(4, "squared_error"): (numbers[:3], risk[:3])}
    results = dataclasses.replace(results, replicate_risk=results.replicate_risk | few)
    (evidence,) = evidence_of(results, "squared_error")
    assert evidence.left_out.tolist() == [5]
    assert "Left out of this: 5, where replicates are too few." in summary(results)[1]


def test_curves_csv_has_every_difference_with_its_interval(studies, with_replicates, tmp_path):
    results = with_replicates(studies["descent"]())
    write_csv(tmp_path / "curves.csv", curves_table(results))
    table = pd.read_csv(tmp_path / "curves.csv")
    assert set(table["condition"]) == {"weight decay = 0", "weight decay = 0.001", "weight decay = 0.1"}
    assert set(table["statement"]) == {"minimum", "U-shaped", "double descent", "monotone"}
    assert (table["low"] <= table["estimate"]).all()
    assert (table["estimate"] <= table["high"]).all()
    assert (table["n"] == 20).all()
    two = table[(table["statement"] == "double descent") & (table["condition"] == "weight decay = 0")]
    assert two["verdict"].tolist() == [YES, YES]
    assert two["at"].tolist() == [100, 100]
    assert (two["minus_at"].to_numpy() < 100).tolist() == [True, False]
    assert "given the pool" not in table["method"].iloc[0]


def test_curves_csv_is_there_without_evidence_and_the_same_bytes_twice(studies, with_replicates, tmp_path):
    write_csv(tmp_path / "curves.csv", curves_table(studies["words"]()))
    assert pd.read_csv(tmp_path / "curves.csv").empty
    results = with_replicates(studies["many"]())
    write_csv(tmp_path / "curves.csv", curves_table(results))
    first = (tmp_path / "curves.csv").read_bytes()
    write_csv(tmp_path / "curves.csv", curves_table(results))
    assert (tmp_path / "curves.csv").read_bytes() == first


def test_too_few_replicates_are_said_in_the_table_and_in_words(studies, with_replicates, tmp_path):
    results = with_replicates(studies["u"](), replicates=6)
    write_csv(tmp_path / "curves.csv", curves_table(results))
    table = pd.read_csv(tmp_path / "curves.csv")
    assert set(table["verdict"]) == {TOO_FEW}
    assert table["estimate"].isna().all()
    assert "Too few replicates to tell its shape" in summary(results)[1]


def test_the_summary_says_the_shape_with_its_evidence(studies, with_replicates):
    (_, curve, how) = summary(with_replicates(studies["plain_descent"]()))
    assert "Double descent: yes, with risk(100) − risk(" in curve
    assert "Monotone: no, with risk(100) − risk(" in curve
    assert "places chosen on the even replicates, differences taken on the odd ones: paired by replicate" in how
    assert "at 95 %, n = 20." in how
    (_, curve, _) = summary(with_replicates(studies["u"]()))
    assert "Every place is told apart from the minimum chosen on the even replicates, 5." in curve
    assert "U-shaped: yes, with risk(1) − risk(" in curve


def test_the_minimum_of_the_curve_and_the_one_chosen_on_half_of_the_replicates_may_be_two(studies, with_replicates):
    results = with_replicates(studies["u"]())
    risks = {
        (cell, loss): (numbers, risk - 9.0 * (cell == 9) * (numbers % 2 == 0))
        for (cell, loss), (numbers, risk) in results.replicate_risk.items()
    }
    (_, curve, _) = summary(dataclasses.replace(results, replicate_risk=risks))
    assert "the risk is least, 0.190 (0.171 to 0.209), at degree = 5" in curve
    assert "the minimum chosen on the even replicates, 10" in curve


def test_crossed_models_are_paired_by_seed(studies, with_replicates):
    results = with_replicates(studies["u"]())
    table = results.table.assign(design="crossed", vary="data × init+batch_order", n_ok=1600, n_planned=1600)
    results = dataclasses.replace(results, table=table)
    (varied, curve, how) = summary(results)
    assert "1,600 of 1,600 planned models a cell" in varied
    assert "the minimum chosen on the even seeds, 5" in curve
    assert "places chosen on the even seeds" in how and "paired by seed (models with the same seed of every" in how
    assert "replicate" not in curve + how
    few = with_replicates(results, replicates=6)
    assert "Too few seeds to tell its shape" in summary(few)[1]
