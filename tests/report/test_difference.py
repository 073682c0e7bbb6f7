"""The figure of a comparison: its lines are the table's differences, about a line at zero."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from biasvar.report import style
from biasvar.report.difference import Difference
from biasvar.results.comparison import comparability
from biasvar.results.comparison.differences import compare
from tests.results.comparison.sides import numbers, study

SHORT = ("first", "second")


@pytest.fixture
def differences(monkeypatch):
    monkeypatch.setattr(comparability, "sources_of", lambda study: study.design.varied)
    generator = np.random.default_rng(0)

    def columns(cell, axis, width):
        return dict(cell.columns) | {"capacity": width, "capacity_key": axis}

    def of(widths=(1, 2, 4, 8), axis="width"):
        sides = []
        for spread in (0.5, 1.0):
            cells = [numbers(generator, spread=spread / np.sqrt(place + 1)) for place in range(len(widths))]
            places = [{"axes": {axis: at}, "columns": columns(cells[0], axis, at)} for at in widths]
            sides.append(study(*(replace(cell, **place) for cell, place in zip(cells, places, strict=True))))
        return compare(tuple(sides), SHORT)

    return of


def test_lines_are_the_differences_with_their_intervals(differences):
    found = differences()
    figure = Difference.of(found, "squared_error").plot()
    rows = found.table[found.table["quantity"] == "variance"]
    line = figure.lines_["", "", "variance"]
    np.testing.assert_array_equal(line.get_xdata(), rows["width"])
    np.testing.assert_allclose(line.get_ydata(), rows["difference"])
    low, high = figure.ax_.get_ylim()
    everything = found.table[["low", "high"]].to_numpy()
    assert figure.ax_.get_yscale() == "linear" and low <= min(everything.min(), 0) and high >= max(everything.max(), 0)
    assert any(list(one.get_ydata()) == [0, 0] for one in figure.ax_.lines)
    assert "A is first, B is second: below 0, A has the lower one." in figure.caption
    assert (
        "95 % interval of the difference at these points, paired by replicate, 9 models in each cell" in figure.caption
    )


def test_it_says_where_replicates_are_independent(differences):
    found = differences()
    found.table["paired"] = "no"
    assert "of independent replicates (Welch)" in Difference.of(found, "squared_error").caption


def test_cells_in_no_order_stand_side_by_side(differences):
    figure = Difference.of(differences(("iris", "wine", "digits"), "data.name"), "squared_error").plot()
    assert [one.get_text() for one in figure.ax_.get_xticklabels()] == ["name = iris", "name = wine", "name = digits"]


def test_one_cell_is_enough(differences):
    assert Difference.of(differences((3,)), "squared_error").plot().ax_ is not None


def test_pairs_without_an_estimate_are_crosses_and_names_are_text(differences):
    found = differences((1, 2, 4), "data.$x_1$")
    for lost in ([1], [0, 1, 2]):
        table = found.table.copy()
        table.loc[table["cell_a"].isin(lost), ["difference", "low", "high"]] = np.nan
        figure = Difference.of(replace(found, table=table), "squared_error").plot()
        assert np.isnan(figure.lines_["", "", "risk"].get_ydata()).sum() == len(lost)
        assert "×: a cell without an estimate." in figure.caption


def test_a_panel_for_each_value_of_an_axis_that_only_one_has(differences):
    found = differences((1, 2, 4))
    twice = [part.assign(decay_b=decay) for decay in (0.0, 0.1) for part in (found.table, found.about)]
    tables = [pd.concat(twice[0::2], ignore_index=True), pd.concat(twice[1::2], ignore_index=True)]
    tables[0]["cell_b"] += 3 * (tables[0]["decay_b"] > 0)
    both = replace(found, axes=("width", "decay_b"), table=tables[0], about=tables[1])
    figure = Difference.of(both, "squared_error").plot()
    assert {title for title, _, _ in figure.lines_} == {"decay b = 0", "decay b = 0.1"}


def test_the_same_bytes_again(differences):
    found = differences()

    def picture():
        with style.context():
            return style.pictures_of(Difference.of(found, "squared_error").plot().figure_)

    assert picture() == picture()
