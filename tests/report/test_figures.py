"""Figures draw what the table says: the tests read lines, captions and bytes, never pixels."""

import dataclasses
import itertools
import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from biasvar.report import style
from biasvar.report.figures import FIGURES, displays, draw_figures
from biasvar.report.figures.labels import spread
from biasvar.report.figures.scales import scale_of_x
from biasvar.report.figures.study_figure import render
from biasvar.report.words.thresholds import sentence_of
from biasvar.results.conditions import Condition, chosen, conditions_of, horizontal
from biasvar.results.thresholds import threshold_of
from tests.result_tables import WIDTHS

NAMES = {words.split("\n")[0] for words in style.WORDS.values()} | {f"capacity {size}" for size in (5, 90, 100, 1000)}


def drawn(results, kind):
    """Return the first display of one kind, drawn."""
    display = FIGURES[kind].from_results(results, results.losses[0])[0]
    return display, render(display, results.figure_width)


def texts(figure):
    """Return every text of a figure."""
    return [text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text"))]


def vertical_lines(ax):
    """Return place and dash of every vertical line."""
    pairs = [(line.get_xdata(), line.get_linestyle()) for line in ax.lines]
    return {(float(x[0]), dash) for x, dash in pairs if len(x) == 2 and x[0] == x[1]}


def test_u_curve_draws_the_table(studies):
    results = studies["u"]()
    display, figure = drawn(results, "u_curve")
    for quantity in ("risk", "bias_squared", "variance", "noise"):
        line = display.lines_["", "", quantity]
        np.testing.assert_array_equal(line.get_xdata(), results.table["capacity"])
        np.testing.assert_array_equal(line.get_ydata(), results.table[quantity])
        assert to_hex(line.get_color()).upper() == to_hex(style.COLOURS[quantity]).upper()
    assert {"risk", "bias squared", "variance", "noise", "▼"} <= set(texts(figure))


@pytest.mark.ci
@pytest.mark.slow
def test_negative_estimates_stay_in_view(any_study):
    for display in displays(any_study):
        figure = render(display, any_study.figure_width)
        limits = [ax.get_ylim() for ax in figure.axes]
        for line in display.lines_.values():
            values = line.get_ydata()[np.isfinite(line.get_ydata())]
            low, high = line.axes.get_ylim()
            assert ((values >= low) & (values <= high)).all()
        assert len(set(limits)) == 1


def test_a_panel_without_negatives_does_not_cut_another_off(studies):
    rows = studies["u"]().table
    table = pd.concat([rows.assign(**{"data.n": 10}), rows[rows["bias_squared"] > 0].assign(**{"data.n": 20})])
    results = dataclasses.replace(studies["u"](), table=table, axes=("model.degree", "data.n"))
    for order in (table, table.iloc[::-1]):
        display, _ = drawn(dataclasses.replace(results, table=order), "u_curve")
        line = display.lines_["n = 10", "", "bias_squared"]
        assert line.axes.get_yscale() == "linear"
        assert line.axes.get_ylim()[0] < table["bias_squared"].min() < 0


def test_a_study_without_any_estimate_is_drawn(studies, tmp_path):
    rows = studies["gaps"]().table
    table = pd.concat([rows[rows["status"] == "missing"].assign(**{"model.degree": n, "capacity": n}) for n in (1, 2)])
    results = dataclasses.replace(studies["u"](), table=table)
    ((figure, _, _),) = draw_figures(results, tmp_path)
    assert "×" in figure.caption
    assert "Risk: no estimate." in figure.alt


def test_every_quantity_has_its_interval(studies):
    results = studies["u"]()
    _, figure = drawn(results, "u_curve")
    heights = [path.get_extents() for band in figure.axes[0].collections for path in band.get_paths()]
    assert any(
        box.y0 == results.table["risk_low"].min() and box.y1 == results.table["risk_high"].max() for box in heights
    )


def test_u_curve_stops_below_the_measured_threshold(studies):
    display, _ = drawn(studies["plain_descent"](), "u_curve")
    assert display.lines_["", "", "risk"].get_xdata().max() == 90
    assert "classical regime" in display.caption
    parts, _ = drawn(studies["plain_descent"](), "parts")
    assert parts.lines_["", "", "risk"].get_xdata().max() == 1000


def test_parts_only_where_they_show_more(studies):
    assert not FIGURES["parts"].from_results(studies["u"](), "squared_error")


def test_thresholds(studies):
    results = studies["descent"]()
    found = {item.label: threshold_of(results, item) for item in conditions_of(results, "capacity")}
    assert found["weight decay = 0"].measured == 100
    assert found["weight decay = 0.1"].measured is None
    assert "never crossed" in sentence_of(found["weight decay = 0.1"])
    assert {threshold.nominal for threshold in found.values()} == {100}


def test_threshold_of_a_classifier_is_that_of_its_training_error(studies):
    threshold = threshold_of(studies["zero_one"](), Condition((), ""))
    assert (threshold.loss, threshold.measured, threshold.nominal) == ("zero_one", 16, pytest.approx(15.8))


def test_threshold_without_training_risk_is_not_called_uncrossed(studies):
    results = studies["u"]()
    table = results.table.assign(train_risk=np.nan)
    threshold = threshold_of(dataclasses.replace(results, table=table), Condition((), ""))
    assert threshold.loss is None
    assert "not known" in sentence_of(threshold)


def test_double_descent_marks_both_thresholds(studies):
    display, figure = drawn(studies["zero_one"](), "double_descent")
    assert {(16.0, "-"), (15.8, "--")} <= {(round(x, 9), dash) for x, dash in vertical_lines(figure.axes[0])}
    assert {"measured threshold", "nominal threshold"} <= set(texts(figure))
    training = display.lines_["", "", "train_risk"]
    assert (training.get_linestyle(), to_hex(training.get_color()).upper()) == ("--", "#009E73")


def test_no_threshold_is_drawn_that_was_never_crossed(studies):
    display, figure = drawn(studies["u"](), "double_descent")
    assert not vertical_lines(figure.axes[0])
    assert "never crossed" in display.caption


def test_line_style_is_the_condition(studies):
    display, figure = drawn(studies["descent"](), "double_descent")
    risks = [line for (_, _, quantity), line in display.lines_.items() if quantity == "risk"]
    assert len({str(line._dash_pattern) for line in risks}) == 3
    assert {"weight decay = 0", "weight decay = 0.001", "weight decay = 0.1", "train risk"} <= set(texts(figure))


def test_more_than_four_conditions_are_chosen_and_named(studies):
    display, figure = drawn(studies["many"](), "parts")
    assert len(figure.axes) == 4
    assert "Shown are 4 of 6 conditions: weight decay = 0; " in display.caption


def test_penalty_draws_a_line_for_each_shown_capacity(studies):
    results = studies["many"]()
    display, figure = drawn(results, "penalty")
    assert [panel.title for panel in display.panels] == ["risk", "bias squared", "variance"]
    rows = results.table[results.table["capacity"] == 1000]
    line = display.lines_["variance", "capacity 1000", "variance"]
    np.testing.assert_array_equal(line.get_xdata(), rows["training.weight_decay"])
    np.testing.assert_array_equal(line.get_ydata(), rows["variance"])
    assert {curve.label for curve in display.panels[0].curves} == {f"capacity {size}" for size in (5, 90, 100, 1000)}
    ax = figure.axes[0]
    assert ax.get_xscale() == "symlog"
    assert 0 in ax.get_xticks()


def test_zero_one_draws_bias_and_net_variance(studies):
    display, _ = drawn(studies["zero_one"](), "u_curve")
    assert {quantity for _, _, quantity in display.lines_} == {"risk", "bias", "net_variance", "noise"}
    squared = FIGURES["u_curve"].from_results(studies["zero_one"](), "squared_error")[0]
    assert "bias_squared_plus_noise" in {curve.quantity for curve in squared.panels[0].curves}
    assert "labels" in squared.caption


def test_partial_cells_are_hollow_and_missing_ones_a_gap_and_a_cross(studies):
    display, figure = drawn(studies["gaps"](), "u_curve")
    line = display.lines_["", "", "risk"]
    assert np.isnan(line.get_ydata()[6])
    assert 3 not in line.get_markevery()
    hollow = [mark for mark in figure.axes[0].lines if mark.get_markerfacecolor() == "white"]
    assert {tuple(mark.get_xdata()) for mark in hollow} == {(4.0,)}
    crosses = [mark for mark in figure.axes[0].lines if mark.get_marker() == "x"]
    assert [list(mark.get_xdata()) for mark in crosses] == [[7.0]]
    assert "Hollow markers" in display.caption
    assert "×" in display.caption


def test_a_missing_cell_far_out_on_a_logarithmic_axis_needs_no_warning(studies):
    results, far = studies["gaps"](), {7: 100_000}
    table = results.table[results.table["model.degree"].isin([1, 5, 7])]
    table = table.replace({"model.degree": far, "capacity": far})
    _, figure = drawn(dataclasses.replace(results, table=table), "u_curve")
    low, high = figure.axes[0].get_xlim()
    assert figure.axes[0].get_xscale() == "log" and 0.1 < low < 1 and 100_000 < high < 1_000_000


def test_without_a_numeric_axis_cells_stand_side_by_side(studies):
    display, figure = drawn(studies["words"](), "u_curve")
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == [
        "name = iris",
        "name = wine",
        "name = digits",
    ]
    assert display.lines_["", "", "risk"].get_linestyle() == "None"


def test_cells_of_another_task_do_not_stand_beside_those_that_have_the_loss(studies):
    results = studies["words"]()
    other = results.table.tail(1).assign(name="of another task", loss="zero_one", cell=99)
    both = dataclasses.replace(results, table=pd.concat([results.table, other], ignore_index=True))
    _, figure = drawn(both, "u_curve")
    assert len(figure.axes[0].get_xticklabels()) == 3


def test_without_capacity_the_first_numeric_axis_is_horizontal(studies):
    results = studies["decay"]()
    assert horizontal(results) == "training.weight_decay"
    _, figure = drawn(results, "u_curve")
    assert figure.axes[0].get_xscale() == "symlog"
    assert figure.axes[0].get_xlabel() == "weight decay\nfresh training sets, n = 100"
    assert not FIGURES["penalty"].from_results(results, "squared_error")


def test_caption_names_band_resampling_and_reference(any_study):
    for display in displays(any_study):
        assert "Bands: 95 % interval over " in display.caption
        how = "from second moments" + (
            "" if display.stem.startswith("committee") else ", those of risks from each model's own"
        )
        assert f"replicates at 1,000 fixed points, {how}." in display.caption
        assert "Training sets (" in display.caption
        assert "Reference of the bias: " in display.caption


def test_alt_text_is_made_of_the_numbers(studies):
    display, _ = drawn(studies["u"](), "u_curve")
    assert "Risk: from 0.554 to 0.370, least 0.190 at 5, greatest 0.554 at 1." in display.alt
    assert "Noise: 0.100 throughout." in display.alt


def test_names_are_never_mathtext(studies):
    for display in displays(studies["odd"]()):
        figure = render(display, 5.5)
        for text in figure.findobj(lambda artist: hasattr(artist, "get_parse_math") and "$" in artist.get_text()):
            assert not text.get_parse_math()


@pytest.mark.slow
def test_names_at_line_ends_do_not_touch(any_study):
    for display in displays(any_study):
        figure = render(display, any_study.figure_width)
        for ax in figure.axes:
            names = [text for text in ax.texts if text.get_text().split("\n")[0] in NAMES]
            # Without the leader that an annotation draws.
            boxes = [Text.get_window_extent(text) for text in names]
            assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))


