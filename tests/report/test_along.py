"""Curves along epochs and training set sizes: what is drawn, where models come to interpolate, and how it is named."""

import dataclasses

import numpy as np
import pytest

from biasvar.report.figures import FIGURES
from biasvar.report.words.summary import summary
from biasvar.report.words.thresholds import sentence_of
from biasvar.results.conditions import conditions_of, horizontal, other_axes
from biasvar.results.shapes.evidence_table import curves_table, evidence_of
from biasvar.results.tables import read_csv, write_csv
from biasvar.results.thresholds import threshold_of
from tests.result_tables import WIDTHS, along_rows, study

EPOCHS = (0, 1, 2, 4, 8, 16, 32)


def along_epochs(widths=(2, 8, 32)):
    """Return a study of widths, each read at every epoch."""
    return study(along_rows("epoch", EPOCHS, widths), ("model.width", "epoch"))


def test_risk_parts_and_training_risk_are_drawn_along_epochs_at_each_width():
    results = along_epochs()
    assert (horizontal(results), other_axes(results)) == ("capacity", ["epoch"])
    (display,) = FIGURES["parts"].from_results(results, "squared_error")
    display.plot(width=5.5)
    assert display.stem == "parts_epoch_squared_error"
    assert [panel.title for panel in display.panels] == ["width = 2", "width = 8", "width = 32"]
    for name in ("risk", "bias_squared", "variance", "train_risk"):
        line = display.lines_["width = 8", "", name]
        rows = results.table[results.table["model.width"] == 8]
        np.testing.assert_array_equal(line.get_xdata(), EPOCHS)
        np.testing.assert_array_equal(line.get_ydata(), rows[name])
    assert not any(quantity == "noise" for *_, quantity in display.lines_)
    ax = display.ax_[0]
    assert ax.get_xscale() == "symlog" and ax.get_xlim()[0] <= 0, "epoch 0 has a place"


@pytest.mark.parametrize("width", WIDTHS)
def test_axes_along_epochs_keep_room(width):
    (display,) = FIGURES["parts"].from_results(along_epochs(), "squared_error")
    display.plot(width=width)
    assert all(ax.get_window_extent().width > 72 for ax in display.ax_)


def test_without_a_capacity_axis_epochs_are_horizontal_with_the_training_risk():
    results = study(along_rows("epoch", EPOCHS, (8,)), ("epoch",))
    assert (horizontal(results), other_axes(results)) == ("epoch", [])
    assert not FIGURES["parts"].from_results(results, "squared_error")
    (display,) = FIGURES["double_descent"].from_results(results, "squared_error")
    assert display.title == "Training and test risk against epoch, squared error"


def test_the_first_epoch_without_training_error_is_the_measured_threshold():
    results = along_epochs()
    found = [threshold_of(results, one, "epoch") for one in conditions_of(results, "epoch")]
    assert [one.measured for one in found] == [None, 16, 4]
    assert all(np.isnan(one.nominal) for one in found)
    assert "(no epoch has a mean training squared error below 0.001 of" in sentence_of(found[0])
    assert sentence_of(found[1]).startswith("the measured interpolation threshold is at 16 ")


def test_the_largest_training_set_that_is_fitted_is_the_measured_threshold_and_p_over_k_the_nominal_one():
    results = study(along_rows("data.n_train", (25, 100, 400), (2, 8, 32)), ("model.width", "data.n_train"))
    found = [threshold_of(results, one, "data.n_train") for one in conditions_of(results, "data.n_train")]
    assert [one.measured for one in found] == [None, 25, 100]
    np.testing.assert_allclose([one.nominal for one in found], [-np.inf, 80, 320])
    assert "the nominal one is below the sweep" in sentence_of(found[0])


def test_shapes_are_stated_along_epochs_at_each_width_beside_those_over_width(with_replicates, tmp_path):
    results = with_replicates(along_epochs())
    table = curves_table(results)
    assert list(dict.fromkeys(table["axis"])) == ["capacity", "epoch"]
    along = table[table["axis"] == "epoch"]
    assert set(along["condition"]) == {"width = 2", "width = 8", "width = 32"}
    assert set(along["at"].dropna()) <= set(EPOCHS)
    assert "the same models at every epoch" in along["method"].iloc[1]
    over_width = table[table["axis"] == "capacity"]
    assert set(over_width["condition"]) == {f"epoch = {epoch}" for epoch in EPOCHS}
    assert not over_width["method"].str.contains("epoch").any()
    write_csv(tmp_path / "curves.csv", table)
    read = dataclasses.replace(results, curves=read_csv(tmp_path / "curves.csv"))
    for column in ("capacity", "epoch"):
        pairs = zip(*(evidence_of(one, "squared_error", column) for one in (results, read)), strict=True)
        assert all(before.statements == after.statements for before, after in pairs)
    assert summary(read) == summary(results)


def test_the_summary_says_the_turns_along_epochs_as_far_as_they_hold(with_replicates):
    paragraphs = summary(with_replicates(along_epochs((8, 32))))
    (narrow,) = [text for text in paragraphs if text.startswith("Squared error by epoch, width = 8: the risk is")]
    assert "at epoch = 16; the measured interpolation threshold is at 16 (mean training squared error" in narrow
    assert "Descent: yes, with risk(0) − risk(16) = " in narrow
    assert "Double descent: no, with risk(" in narrow
    assert "Second descent" not in narrow and "Final ascent" not in narrow, "they ask for a peak, and there is none"


def test_a_second_descent_and_a_final_ascent_name_every_stretch(with_replicates):
    results = study(along_rows("epoch", EPOCHS, (8, 32)), ("model.width", "epoch"))
    results.table["risk"] = np.tile([1.0, 0.5, 0.9, 1.2, 0.6, 0.3, 0.8], 2)
    (text,) = [text for text in summary(with_replicates(results)) if "by epoch, width = 8" in text]
    ends = [("0", "1"), ("4", "1"), ("4", "16"), ("32", "16")]
    assert "Final ascent: yes, with " in text
    said = text.split("Final ascent: yes, with ")[1]
    assert [one.split(" = ")[0] for one in said.split(" and ")] == [f"risk({a}) − risk({b})" for a, b in ends]
    assert "Double descent: yes" in text, "the training error vanishes at 16"


def test_a_peak_along_epochs_without_a_crossing_is_no_double_descent(with_replicates):
    results = study(along_rows("epoch", EPOCHS, (2, 3)), ("model.width", "epoch"))
    assert all(
        "double descent" not in text.lower() for text in summary(with_replicates(results))[1:] if "along" in text
    )
