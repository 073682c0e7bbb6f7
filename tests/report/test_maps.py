"""Maps draw the table's cells: their colours, the edge of zero training error, nominal lines, peaks with evidence."""

import dataclasses

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Rectangle

from biasvar.report import style
from biasvar.report.figures import FIGURES
from biasvar.report.figures.maps import edges_of
from biasvar.report.figures.study_figure import render
from biasvar.report.shades import BELOW_ZERO, LUMINANCE, SHADES, shades_of
from biasvar.report.words.maps import below_zero
from biasvar.results.grids import boundary
from tests.result_tables import WIDTHS as VENUES
from tests.result_tables import along_rows, study

EPOCHS, SIZES, WIDTHS = (0, 1, 4, 16, 64), (25, 50, 100, 200), (2, 8, 32)


def epochs(**columns):
    """Return a study of widths at epochs."""
    results = study(along_rows("epoch", EPOCHS, WIDTHS), ("model.width", "epoch"))
    return dataclasses.replace(results, table=results.table.assign(**columns))


def sizes(**columns):
    """Return a study of widths and training set sizes."""
    results = study(along_rows("data.n_train", SIZES, WIDTHS), ("model.width", "data.n_train"))
    return dataclasses.replace(results, table=results.table.assign(**columns))


def map_of(results):
    """Return the only map of a study, which is not drawn yet: its words are known before."""
    (display,) = FIGURES["maps"].from_results(results, "squared_error")
    return display


def drawn(results, width=5.5):
    """Return the only map of a study, drawn, with its figure."""
    display = map_of(results)
    return display, render(display, width)


def line_of(ax, label):
    """Return the places of the line with this name, none if there is none."""
    found = [line.get_xydata() for line in ax.lines if line.get_label() == label]
    return found[0] if found else np.empty((0, 2))


def test_every_cell_has_the_tables_value_and_a_hue_of_its_quantity():
    display, figure = drawn(epochs())
    table = display.grid, epochs().table.pivot(index="capacity", columns="epoch")
    assert list(display.cells_) == ["risk", "bias_squared", "variance", "train_risk"]
    for name, mesh in display.cells_.items():
        np.testing.assert_array_equal(mesh.get_array(), table[1][name])
        np.testing.assert_array_equal(display.grid.values[name], table[1][name])
    assert [ax.get_title(loc="left") for ax in figure.panels] == ["risk", "bias squared", "variance", "train risk"]
    assert figure.panels[0].get_xscale() == "symlog" and figure.panels[0].get_yscale() == "log"


@pytest.mark.parametrize("width", VENUES)
def test_cells_keep_room_and_bars_stay_inside(width):
    _, figure = drawn(epochs(), width)
    for ax in figure.panels:
        assert ax.get_window_extent().width > 1.05 * figure.dpi
        (bar,) = ax.child_axes
        assert bar.get_tightbbox().x1 <= figure.bbox.x1 + 1


def test_the_training_error_vanishes_along_edges_between_cells():
    display, figure = drawn(epochs())
    np.testing.assert_array_equal(display.grid.fitted_YX, [[0, 0, 0, 0, 1], [0, 0, 0, 1, 1], [0, 0, 1, 1, 1]])
    outline = line_of(figure.panels[2], "training error vanishes")
    across = {tuple(np.round(np.sort(outline[k : k + 2, 0]), 6)) for k in range(0, len(outline), 3)}
    assert (32.0, 32.0) in across, "half way from epoch 16 to epoch 64 on the logarithmic axis"
    assert "Solid: the training error vanishes on one side" in display.caption
    nowhere, figure = drawn(epochs(train_risk=1.0))
    assert not len(line_of(figure.panels[0], "training error vanishes"))
    assert "No cell has a mean training error below" in nowhere.caption
    unknown = map_of(epochs(train_risk=np.nan))
    assert "training error" not in unknown.caption and "train_risk" not in unknown.grid.values


def test_nominal_lines_are_where_parameters_and_inputs_equal_rows():
    display, figure = drawn(sizes(inputs=60))
    places = line_of(figure.panels[0], "parameters = n × outputs")
    np.testing.assert_allclose(places[np.isfinite(places[:, 1])], [[25, 2.5], [50, 5], [100, 10], [200, 20]])
    np.testing.assert_allclose(line_of(figure.panels[0], "inputs = n")[:, 0], 60)
    assert "Dotted: as many training rows" in display.caption
    outside, figure = drawn(sizes(inputs=3072))
    assert not len(line_of(figure.panels[0], "inputs = n")) and "Dotted" not in outside.caption
    _, figure = drawn(epochs(inputs=4))
    assert set(line_of(figure.panels[0], "parameters = n × outputs")[:, 1]) == {10.0}
    assert not len(line_of(figure.panels[0], "inputs = n"))


def test_peaks_are_marked_where_there_is_evidence_and_named_with_their_estimate(with_replicates):
    results = sizes()
    peaked = results.table["risk"].where(results.table["data.n_train"] != 100, 9.0)
    results = dataclasses.replace(results, table=results.table.assign(risk=peaked))
    display, figure = drawn(with_replicates(results))
    assert sorted(map(tuple, display.peaks["n train"])) == [(100, 2), (100, 8), (100, 32)]
    assert not len(display.peaks["width"])
    assert sorted(map(tuple, line_of(figure.panels[0], "peak along n train"))) == [(100, 2), (100, 8), (100, 32)]
    assert not len(line_of(figure.panels[1], "peak along n train")), "the evidence is on the risk"
    assert "○: peaks of the risk along n train, 9.00 (" in display.caption and "△" not in display.caption
    display = map_of(with_replicates(sizes(risk=1.0)))
    assert "No peak of the risk along n train or width has evidence." in display.caption
    display = map_of(results)
    assert "No peak" in display.caption, "without single replicates there is no evidence"


