"""Studies of estimators: capacities that fall or have no limit, an infinite cross-entropy, measured parameters."""

import dataclasses

import numpy as np
import pytest

from biasvar.report.figures import displays
from biasvar.report.figures.scales import scale_of_x
from biasvar.report.figures.study_figure import render
from biasvar.report.words.notes import notes_of
from biasvar.report.words.summary import summary
from biasvar.results.conditions import Condition, horizontal
from biasvar.results.curves import curve
from biasvar.results.thresholds import classical, threshold_of
from tests.undrawn import undrawn

EVERY = Condition((), "")
COMMON = ["model=estimator", "data.n_train=60", "data.n_eval=60", "replicates=3", "engine=serial"]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Return a function from overrides to the results of a study."""

    def run(*overrides):
        return undrawn(tmp_path_factory.mktemp("study"), *COMMON, *overrides).results

    return run


@pytest.fixture(scope="module")
def neighbours(study):
    return study("data=digits", "model.name=KNeighborsClassifier", "model.n_neighbors=8,1,32,4,2,16")


@pytest.fixture(scope="module")
def trees(study):
    return study("data=diabetes", "model.name=DecisionTreeRegressor", "model.max_depth=1,null,2,4")


def test_neighbours_are_drawn_from_many_to_few_and_the_threshold_follows(neighbours):
    rows = neighbours.of_loss("zero_one")
    drawn = curve(rows, "risk", horizontal(neighbours))
    assert drawn.x.tolist() == [32, 16, 8, 4, 2, 1] and drawn.reversed
    assert threshold_of(neighbours, EVERY).measured == 1
    assert set(classical(rows, 1)["capacity"]) == {32, 16, 8, 4, 2}
    figure = next(one for one in displays(neighbours) if one.stem == "u_curve_zero_one")
    low, high = render(figure, 5.5).axes[0].get_xlim()
    assert low > high
    assert "32 to 2 (5 places)" in figure.alt
    text = " ".join(summary(neighbours))
    assert "the measured interpolation threshold is at 1 (" in text and "turn back" not in figure.caption


def test_no_limit_is_drawn_last_and_called_none(trees):
    drawn = curve(trees.table, "risk", horizontal(trees))
    assert drawn.x.tolist() == [1, 2, 4, np.inf] and not drawn.reversed
    figure = next(one for one in displays(trees) if one.stem.startswith("double_descent"))
    ax = render(figure, 5.5).axes[0]
    (line, *_) = figure.lines_.values()
    assert line.get_xdata().tolist() == [1, 2, 4, 8]
    assert [text.get_text() for text in ax.get_xticklabels()][-1] == "none"
    text = " ".join(summary(trees))
    assert "max depth over 1, none, 2, 4." in text and "1 to none (4 places)" in figure.alt
    assert "the measured interpolation threshold is at “none” (" in text and " at none" not in text + figure.alt


def test_repeated_rows_shift_no_nominal_threshold_of_estimators(trees):
    results = dataclasses.replace(trees, table=trees.table.assign(n_distinct=38.0))
    assert [note for note in notes_of(results) if "distinct" in note][-1] == (
        "Training sets repeat rows: a share of 0.63 is distinct."
    )


@pytest.mark.parametrize(
    ("values", "beyond"),
    [([1, 2, 4, np.inf], 8), ([10, 20, 30, np.inf], 40), ([-np.inf, 1, 10, 100], 0.1), ([3, np.inf], 4)],
)
def test_what_has_no_limit_stands_one_step_beyond(values, beyond):
    scale = scale_of_x(np.array(values))
    assert scale.beyond == pytest.approx(beyond) and scale.label(scale.beyond) == "none"
    assert scale.places(np.array(values))[np.isinf(values)] == pytest.approx([beyond])


def test_parameters_are_the_mean_of_those_measured_and_empty_where_undefined(trees, neighbours):
    parameters = trees.table.set_index("capacity")["parameters"]
    assert parameters[1] == 2 and 2 < parameters[2] <= 4 < parameters[np.inf] <= 60
    assert neighbours.table["parameters"].isna().all()


def test_an_infinite_cross_entropy_costs_no_other_loss_and_is_said_once(neighbours):
    table = neighbours.table
    found = table[table["loss"] == "cross_entropy"]
    assert (found["status"] == "infinite").all() and found["risk"].isna().all() and (found["n_ok"] == 3).all()
    assert found["gaps"].str.match(r"some model gives a possible class probability 0 at \d+ of 60 points").all()
    assert (table[table["loss"] != "cross_entropy"]["status"] == "ok").all()
    assert not [one for one in displays(neighbours) if "cross_entropy" in one.stem]
    assert not [text for text in summary(neighbours) if "ross-entropy" in text]
    assert len([note for note in notes_of(neighbours) if "is infinite in 6 of 6 cells" in note]) == 1


def test_where_some_cells_have_an_infinite_risk_the_least_one_and_crosses_say_so(study):
    results = study("data=digits", "model.name=KNeighborsClassifier", "model.n_neighbors=60,4,1")
    (text,) = [text for text in summary(results) if text.startswith("Cross-entropy")]
    assert "n neighbors = 60; it is infinite in 2 of 3 cells" in text
    crossed = [one.caption for one in displays(results) if "×: " in one.caption]
    assert crossed and all("×: a cell whose risk is infinite." in caption for caption in crossed)


def test_a_capacity_that_is_a_text_puts_cells_side_by_side(study):
    capacity = ["model.svr__gamma=scale,0.1", "model.capacity=svr__gamma"]
    results = study("data=diabetes", "model.name=[StandardScaler,SVR]", *capacity)
    assert horizontal(results) is None
    assert results.table["risk"].notna().all()
