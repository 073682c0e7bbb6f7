"""Predictions made elsewhere: what they are taken for, and that the table has the numbers of ``decompose``."""

import re

import numpy as np
import pandas as pd
import pytest

import biasvar
from biasvar.results.given.read import given_cells
from biasvar.results.given.settings import settings_of
from biasvar.results.table import build_results
from biasvar.settings import SettingsError

GENERATOR = np.random.default_rng(0)
NUMBERS = GENERATOR.standard_normal((6, 20))
LOGITS = GENERATOR.standard_normal((6, 20, 3))
PROBABILITIES = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=-1, keepdims=True)
SHARES = GENERATOR.dirichlet(np.ones(3), 20)
VOTES = GENERATOR.multinomial(20, SHARES)
CLASSES = VOTES.argmax(axis=1)
TEXTS = np.array(["ant", "bee", "cat"])
CASES = {
    "numbers and labels": ((NUMBERS, np.zeros(20)), {}, ("values", "labels")),
    "numbers and f*": ((NUMBERS, np.zeros(20)), {"noise": 0.1}, ("values", "distribution")),
    "several numbers": ((LOGITS, np.zeros((20, 3))), {"noise": 0.1}, ("values", "distribution")),
    "probabilities and labels": ((PROBABILITIES, CLASSES), {}, ("probabilities", "labels")),
    "probabilities and names": ((PROBABILITIES, TEXTS[CLASSES]), {"labels": list(TEXTS)}, ("probabilities", "labels")),
    "probabilities and a distribution": ((PROBABILITIES, SHARES), {}, ("probabilities", "distribution")),
    "logits and votes": ((LOGITS, None), {"counts": VOTES, "outputs_are": "logits"}, ("logits", "votes")),
    "labels without noise": ((PROBABILITIES, CLASSES), {"noise": 0}, ("probabilities", "distribution")),
    "names": ((TEXTS[LOGITS.argmax(axis=-1)], TEXTS[CLASSES]), {}, ("labels", "labels")),
    "numbers of classes": ((LOGITS.argmax(axis=-1), CLASSES), {"outputs_are": "labels"}, ("labels", "labels")),
}  # fmt: skip


def cells_of(predictions, target=None, outputs_are=None, **options):
    """Return the cells of predictions with 100 resamples."""
    settings = settings_of({"outputs_are": outputs_are}, ["interval.resamples=100"])
    return given_cells(predictions, target, settings=settings, **options)


@pytest.mark.parametrize("case", CASES)
def test_each_kind_has_the_numbers_of_decompose(case):
    (predictions, target), options, (kind, reference) = CASES[case]
    cells = cells_of(predictions, target, **options)
    table = build_results(cells).table
    assert cells.outputs_are == kind and set(table["reference"]) == {reference}
    beside = {name: value for name, value in options.items() if name in ("noise", "labels", "outputs_are")}
    beside |= {"outputs_are": kind} if kind == "probabilities" else {}
    target = options.get("counts", target)
    for _, row in table.iterrows():
        expected = biasvar.decompose(predictions, target, loss=row["loss"], design="joint", resamples=100, **beside)
        for name in ("risk", "noise", "bias_squared", "bias_squared_plus_noise", "bias", "variance", "kw_variance"):
            value = np.nan if getattr(expected, name) is None else getattr(expected, name)
            assert row[name] == pytest.approx(value, rel=1e-12, nan_ok=True), (row["loss"], name)
            if name in expected.estimated:
                low, high = expected.interval(name)
                assert (row[f"{name}_low"], row[f"{name}_high"]) == pytest.approx((low, high), rel=1e-12)
    again = build_results(cells_of(cells.predictions(0, pytest.fail))).table
    pd.testing.assert_frame_equal(again, table, check_exact=True)


def test_losses_are_all_that_fit():
    classes = ("squared_error", "zero_one", "cross_entropy")
    fitting = {"values": ("squared_error",), "labels": ("zero_one",), "probabilities": classes, "logits": classes}
    for (predictions, target), options, (kind, _) in CASES.values():
        assert cells_of(predictions, target, **options).losses == fitting[kind]


@pytest.fixture(scope="module")
def grid():
    """Predictions of twelve cells over three axes."""
    return {(kind, width, decay): NUMBERS * width for kind in "ab" for width in (1, 2, 4) for decay in (0.1, 1)}


AXES = ["kind", "width", "decay"]