def test_negative_missing_and_partial_cells_are_shown_as_such():
    results = epochs()
    table = results.table
    table.loc[0, "bias_squared"] = -0.1
    table.loc[1, ["status", "n_ok"]] = "missing", 0
    table.loc[2, ["status", "n_ok"]] = "partial", 30
    display, figure = drawn(results)
    bias = figure.panels[1]
    marks = {line.get_marker(): line.get_xydata().tolist() for line in bias.lines if line.get_marker() in ("_", "o")}
    assert marks == {"_": [[0, 2]], "o": [[4, 2]]}
    mesh = display.cells_["bias_squared"]
    red, green, blue, _ = mesh.cmap(mesh.norm(-0.1))
    assert red > 0.8 and green > 0.7 and blue < 0.7, "yellow"
    hatched = [patch for patch in bias.patches if isinstance(patch, Rectangle) and patch.get_hatch()]
    assert len(hatched) == 1 and hatched[0].get_x() < 1 < hatched[0].get_x() + hatched[0].get_width()
    assert mesh.get_array().mask.sum() == 1
    usual = map_of(epochs()).caption
    for words in ("Yellow, with a −", "Hollow circles: fewer replicates", "Hatched: cells without an estimate"):
        assert words in display.caption and words not in usual


def test_a_negative_net_variance_is_said_to_help_and_not_to_scatter():
    assert below_zero([]) == ""
    assert "unbiased" in below_zero(["bias_squared"]) and "helps" not in below_zero(["bias_squared"])
    assert "helps" in below_zero(["net_variance"]) and "unbiased" not in below_zero(["net_variance"])


def test_other_axes_are_held_at_the_last_epoch_and_the_first_of_the_rest():
    rows = [
        row | {"epoch": epoch, "data.noise_std": noise}
        for epoch in (0, 5)
        for noise in (0.1, 0.2)
        for row in along_rows("data.n_train", SIZES, WIDTHS)
    ]
    results = study(rows, ("model.width", "data.n_train", "epoch", "data.noise_std"))
    by_epoch, by_size = sorted(FIGURES["maps"].from_results(results, "squared_error"), key=lambda one: -len(one.stem))[
        ::-1
    ]
    assert by_epoch.stem == "maps_epoch_squared_error" and by_size.stem == "maps_data_n_train_squared_error"
    assert "Held at epoch = 5, noise std = 0.1, one of 4 conditions." in by_size.caption
    assert "Held at n train = 25, noise std = 0.1, one of 8 conditions." in by_epoch.caption


def test_there_is_no_map_without_a_capacity_and_another_axis(studies):
    for name in ("u", "descent", "words", "decay"):
        assert not FIGURES["maps"].from_results(studies[name](), "squared_error")
    assert not FIGURES["maps"].from_results(study(along_rows("epoch", EPOCHS, (8,)), ("epoch",)), "squared_error")


def test_a_map_is_drawn_on_axes_of_ones_own():
    (display,) = FIGURES["maps"].from_results(epochs(), "squared_error")
    with style.context():
        _, axes = display.new_figure(6.75)
        display.plot(axes)
    assert display.ax_ == axes


@pytest.mark.parametrize("quantity", ["risk", "bias_squared", "variance", "train_risk"])
def test_shades_darken_with_the_value_and_contain_the_quantitys_colour(quantity):
    colours = shades_of(quantity, 0.0, 1.0, "linear", 0.0, 1.0).colours.colors
    assert (np.diff(colours @ LUMINANCE) < 0).all()
    assert np.abs(colours - np.array(to_rgb(style.COLOURS[quantity]))).max(axis=1).min() < 0.02


def test_zero_parts_yellow_from_the_quantitys_shades():
    for kind in ("linear", "symlog"):
        shades = shades_of("variance", -1.0, 3.0, kind, 0.1, 0.6)
        zero = shades.norm(0.0)
        assert to_hex(shades.colours(shades.norm(-1.0))) == to_hex(shades.colours.colors[0])
        np.testing.assert_allclose(shades.colours.colors[0], to_rgb(BELOW_ZERO[1]), atol=0.02)
        assert shades.colours(zero + 1.5 / SHADES)[2] > 0.8 > shades.colours(zero - 1.5 / SHADES)[2]


def test_edges_are_half_way_on_the_scale_and_boundaries_between_unlike_cells():
    _, figure = drawn(epochs())
    np.testing.assert_allclose(edges_of(figure.panels[0].yaxis, np.array([2.0, 8, 32])), [1, 4, 16, 64])
    outline = boundary(np.array([[0, 1.0], [np.nan, 1.0]]), np.array([0, 1, 2]), np.array([0, 1, 2]))
    np.testing.assert_array_equal(outline[:2], [[1, 0], [1, 1]])
    assert len(outline) == 3, "nothing is known beside the cell that has no training error"


def test_a_capacity_without_limit_has_no_place_on_a_map():
    results = sizes()
    limitless = results.table.assign(capacity=results.table["capacity"].replace(WIDTHS[-1], np.inf))
    assert FIGURES["maps"].from_results(dataclasses.replace(results, table=limitless), "squared_error") == []
