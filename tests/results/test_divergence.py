"""Members that diverge: counted with epoch and loss from the training to the page, and never averaged over."""

import io
import json

import numpy as np
import pandas as pd
import pytest

from biasvar.api import load
from biasvar.report.figures import draw_figures
from biasvar.report.words.notes import notes_of
from biasvar.results import table
from biasvar.results.stored.stored_cells import cells_in
from biasvar.results.table import build_results
from biasvar.study.plan import plan
from biasvar.study.run import run
from biasvar.study.store.manifest import read_manifest
from biasvar.study.store.store import Store
from biasvar.training import training_config as config
from biasvar.training.exact.trainer import ClosedForm
from biasvar.training.inputs import Fit, Reading
from biasvar.training.readouts import EVALUATION
from tests.results.test_verification import LINEAR, Silent

RATES = (0.01, 1e30)
SGD = {"kind": "sgd", "epochs": 6, "batch_size": 10}


def study_of(*rates, replicates=3):
    changes = {"model": {"kind": "mlp", "width": 4}, "replicates": replicates, "engine": {"kind": "serial"}}
    return plan([({"training.lr": lr}, LINEAR | changes | {"training": SGD | {"lr": lr}}) for lr in rates])


def results_of(folder):
    return build_results(cells_in(folder))


def test_a_loss_that_is_no_number_is_recorded_with_its_epoch_and_other_cells_go_on(tmp_path):
    outcome = run(tmp_path, study_of(*RATES), 1, Silent())
    assert outcome.trained == 6 and not outcome.reasons
    lines = [line for path in tmp_path.rglob("shards/**/*.json") for line in json.loads(path.read_text())["members"]]
    diverged = [line for line in lines if line["diverged_epoch"]]
    assert len(lines) == 6 and len(diverged) == 3
    assert {line["diverged_loss"] for line in diverged} <= {"inf", "nan"}
    assert all(line["diverged_epoch"] < 6 for line in diverged), "they stop early"
    assert not any("diverged_loss" in line for line in lines if not line["diverged_epoch"])
    good, bad = results_of(tmp_path).table.to_dict("records")
    assert (good["status"], good["gaps"]) == ("ok", "") and np.isfinite(good["risk"])
    assert bad["status"] == "missing"
    assert bad["gaps"] in [f"3 diverged (in epoch {when}, loss {loss})" for when in ("1", "2", "1 to 2")
                           for loss in ("inf", "nan", "inf or nan")]  # fmt: skip


@pytest.mark.ci
@pytest.mark.slow
def test_a_cell_of_which_all_diverge_is_missing_with_its_reason_everywhere(tmp_path):
    run(tmp_path, study_of(0.001, *RATES), 1, Silent())
    with pytest.warns(UserWarning, match="partial: 6/9 models are in the report"):
        page = load(tmp_path).write_report().read_text()
    csv = pd.read_csv(tmp_path / "results.csv", keep_default_na=False)
    missing = csv[csv["risk"] == ""]
    assert len(missing) == 1 and missing["status"].tolist() == ["missing"]
    assert missing["gaps"].iloc[0].startswith("3 diverged (in epoch 1")
    numbers = [f"{name}{end}" for name in ("risk", "variance", "train_risk") for end in ("", "_low", "_high")]
    assert (csv.loc[csv["status"] == "ok", numbers] != "").all(axis=None)
    assert "nan" not in (tmp_path / "results.csv").read_text().lower().replace("loss nan", "").replace("or nan", "")
    assert "1 of 3 cells have no estimate (×). Cell 2: 3 diverged (in epoch 1" in page
    assert "missing: 3 diverged" in page
    drawn = {display.stem: display for display, *_ in draw_figures(results_of(tmp_path), tmp_path)}
    assert drawn and all(
        "×: a cell without an estimate" in one.caption for one in drawn.values() if "Bands" in one.caption
    )


FINITE = {
    "linear": ({"kind": "linear", "features": 5}, "float64", (0.05, 2.0)),
    "all of them": ({"kind": "linear", "features": 5}, "float64", (2.0, 1e30)),
    "mlp, float64": ({"kind": "mlp", "width": 4}, "float64", (0.01, 1.0, 1e5)),
    "mlp, float32": ({"kind": "mlp", "width": 4}, "float32", (0.01, 1.0, 1e5)),
}


def descents(model, dtype, rates):
    """Return a study of learning rates whose members have many epochs to go astray in."""
    training = SGD | {"epochs": 40, "dtype": dtype}
    changes = {"model": model, "replicates": 4, "engine": {"kind": "serial"}}
    return plan([({"training.lr": lr}, LINEAR | changes | {"training": training | {"lr": lr}}) for lr in rates])


@pytest.mark.slow
@pytest.mark.parametrize("name", FINITE)
def test_members_that_diverge_to_finite_numbers_are_counted_and_cost_no_other_cell_its_row(name, tmp_path):
    model, dtype, rates = FINITE[name]
    together = run_and_report(tmp_path / "together", descents(model, dtype, rates))
    used, planned = together.results.models
    assert used < planned
    head, *rows = (tmp_path / "together/results.csv").read_text().splitlines()
    found = results_of(tmp_path / "together").table
    missing = found[found["status"] == "missing"]
    assert len(missing) == len(rates) - (rates[0] < 1)
    assert missing["gaps"].str.contains(r"4 diverged \(in epoch \d").all()
    if rates[0] < 1:
        run_and_report(tmp_path / "alone", descents(model, dtype, rates[:1]))
        assert (tmp_path / "alone/results.csv").read_text().splitlines() == [head, rows[0]]