def without(results, decay, *names):
    """Return a study that knows nothing of some quantities under one weight decay."""
    own = results.table["training.weight_decay"] == decay
    return dataclasses.replace(
        results, table=results.table.assign(**{name: results.table[name].mask(own) for name in names})
    )


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("names", [("risk", "bias_squared", "variance", "noise"), ("noise",)])
def test_lines_keep_their_names_where_the_last_panel_lacks_some(studies, width, names):
    display = FIGURES["parts"].from_results(without(studies["descent"](), 0.1, *names), "squared_error")[0]
    figure = render(display, width)
    assert {"risk", "bias squared", "variance", "noise"} <= set(texts(figure))
    # A narrow figure has its panels below each other, so that each is the last of its row.
    assert bool(figure.legends) == (width != style.WIDTHS[0])


def test_one_panel_of_the_last_column_is_enough_to_name_lines(studies):
    results = without(studies["many"](), 1.0, "risk", "bias_squared", "variance", "noise")
    figure = render(FIGURES["parts"].from_results(results, "squared_error")[0], 5.5)
    assert len(figure.axes) == 4
    assert {"risk", "bias squared", "variance", "noise"} <= {text.get_text() for text in figure.axes[1].texts}
    assert not figure.legends


def components_of(results, **columns):
    """Return a crossed study with components of the variance."""
    shares = {"variance_data": 0.5, "variance_init": 0.3, "variance_interaction": 0.2}
    table = results.table.assign(design="crossed", vary="data × init")
    for name, share in shares.items():
        for end in ("", "_low", "_high"):
            table[name + end] = share * table["variance" + end]
    return dataclasses.replace(results, table=table.assign(**columns))


