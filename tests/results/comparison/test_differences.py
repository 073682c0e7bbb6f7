"""The table of differences: exact cases, pairs, and what cannot be compared."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import scipy.stats

from biasvar.results.comparison import comparability
from biasvar.results.comparison.differences import COLUMNS, compare
from biasvar.settings import SettingsError
from biasvar.study.config import Interval
from tests.results.comparison.sides import COLUMNS as OF_CELLS
from tests.results.comparison.sides import POINTS, TARGET, numbers, study

NAMES = ("one", "other")


@pytest.fixture(autouse=True)
def active(monkeypatch):
    """Every source that the hand-made designs vary is active."""
    monkeypatch.setattr(comparability, "sources_of", lambda study: study.design.varied)


def pair(seed=0, replicates=9, common=1.0, **options):
    """Two studies of one cell that share much of their randomness."""
    generator = np.random.default_rng(seed)
    common_R = common * generator.standard_normal(replicates)
    one = numbers(generator, common_R, 0.5, replicates, **options)
    return study(one), study(numbers(generator, common_R, 1.0, replicates, **options))


def risks(cells):
    (cell,) = cells.cells
    return np.square(cell.outputs - TARGET).mean(axis=(1, 2)) + 0.3


def only(found, quantity="risk"):
    (row,) = found.table[found.table["quantity"] == quantity].to_dict("records")
    return row


def test_a_study_against_itself_differs_by_nothing():
    one, _ = pair()
    found = compare((one, one), NAMES)
    assert (found.table[["difference", "low", "high"]] == 0).all().all() and set(found.table["paired"]) == {"yes"}
    assert only(found)["p_a_better"] == 0.5 and only(found)["shared"] == "everything"
    assert list(found.table) == ["width", *COLUMNS] and (found.table["note"] == "").all()


def test_equal_seeds_are_paired_and_the_interval_is_that_of_student():
    one, other = pair()
    row = only(compare((one, other), NAMES))
    expected = scipy.stats.ttest_rel(risks(one), risks(other)).confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high), rel=1e-9)
    assert row["difference"] == pytest.approx(row["a"] - row["b"]) and row["paired"] == "yes"
    assert row["shared"] == "data" and row["p_a_better"] == pytest.approx((risks(one) < risks(other)).mean())


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"seed": 1}, "other study seeds, 0 and 1"),
        ({"seed": None}, "the seeds of predictions made elsewhere are not known"),
        ({"vary": ("init",)}, "they vary no source of randomness in common"),
    ],
)
def test_replicates_without_common_random_numbers_are_independent(changes, why):
    one, other = pair()
    row = only(compare((one, replace(other, **changes)), NAMES))
    expected = scipy.stats.ttest_ind(risks(one), risks(other), equal_var=False).confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high), rel=1e-9)
    assert row["paired"] == "no" and row["note"] == why and row["shared"] == ""
    assert row["p_a_better"] == pytest.approx((risks(one)[:, None] < risks(other)).mean())


def test_other_designs_are_not_paired():
    one, other = pair()
    (cell,) = other.cells
    crossed = replace(cell, sources=("data", "init"), kept=((0, 1, 2),) * 2, sizes=(3, 3))
    crossed = replace(crossed, outputs=cell.outputs.reshape(3, 3, *cell.outputs.shape[1:]))
    row = only(compare((one, study(crossed)), NAMES))
    assert row["note"].startswith("other designs, over replicate and data x init") and row["low"] < row["high"]


def test_differences_add_up_as_the_parts_do():
    one, other = pair()
    found = compare((one, other), NAMES)
    parts = {name: only(found, name)["difference"] for name in ("risk", "noise", "bias_squared", "variance")}
    assert parts["risk"] == pytest.approx(parts["noise"] + parts["bias_squared"] + parts["variance"])
    assert parts["noise"] == only(found, "noise")["high"] == 0


def test_only_replicates_that_both_have_are_paired_and_the_rest_is_counted():
    one, other = pair()
    (cell,) = other.cells
    kept = (0, 2, 3, 5, 6, 8)
    fewer = study(replace(cell, kept=(kept,), sizes=(6,), outputs=cell.outputs[list(kept)]))
    found = compare((one, fewer), NAMES)
    row = only(found)
    expected = scipy.stats.ttest_rel(risks(one)[list(kept)], risks(fewer)).confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high), rel=1e-9)
    assert row["a"] == pytest.approx(risks(one)[list(kept)].mean()) and (row["n_a"], row["n_b"]) == (6, 6)
    assert row["note"] == "left out: 3 models of A that B lacks"
    assert only(found, "variance")["note"] == row["note"]


def test_replicates_that_no_cell_shares_are_not_paired():
    one, other = pair()
    halves = []
    for kept, (cell,) in (((0, 1, 2, 3), one.cells), ((4, 5, 6, 7, 8), other.cells)):
        halves.append(study(replace(cell, kept=(kept,), sizes=(len(kept),), outputs=cell.outputs[list(kept)])))
    row = only(compare(tuple(halves), NAMES))
    assert row["paired"] == "no" and row["note"] == "fewer than two replicates in common" and row["n_b"] == 5


def test_a_cell_without_an_estimate_costs_no_other():
    generator = np.random.default_rng(0)
    cells = [numbers(generator, width=width) for width in (1, 2)]
    gone = replace(cells[0], outputs=None, kept=((),), sizes=(0,), gaps="9 diverged (in epoch 3)")
    found = compare((study(*cells), study(gone, cells[1])), NAMES)
    lost, *others = found.table.to_dict("records")
    assert np.isnan(lost["difference"]) and "B: no estimate: 9 diverged" in lost["note"]
    assert {row["width"] for row in others} == {2} and only_risk(others)["difference"] == 0


def only_risk(rows):
    return next(row for row in rows if row["quantity"] == "risk")


def test_two_replicates_have_parts_without_intervals():
    one, other = pair(replicates=2)
    row = only(compare((one, other), NAMES), "variance")
    assert np.isnan(row["low"]) and np.isfinite(row["difference"]) and "fewer than 3 replicates" in row["note"]


def test_the_higher_level_and_the_wider_scope_decide():
    one, other = pair()
    wide = replace(other, interval=Interval(level=0.99, over="replicates_and_points"))
    plain, found = compare((one, other), NAMES), compare((one, wide), NAMES)
    assert (found.level, found.over) == (0.99, "replicates_and_points")
    assert only(found)["high"] - only(found)["low"] > only(plain)["high"] - only(plain)["low"]
    assert only(found, "noise")["high"] == 0


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"target": TARGET + 1}, "another target at the evaluation points"),
        ({"noise_N": np.full(15, 0.2)}, "another noise at the evaluation points"),
        ({"noise_N": None}, "another noise at the evaluation points"),
        ({"weights_N": np.arange(15.0)}, "other weights of the evaluation points"),
        ({"losses": ("absolute_error",)}, "another loss, squared_error against absolute_error"),
        ({"columns": OF_CELLS | {"outputs": 2}}, "other outputs, 1 and 2 of them"),
        ({"task": "classification"}, "other outputs, for regression and for classification"),
        ({"target": TARGET[:9]}, "other evaluation points, 15 and 9"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(change, why):
    one, other = pair()
    (cell,) = other.cells
    with pytest.raises(SettingsError, match=f"one and other cannot be compared: {why}"):
        compare((one, study(replace(cell, **change))), NAMES)


def test_other_inputs_are_refused_and_unknown_ones_are_not():
    one, other = pair()
    with pytest.raises(SettingsError, match="cannot be compared: other evaluation points"):
        compare((one, replace(other, x_ND=POINTS + 1)), NAMES)
    assert len(compare((one, replace(other, x_ND=np.zeros((15, 0)))), NAMES).table)


def test_cells_that_cannot_be_compared_are_left_out_beside_others():
    generator = np.random.default_rng(0)
    cells = [numbers(generator, width=width) for width in (1, 2)]
    found = compare((study(*cells), study(cells[0], replace(cells[1], target=TARGET + 1))), NAMES)
    assert found.left_out == ("left out: 1 pair of cells, another target at the evaluation points",)
    assert set(found.table["width"]) == {1}


@pytest.mark.slow
def test_the_intervals_of_paired_and_independent_parts_cover():
    """At a nominal 95 %, with 12 replicates at 15 points; those whose tails are taken for heavy have no interval."""
    truth, covered, known = {"risk": -0.1875, "variance": -0.1875, "bias_squared": 0.0}, Counter(), Counter()
    for seed in range(500):
        one, other = pair(seed, 12, 0.4)
        for way, against, its_seed in (("paired", other, 0), ("independent", pair(seed + 10_000, 12, 0.4)[1], 1)):
            rows = compare((one, replace(against, seed=its_seed)), NAMES).table.to_dict("records")
            for row in (row for row in rows if row["quantity"] in truth and np.isfinite(row["low"])):
                known[way, row["quantity"]] += 1
                covered[way, row["quantity"]] += row["low"] <= truth[row["quantity"]] <= row["high"]
    shares = {key: covered[key] / count for key, count in known.items()}
    print(shares, {key: count / 500 for key, count in known.items()})
    assert len(shares) == 6 and all(share > 0.92 for share in shares.values()), shares
