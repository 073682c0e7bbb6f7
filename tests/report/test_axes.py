"""What stands for capacity on a horizontal axis: where it is known, in the order of the sweep, and named."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from biasvar.report.figures import FIGURES, displays
from biasvar.report.figures.marks import runs
from biasvar.report.figures.study_figure import render
from biasvar.report.words.notes import notes_of
from biasvar.report.words.summary import summary
from biasvar.results.conditions import horizontal
from biasvar.results.shapes.evidence_table import curves_table, evidence_of
from biasvar.results.tables import write_csv
from biasvar.study.config import CAPACITY_AXES


def on(results, column):
    """Return a study whose axis is ``column``, with every column that can stand for capacity."""
    table, capacity = results.table, results.table["capacity"]
    table = table.assign(
        parameters_per_label=table["parameters"] / table["n_distinct"],
        degrees_of_freedom=np.minimum(capacity, 100.0),
        effective_parameters=np.where(capacity <= 100, capacity * 1.0, 10_000 / capacity),
    )
    return dataclasses.replace(results, table=table, figure_x=column)


@pytest.mark.slow
@pytest.mark.parametrize("column", CAPACITY_AXES)
def test_every_axis_is_drawn_and_named_at_every_width(studies, column):
    names = {
        "capacity": "features (capacity)",
        "parameters": "parameters",
        "parameters_per_label": "parameters / (distinct rows × outputs)",
        "degrees_of_freedom": "effective degrees of freedom (trace of the smoother)",
        "effective_parameters": "effective parameters at the test points",
    }
    for study in ("descent", "narrow"):
        results = on(studies[study](), column)
        assert horizontal(results) == column
        for display in displays(results):
            figure = render(display, results.figure_width)
            if display.stem.startswith("double_descent"):
                assert " ".join(display.x_label.split()) == f"{names[column]} fresh training sets, n = 100"
                text = figure.axes[0].xaxis.get_label().get_window_extent()
                assert figure.bbox.x0 <= text.x0
                assert text.x1 <= figure.bbox.x1


def test_lines_follow_the_sweep_where_the_axis_turns_back(studies):
    results = on(studies["plain_descent"](), "effective_parameters")
    display = FIGURES["double_descent"].from_results(results, "squared_error")[0]
    render(display, 5.5)
    line = display.lines_["", "", "risk"]
    np.testing.assert_array_equal(line.get_xdata(), results.table["effective_parameters"])
    np.testing.assert_array_equal(line.get_ydata(), results.table["risk"])
    assert "turn back where the axis does" in display.caption
    plain = FIGURES["double_descent"].from_results(on(studies["plain_descent"](), "parameters"), "squared_error")[0]
    assert "turn back" not in plain.caption


def test_the_classical_regime_is_cut_by_capacity_on_every_axis(studies):
    results = on(studies["plain_descent"](), "effective_parameters")
    display = FIGURES["u_curve"].from_results(results, "squared_error")[0]
    assert display.panels[0].curves[0].x.tolist() == [5, 10, 20, 40, 60, 80, 90]


@pytest.mark.parametrize("column", CAPACITY_AXES)
def test_words_and_curves_csv_name_places_by_capacity_on_every_axis(studies, with_replicates, tmp_path, column):
    results = on(with_replicates(studies["plain_descent"]()), column)
    (evidence,) = evidence_of(results, "squared_error")
    np.testing.assert_array_equal(evidence.x, results.table["capacity"])
    curve = summary(results)[1]
    assert "at features = 1000; the measured interpolation threshold is at 100 " in curve
    assert "Double descent: yes, with risk(100) − risk(" in curve
    write_csv(tmp_path / "curves.csv", curves_table(results))
    table = pd.read_csv(tmp_path / "curves.csv")
    assert set(table["axis"]) == {"capacity"}
    assert set(table["at"]) <= set(results.table["capacity"])
    display = FIGURES["u_curve"].from_results(results, "squared_error")[0]
    assert "Minimum of the risk (▼): 2.64 (2.38 to 2.91) at features = 10." in display.caption


@pytest.mark.parametrize("column", CAPACITY_AXES)
def test_a_threshold_is_drawn_only_where_the_axis_grows_with_the_capacity(studies, column):
    results = on(studies["plain_descent"](), column)
    display = FIGURES["double_descent"].from_results(results, "squared_error")[0]
    ax = render(display, 5.5).axes[0]
    vertical = [x[0] for line in ax.lines if len(x := line.get_xdata()) == 2 and x[0] == x[1]]
    # Trace and effective parameters stay at 100 or turn back: 100 is there the place of other capacities too.
    grows = column not in ("degrees_of_freedom", "effective_parameters")
    assert bool(vertical) == grows
    assert ("on the axis" in display.caption) == (grows and column == "parameters_per_label")
    if not grows:
        assert "threshold is at capacity 100 (mean training" in display.caption


def test_an_axis_that_is_not_known_everywhere_gives_way_to_capacity_with_a_note(studies):
    results = on(studies["plain_descent"](), "degrees_of_freedom")
    assert not any("not known in every cell" in note for note in notes_of(results))
    results.table.loc[3, "degrees_of_freedom"] = np.nan
    assert horizontal(results) == "capacity"
    (note,) = [note for note in notes_of(results) if "not known in every cell" in note]
    assert note.startswith("The effective degrees of freedom (trace of the smoother) are not known")
    assert note.endswith("have features on their horizontal axis.")
    bare = dataclasses.replace(studies["plain_descent"](), figure_x="degrees_of_freedom")
    assert horizontal(bare) == "capacity"


def test_a_cell_without_an_estimate_does_not_decide_the_axis(studies):
    results = dataclasses.replace(on(studies["gaps"](), "degrees_of_freedom"))
    results.table.loc[6, "degrees_of_freedom"] = np.nan
    assert horizontal(results) == "degrees_of_freedom"


def test_bands_are_drawn_in_stretches_that_go_one_way():
    assert runs(np.array([1.0, 2, 3])) == [slice(0, 3)]
    assert runs(np.array([1.0, 2, 3, 2, 1])) == [slice(0, 3), slice(2, 5)]
    assert runs(np.array([1.0])) == [slice(0, 1)]


def test_a_study_without_a_capacity_axis_ignores_what_would_stand_for_it(studies):
    results = dataclasses.replace(studies["decay"](), figure_x="parameters")
    assert horizontal(results) == "training.weight_decay"
    assert not any("not known in every cell" in note for note in notes_of(results))
