"""Axes that are walked together: lines run along them, and no figure falls apart into single points."""

import pytest

from biasvar.report.figures import FIGURES
from biasvar.report.words.summary import summary
from biasvar.results.conditions import condition_keys, conditions_of, horizontal, walked_along
from biasvar.results.shapes.evidence_table import curves_table
from tests.result_tables import parts, study

AXES = ("model.features", "training.weight_decay", "data.n_train")
CELLS = {  # what is walked together, the rows' values of the axes, the keys of conditions, their lines
    "two axes": ([(p, d, 50) for p, d in ((5, 0.1), (10, 0.2), (20, 0.3))], [], 1),
    "two axes, and one that crosses": ([(p, d, n) for p, d in ((5, 0.1), (10, 0.2), (20, 0.3)) for n in (50, 100)],
                                       ["data.n_train"], 2),
    "a penalty of its own in each cell": ([(5, 0.1, 50), (10, 0.2, 50), (5, 0.3, 100), (10, 0.4, 100)],
                                          ["data.n_train"], 2),
    "two axes beside the horizontal one": ([(p, d, n) for p in (5, 10, 20) for d, n in ((0.1, 50), (0.2, 100))],
                                           ["training.weight_decay", "data.n_train"], 2),
    "none": ([(p, d, n) for p in (5, 10) for d in (0.1, 0.2) for n in (50, 100)],
             ["training.weight_decay", "data.n_train"], 4),
}  # fmt: skip


def study_of(cells):
    rows = [
        dict(zip(AXES, cell, strict=True))
        | {"capacity": cell[0], "capacity_key": "model.features", "parameters": cell[0], "loss": "squared_error"}
        | parts(1 / cell[0], cell[1])
        | {"train_risk": 0.5}
        for cell in cells
    ]
    return study(rows, AXES)


@pytest.mark.parametrize("name", CELLS)
def test_lines_run_along_axes_that_are_walked_together(name):
    cells, keys, lines = CELLS[name]
    results = study_of(cells)
    column = horizontal(results)
    assert column == "capacity" and condition_keys(results, column) == keys
    conditions = conditions_of(results, column)
    points = [len(condition.rows(results.table)) for condition in conditions]
    assert len(points) == lines and set(points) == {len(cells) // lines}
    (figure,) = FIGURES["u_curve"].from_results(results, "squared_error")
    assert [len(panel.curves[0].x) for panel in figure.panels] == points
    walked = "Walked together with features: weight decay." if "weight" not in "".join(keys) else ""
    assert walked in figure.caption and walked in summary(results)[0]
    assert bool(walked) == bool(walked_along(results, column))
    assert len(curves_table(results)) == 0, "no risk of single replicates is known here"


def test_a_penalty_that_is_walked_with_the_capacity_has_no_figure_of_its_own():
    walked, beside = (study_of(CELLS[name][0]) for name in ("two axes", "two axes beside the horizontal one"))
    assert FIGURES["penalty"].from_results(walked, "squared_error") == []
    (figure,) = FIGURES["penalty"].from_results(beside, "squared_error")
    assert all(len(curve.x) == 2 for panel in figure.panels for curve in panel.curves)
    assert "Held at" not in figure.caption, "rows grow along with the penalty"