def test_the_first_axis_with_numbers_or_a_named_one_is_the_capacity(grid):
    first = cells_of(grid, np.zeros(20), axes=AXES)
    assert first.capacity_key == "width" and first.head.axes == tuple(AXES)
    named = given_cells(grid, np.zeros(20), axes=AXES, settings=settings_of({}, ["capacity=decay"]))
    assert named.capacity_key == "decay" and named.ensemble(3).columns["capacity"] == 1
    assert cells_of({"a": NUMBERS, "b": NUMBERS}, np.zeros(20), axes=["kind"]).capacity_key is None


@pytest.mark.slow
@pytest.mark.ci
def test_the_page_has_curves_and_says_nothing_of_what_nobody_knows(tmp_path, grid):
    study = biasvar.from_predictions(grid, np.zeros(20), axes=AXES, out=tmp_path)
    assert all(one.x.tolist() == [1, 2, 4] for panel in study.plot("u_curve").panels for one in panel.curves)
    page = study.page.read_text().split("<dl>")[0]
    assert "predictions made elsewhere" in page
    for unknown in ("interpolation threshold", "nan", "training sets", "parameters", "None"):
        assert not re.search(rf"\b{unknown}\b", re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)), unknown


def test_crossed_seeds_have_components():
    predictions = GENERATOR.standard_normal((4, 5, 20))
    cells = cells_of(predictions, np.zeros(20), noise=0.1, sources=["data", "init"])
    expected = biasvar.decompose(predictions, np.zeros(20), noise=0.1, design="crossed")
    row = build_results(cells).table.iloc[0]
    for name in ("bias_squared", "variance_data", "variance_init", "variance_interaction"):
        assert row[name] == getattr(expected, name)
    rows = cells.predictions(0, pytest.fail)
    assert {"replicate", "seed_data", "seed_init"} <= set(rows) and rows["replicate"].nunique() == 20
    gone = rows[(rows["seed_data"] != 1) | (rows["seed_init"] != 2)]
    partial = build_results(cells_of(gone)).table.iloc[0]
    assert (partial["n_ok"], partial["n_planned"], partial["status"]) == (16, 20, "partial")
    kept = np.delete(predictions, 2, axis=1)
    assert partial["risk"] == pytest.approx(biasvar.decompose(kept, np.zeros(20), noise=0.1, design="crossed").risk)


def test_outer_and_inner_seeds_are_nested():
    predictions = GENERATOR.standard_normal((4, 5, 20)) + GENERATOR.standard_normal((4, 1, 20))
    cells = cells_of(predictions, np.zeros(20), noise=0.1, sources=["outer", "inner"])
    expected = biasvar.decompose(predictions, np.zeros(20), noise=0.1, design="nested")
    table = build_results(cells).table
    assert table["variance_outer"][0] == expected.variance_outer and table["design"][0] == "nested"
    again = build_results(cells_of(cells.predictions(0, pytest.fail))).table
    pd.testing.assert_frame_equal(again, table, check_exact=True)


def test_weights_are_those_of_decompose_and_come_back_with_the_predictions():
    weights = GENERATOR.uniform(0, 2, 20)
    cells = cells_of(LOGITS, CLASSES, outputs_are="logits", weights=weights)
    table = build_results(cells).table
    for _, row in table.iterrows():
        about = {"outputs_are": "logits", "weights": weights, "resamples": 100}
        expected = biasvar.decompose(LOGITS, CLASSES, loss=row["loss"], **about)
        assert row["risk"] == expected.risk and (row["risk_low"], row["risk_high"]) == expected.interval("risk")
    assert np.allclose(table["n_eval_effective"], weights.sum() ** 2 / (weights @ weights), rtol=1e-12)
    rows = cells.predictions(0, pytest.fail)
    again = build_results(cells_of(rows)).table
    pd.testing.assert_frame_equal(again, table, check_exact=True)
    with pytest.raises(SettingsError, match="weight differs between the outputs"):
        cells_of(rows.assign(weight=rows["output"] + 1.0))
    with pytest.raises(SettingsError, match="expected 0 or more"):
        cells_of(LOGITS, CLASSES, outputs_are="logits", weights=-weights)


@pytest.mark.slow
def test_a_cell_without_a_capacity_has_no_column_of_it(tmp_path):
    biasvar.from_predictions(np.random.default_rng(0).normal(size=(5, 9)), np.zeros(9), noise=1.0, out=tmp_path / "one")
    assert "capacity</th>" not in (tmp_path / "one" / "report.html").read_text()