@pytest.mark.parametrize(("study", "kind"), [("plain_descent", "log"), ("u", "linear")])
def test_components_have_the_scale_that_the_range_of_the_variance_asks_for(studies, study, kind):
    results = studies[study]()
    peak = results.table["variance"].where(results.table["capacity"] != 100, 1e4)
    results = dataclasses.replace(results, table=results.table.assign(variance=peak))
    display, figure = drawn(components_of(results), "components")
    assert figure.axes[0].get_yscale() == kind
    negative = components_of(results, variance_data=-1.0)
    display, figure = drawn(negative, "components")
    assert figure.axes[0].get_yscale() == ("symlog" if kind == "log" else "linear")
    assert ("logarithmic, and linear between" in display.caption) == (kind == "log")


def test_components_of_a_study_without_an_axis_stand_side_by_side(studies):
    results = components_of(studies["one"]())
    display, figure = drawn(results, "components")
    names = ["variance", "variance_data", "variance_init", "variance_interaction"]
    for name in names:
        assert display.lines_["", "", name].get_ydata().tolist() == results.table[name].tolist()
    assert {"variance", "from data", "from init", "from interactions", "the only cell"} <= set(texts(figure))
    assert "add up to the variance" in display.caption and "from data" in display.alt
    assert not FIGURES["components"].from_results(studies["one"](), "squared_error")