def run_and_report(folder, study_plan):
    """Train a study, write its report, and return what it found."""
    run(folder, study_plan, 1, Silent())
    study = load(folder, progress=Silent())
    study.write_report()
    return study


@pytest.mark.slow
@pytest.mark.parametrize("fails", [pytest.param("its numbers", marks=pytest.mark.ci), "a loss"])
def test_a_cell_whose_numbers_cannot_be_computed_is_a_row_that_says_so(fails, tmp_path, monkeypatch):
    model, dtype, _ = FINITE["linear"]
    rates = (0.05, 4.0)  # the risk of the second is about 1e253
    monkeypatch.setattr(config, "LARGEST_OUTPUT", np.inf)  # as if they had been kept by an earlier version
    if fails == "a loss":
        rates = (0.05, 0.01)
        monkeypatch.setattr(table, "train_risk", refusing(table.train_risk, 0.01))
    study = run_and_report(tmp_path / "together", descents(model, dtype, rates))
    found = results_of(tmp_path / "together").table
    bad = found.iloc[1]
    why = "its numbers overflow" if fails == "its numbers" else "this one is refused"
    assert bad["gaps"].startswith("no estimate from outputs up to") and bad["gaps"].endswith(f": {why}")
    assert (bad["status"], bad["n_ok"], bad["n_planned"]) == ("missing", 0, 4) and np.isnan(bad["risk"])
    used, planned = study.results.models
    assert used < planned and not study.results.not_closed
    assert f"Cell 1: {bad['gaps']}" in study.page.read_text()
    monkeypatch.undo()
    run_and_report(tmp_path / "alone", descents(model, dtype, rates[:1]))
    pd.testing.assert_frame_equal(found[:1], results_of(tmp_path / "alone").table, check_exact=True, check_dtype=False)


def refusing(train_risk, lr):
    """Return what refuses the cell of one learning rate."""

    def refuse(ensemble, loss):
        if ensemble.axes["training.lr"] == lr:
            raise ValueError("this one is refused")
        return train_risk(ensemble, loss)

    return refuse


@pytest.fixture
def three_of_ten(tmp_path, monkeypatch):
    """A study of which 3 of 10 replicates diverge in the cell with 12 features."""
    fit = ClosedForm.fit

    def some_diverge(self, *given):
        for member, fitted in fit(self, *given):
            if member.model.features == 12 and member.draws["data"] < 3:
                outputs = {rows: NK * np.nan for rows, NK in fitted.readings[EVALUATION].outputs.items()}
                fitted = Fit({EVALUATION: Reading(outputs, diverged_epoch=4)}, loss=np.inf)
            yield member, fitted

    monkeypatch.setattr(ClosedForm, "fit", some_diverge)
    model, changes = {"kind": "linear"}, {"replicates": 10, "engine": {"kind": "serial"}}
    cells = [({"model.features": p}, LINEAR | changes | {"model": model | {"features": p}}) for p in (5, 12, 20)]
    run(tmp_path / "study", plan(cells), 1, Silent())
    return tmp_path / "study"


def test_three_of_ten_that_diverge_are_counted_flagged_and_said(three_of_ten):
    results = results_of(three_of_ten)
    row = results.table.iloc[1]
    assert (row["n_ok"], row["n_planned"], row["status"]) == (7, 10, "partial")
    assert row["gaps"] == "3 diverged (in epoch 4, loss inf)"
    text = " ".join(notes_of(results))
    assert "1 of 3 cells have fewer replicates than planned (7 of 10)" in text
    assert "estimates are conditional on convergence, and drawn with hollow markers" in text
    page = load(three_of_ten, progress=Silent()).write_report().read_text()
    assert "7/10" in page and "conditional on convergence" in page
    assert "partial: 3 diverged (in epoch 4, loss inf)" in page
    assert "Hollow markers: fewer replicates than planned" in page


def test_the_estimate_is_that_of_the_replicates_that_converged(three_of_ten, tmp_path, monkeypatch):
    from biasvar.decomposition import decompose

    monkeypatch.undo()
    results, store, study_plan = results_of(three_of_ten), Store(three_of_ten), read_manifest(three_of_ten)
    cell = study_plan.cells[1]
    index = store.index(pytest.fail)
    kept = np.stack([store.outputs(index[member.id]) for member in cell.members[3:]])
    evaluation = store.read_evaluation(cell.members[0])
    by_hand = decompose(kept, evaluation.target, noise=evaluation.noise_N)
    assert results.table["variance"].iloc[1] == pytest.approx(by_hand.variance, rel=1e-12)
    assert results.table["bias_squared"].iloc[1] == pytest.approx(by_hand.bias_squared, rel=1e-12)


def test_gaps_that_are_no_divergence_are_not_called_so(studies):
    results = studies["gaps"]()
    assert "conditional on those that are left" in " ".join(notes_of(results))
    assert "convergence" not in " ".join(notes_of(results))


def test_a_negative_estimate_is_the_same_in_the_table_the_figure_and_the_page(studies, tmp_path):
    from biasvar.results.tables import write_tables

    results = studies["u"]()
    negative = results.table["bias_squared"] < 0
    assert negative.sum() == 4
    write_tables(results, tmp_path)
    again = pd.read_csv(io.BytesIO((tmp_path / "results.csv").read_bytes()))
    for name in ("bias_squared", "bias_squared_low", "bias_squared_high"):
        assert again[name].tolist() == pytest.approx(results.table[name].tolist(), rel=1e-15)
    (note,) = [note for note in notes_of(results) if "negative" in note]
    for words in ("4 of bias_squared", "unbiased", "shown as they are, with their interval, and never clipped"):
        assert words in note