def test_captions_of_crossed_designs_count_models(studies):
    table = studies["gaps"]().table.assign(design="crossed", vary="data+label_noise × init")
    display, _ = drawn(dataclasses.replace(studies["gaps"](), table=table), "u_curve")
    assert "over 35 to 50 models of crossed seeds (data + label noise × init) at 1,000 fixed points" in display.caption
    assert "Hollow markers: fewer models than planned" in display.caption
    assert "replicates" not in display.caption


def test_spread_moves_labels_apart_and_no_further():
    np.testing.assert_allclose(spread([0.2, 0.8], [0.1, 0.1]), [0.2, 0.8])
    np.testing.assert_allclose(spread([0.5, 0.5, 0.9], [0.1, 0.1, 0.1]), [0.45, 0.55, 0.9])
    np.testing.assert_allclose(spread([0.0, 0.0], [0.2, 0.2]), [0.1, 0.3])


def test_even_grids_are_linear_and_wide_ones_logarithmic():
    assert scale_of_x(np.arange(1.0, 31.0)).kind == "linear"
    assert scale_of_x(np.array([1.0, 2.0, 4.0, 8.0])).kind == "log"
    assert scale_of_x(np.array([10.0, 20.0, 50.0, 400.0])).kind == "log"
    assert scale_of_x(np.array([0.0, 1e-4, 1e-2, 1.0])).kind == "symlog"
    assert scale_of_x(np.array([0.0, 0.1, 0.5])).kind == "linear"


def test_chosen_keeps_both_ends():
    assert chosen(range(3)) == [0, 1, 2]
    assert chosen(range(10)) == [0, 3, 6, 9]


def test_a_display_draws_on_axes_of_the_readers_own(studies):
    display = FIGURES["u_curve"].from_results(studies["u"](), "squared_error")[0]
    ax = Figure().subplots()
    assert display.draw(ax) is display
    assert display.lines_["", "", "risk"].axes is ax


@pytest.mark.ci
@pytest.mark.slow
def test_figures_are_the_same_bytes_in_another_process(studies, tmp_path):
    results = studies["descent"]()
    draw_figures(results, tmp_path / "here")
    results.table.to_pickle(tmp_path / "table.pkl")
    script = (
        "import sys, pathlib, pandas as pd\n"
        "from biasvar.results.results import Results\n"
        "from biasvar.report.figures import draw_figures\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "table = pd.read_pickle(folder / 'table.pkl')\n"
        "axes = ('model.features', 'training.weight_decay')\n"
        "draw_figures(Results('example', table, axes, 0.95, 1e-3, 2000, 5.5), folder / 'there')\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True)
    names = sorted(path.name for path in (tmp_path / "here/figures").iterdir())
    assert len(names) == 12
    for name in names:
        assert (tmp_path / "here/figures" / name).read_bytes() == (tmp_path / "there/figures" / name).read_bytes(), name


def test_no_dates_and_real_type_in_the_files(studies, tmp_path):
    draw_figures(studies["u"](), tmp_path)
    pdf = (tmp_path / "figures/u_curve_squared_error.pdf").read_bytes()
    svg = (tmp_path / "figures/u_curve_squared_error.svg").read_text()
    assert b"CreationDate" not in pdf
    assert b"/Type3" not in pdf
    assert "dc:date" not in svg
    assert ">variance</text>" in svg


def test_a_file_of_somebody_else_is_left_alone(studies, tmp_path):
    theirs = tmp_path / "figures/u_curve_squared_error.pdf"
    theirs.parent.mkdir()
    theirs.write_bytes(b"a thesis")
    with pytest.raises(FileExistsError, match="not made by biasvar"):
        draw_figures(studies["u"](), tmp_path)
    assert theirs.read_bytes() == b"a thesis"


def test_stems_stay_inside_the_folder(studies, tmp_path):
    results = studies["u"]()
    table = results.table.assign(loss="../../etc/x")
    ((figure, _, _), *_) = draw_figures(dataclasses.replace(results, table=table), tmp_path)
    assert (tmp_path / "figures" / f"{figure.stem}.svg").exists()
    assert "/" not in figure.stem


def test_a_figure_can_be_sent_to_another_process_before_it_is_drawn(any_study):
    for display in displays(any_study):
        sent = pickle.loads(pickle.dumps(display))
        assert (sent.stem, sent.caption, sent.alt) == (display.stem, display.caption, display.alt)
