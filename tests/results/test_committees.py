"""Committees and sensitivity to replicates: from ensembles to tables, and from tables to figures."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from biasvar.decomposition import decompose
from biasvar.report import style
from biasvar.report.figures import FIGURES
from biasvar.report.figures.study_figure import render
from biasvar.results.committees import COLUMNS, CommitteeCollector, numbers_up_to
from biasvar.results.ensembles import NO_OUTER_SETS
from biasvar.results.kept_cells import MOST_CELLS, is_kept, least_risk_of_kept
from biasvar.results.sensitivities import SensitivityCollector
from biasvar.results.tables import write_csv


def logits(number, replicates=12, points=40):
    """Outputs of one cell: classes that are told apart better the smaller its number is, and their distribution."""
    generator = np.random.default_rng(number)
    distribution = generator.dirichlet(np.ones(3), points)
    return np.log(distribution) + (0.5 + number) * generator.standard_normal((replicates, points, 3)), distribution


def kept(folder, outputs_of=logits, losses=("squared_error", "zero_one", "cross_entropy"), cells=3, **options):
    """Let both collectors see some cells; return both tables as written, the decompositions, and the warnings."""
    committees, sensitivities = CommitteeCollector(cells), SensitivityCollector(cells)
    found, warnings = {}, []
    for number in range(cells):
        outputs, distribution = outputs_of(number)
        parts = {loss: decompose(outputs, distribution, loss=loss, outputs_are="logits", **options) for loss in losses}
        about = {"axes": {"model.width": 2**number}, "interval": SimpleNamespace(level=0.9)}
        about["outer_sets"] = NO_OUTER_SETS
        for collector in (committees, sensitivities):
            collector.collect(SimpleNamespace(number=number, **about), parts)
        found |= {(number, loss): one for loss, one in parts.items()}
    tables = [one.table(warnings.append) for one in (committees, sensitivities)]
    for one, table in zip((committees, sensitivities), tables, strict=True):
        write_csv(folder / one.FILE, table)
    return *tables, found, warnings


def results_of(studies, tables, design="joint", vary="data+init"):
    """The synthetic study of a classifier with the tables of the collectors."""
    results = studies["zero_one"]()
    rows = [results.table[results.table["loss"] == "zero_one"].assign(loss=loss, design=design, vary=vary) for loss in
            ("squared_error", "zero_one", "cross_entropy")]  # fmt: skip
    return dataclasses.replace(results, table=pd.concat(rows), committees=tables[0], sensitivity=tables[1])


def test_committee_csv_has_a_row_a_rule_and_number_of_members(tmp_path):
    table, _, parts, warnings = kept(tmp_path)
    assert not warnings
    read = pd.read_csv(tmp_path / "committee.csv", keep_default_na=False, na_values=[""])
    assert list(read.columns) == ["model.width", *COLUMNS]
    assert len(read) == len(table) == 3 * 5 * len(numbers_up_to(12))
    one = table[(table["cell"] == 1) & (table["loss"] == "squared_error")]
    assert list(one["members"]) == [1, 2, 3, 5, 7, 10, 12]
    found = parts[1, "squared_error"]
    assert one["risk"].iloc[0] == pytest.approx(found.risk)
    assert (one["risk_low"].iloc[0], one["risk_high"].iloc[0]) == pytest.approx(found.interval("risk", 0.9))
    assert one["limit"].unique() == pytest.approx([found.noise + found.bias_squared])
    assert (one["rho"] == 0).all()
    assert set(table[table["rho"].isna()]["rule"]) == {"vote", "mean"}
    entropy = table[(table["rule"] == "geometric_mean") & (table["cell"] == 0)]
    assert set(entropy["rho_from"]) == {"line"}
    assert entropy["limit"].iloc[0] == pytest.approx(parts[0, "cross_entropy"].noise, abs=0.02)


def test_the_risk_of_a_committee_is_the_sum_of_its_parts_in_every_row_that_has_them(tmp_path):
    table, *_ = kept(tmp_path)
    geometric = (table["loss"] == "cross_entropy") & (table["rule"] == "geometric_mean")
    has_parts = (table["loss"] == "squared_error") | geometric
    assert (table["diversity"].notna() == has_parts).all()
    rows = table[has_parts]
    parts = rows["noise"] + rows["mean_bias"] + rows["mean_variance"] - rows["diversity"]
    np.testing.assert_allclose(rows["risk"], parts, rtol=1e-12)
    assert rows["mean_bias_plus_noise"].isna().all()
    exact = rows[(rows["loss"] == "squared_error") & (rows["members"] > 1)]
    assert (exact["diversity_low"] < exact["diversity"]).all() and (exact["diversity"] < exact["diversity_high"]).all()


def test_bias_that_cannot_be_told_from_noise_is_called_so_in_the_parts_of_a_committee(tmp_path):
    def outputs_of(number):
        outputs, distribution = logits(number)
        return outputs, distribution.argmax(axis=1)

    table, *_ = kept(tmp_path, outputs_of, losses=("squared_error", "cross_entropy"))
    rows = table.dropna(subset="diversity")
    assert rows["mean_bias"].isna().all() and rows["noise"].isna().all()
    whole = rows["mean_bias_plus_noise"] + rows["mean_variance"] - rows["diversity"]
    np.testing.assert_allclose(rows["risk"], whole, rtol=1e-12)


def test_a_crossed_design_shares_its_data(tmp_path):
    def outputs_of(number):
        outputs, distribution = logits(number)
        return outputs.reshape(3, 4, 40, 3), distribution

    table, sensitivity, parts, _ = kept(tmp_path, outputs_of, design="crossed")
    assert set(table["shared"]) == {"data"}
    assert table["members"].max() == 4
    found, one = parts[0, "squared_error"], table[(table["cell"] == 0) & (table["loss"] == "squared_error")]
    assert one["rho"].iloc[0] == pytest.approx(found.variance_data / found.variance)
    assert set(sensitivity["at_replicates"]) == {3}


def test_a_training_set_that_alone_varies_makes_no_committee(tmp_path):
    def outputs_of(number):
        outputs, distribution = logits(number)
        return outputs.reshape(3, 4, 40, 3), distribution

    table, *_ = kept(tmp_path, outputs_of, design="crossed", sources=("data", "label_noise"))
    assert table.empty
    assert (tmp_path / "committee.csv").read_text().startswith("cell,loss,rule")


def test_sensitivity_csv_ends_with_the_estimates_of_the_results_table(tmp_path):
    _, table, parts, _ = kept(tmp_path)
    assert list(table.columns[:2]) == ["model.width", "cell"]
    last = table[table["at_replicates"] == 12]
    assert len(last)
    for row in last.itertuples():
        found = parts[row.cell, row.loss]
        assert row.plug_in == pytest.approx(found.plug_in[row.quantity])
        assert np.isnan(row.corrected) or row.corrected == pytest.approx(getattr(found, row.quantity))


def test_large_studies_keep_evenly_chosen_cells_and_say_so(tmp_path):
    assert [is_kept(number, MOST_CELLS) for number in range(MOST_CELLS)] == [True] * MOST_CELLS
    places = [number for number in range(400) if is_kept(number, 400)]
    assert (len(places), places[0], places[-1]) == (MOST_CELLS, 0, 399)
    assert set(np.diff(places)) <= {8, 9}
    *_, warnings = kept(tmp_path, losses=("squared_error",), cells=60)
    assert warnings == [f"{name}.csv holds 50 of 60 cells, evenly chosen" for name in ("committee", "sensitivity")]


def test_figures_need_their_tables(studies):
    for kind in ("committee", "sensitivity"):
        assert FIGURES[kind].from_results(studies["zero_one"](), "zero_one") == []


def test_the_cell_of_least_risk_is_taken_from_those_that_are_kept(studies):
    results = studies["zero_one"]()
    every = pd.DataFrame({"cell": range(6)})
    assert [cell for _, cell in least_risk_of_kept(results, "zero_one", every)] == [5]
    assert [cell for _, cell in least_risk_of_kept(results, "zero_one", every[:4])] == [3]


@pytest.mark.parametrize("loss", ["squared_error", "zero_one", "cross_entropy"])
def test_the_committee_figure_draws_the_table(studies, tmp_path, loss):
    tables = kept(tmp_path)
    (display,) = FIGURES["committee"].from_results(results_of(studies, tables), loss)
    figure = render(display, 5.5)
    rows = tables[0][(tables[0]["loss"] == loss) & (tables[0]["cell"] == 2)]
    names = {"geometric_mean": "geometric mean"}
    for rule, one in rows.groupby("rule"):
        line = display.lines_["", names.get(rule, rule), "risk"]
        np.testing.assert_array_equal(line.get_xdata(), one["members"])
        np.testing.assert_array_equal(line.get_ydata(), one["risk"])
    drawn = {label for _, label, _ in display.lines_}
    assert ("limit" in drawn) == (loss != "zero_one")
    assert len({str(line._dash_pattern) for line in display.lines_.values()}) == len(display.lines_)
    assert drawn <= {text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text"))}
    assert "width = 4" in display.caption
    assert (
        "Each member has a training set of its own from one pool: rho = 0 as far as one pool shows" in display.caption
    )
    assert ("Bands: 95 %" in display.caption) == (loss == "squared_error")
    assert "Reference of the bias: " in display.caption
    assert ("without intervals" in display.caption) == (loss != "squared_error")


@pytest.mark.parametrize(
    ("shared", "vary", "said"),
    [
        ("", "init+batch_order", "All members have the same training set"),
        ("", "init × batch_order", "All members have the same training set"),
        ("data", "data+label_noise × init", "share their draw of data and label noise, and differ in that of init."),
        ("data", "data+init × batch_order+dropout", "of data and init, and differ in that of batch order and dropout."),
        ("data+label_noise", "data × init × label_noise", "of data and label noise, and differ in that of init."),
        # Drawn together with label noise that the cell has not.
        ("label_noise", "data × init", "share their draw of data, and differ in that of init."),
    ],
)
def test_the_caption_says_which_draws_members_share(studies, tmp_path, shared, vary, said):
    tables = kept(tmp_path, losses=("squared_error",))
    tables[0]["shared"] = shared
    (display,) = FIGURES["committee"].from_results(results_of(studies, tables, "crossed", vary), "squared_error")
    assert said in display.caption
    assert "all else" not in display.caption


@pytest.mark.parametrize(
    ("scheme", "pooled"),
    [("fresh", False), ("disjoint", False), ("kfold", True), ("bootstrap", True), ("subsample", True)],
)
def test_members_are_independent_only_where_they_share_no_pool(studies, tmp_path, scheme, pooled):
    results = results_of(studies, kept(tmp_path, losses=("squared_error",)))
    results = dataclasses.replace(results, table=results.table.assign(resampling=scheme))
    (display,) = FIGURES["committee"].from_results(results, "squared_error")
    assert ("rho = 0 as far as one pool shows" in display.caption) == pooled
    assert ("shares nothing with those of others: rho = 0." in display.caption) != pooled


def test_the_band_of_a_committee_is_over_replicates_whatever_that_of_the_table_is_over(studies, tmp_path):
    results = results_of(studies, kept(tmp_path, losses=("squared_error",)))
    table = results.table.assign(interval_method="bootstrap")
    results = dataclasses.replace(results, table=table, over="replicates_and_points")
    captions = [FIGURES[kind].from_results(results, "squared_error")[0].caption for kind in ("committee", "u_curve")]
    assert "Bands: 95 % interval over 10 replicates at 1,000 fixed points, from second moments." in captions[0]
    assert "Bands: 95 % interval over 10 replicates and 1,000 points, by 2,000 resamples." in captions[1]


@pytest.mark.parametrize("kind", ["committee", "sensitivity"])
def test_captions_say_what_is_held_and_that_not_all_cells_are_kept(studies, tmp_path, kind):
    results = results_of(studies, kept(tmp_path, losses=("squared_error",)))
    assert "Fixed, so that" not in FIGURES[kind].from_results(results, "squared_error")[0].caption
    table = pd.concat([results.table.assign(fixed="init")] + [results.table.assign(cell=range(100, 118))] * 3)
    table["cell"] = [*table["cell"][:18], *range(100, 154)]
    (display,) = FIGURES[kind].from_results(dataclasses.replace(results, table=table), "squared_error")
    assert "Fixed, so that their variance is part of the bias: init." in display.caption
    assert "least risk among the 50 of 60 cells that are kept: width = 4." in display.caption


def test_the_sensitivity_figure_draws_plug_in_dashed_and_corrected_solid(studies, tmp_path):
    tables = kept(tmp_path)
    results = results_of(studies, tables)
    (display,) = FIGURES["sensitivity"].from_results(results, "cross_entropy")
    render(display, 5.5)
    rows = tables[1][(tables[1]["loss"] == "cross_entropy") & (tables[1]["cell"] == 2)]
    for quantity, one in rows.groupby("quantity"):
        plug_in, corrected = (display.lines_["", label, quantity] for label in ("plug-in", "corrected"))
        np.testing.assert_array_equal(plug_in.get_ydata(), one["plug_in"])
        np.testing.assert_array_equal(corrected.get_ydata(), one["corrected"])
        assert (plug_in.get_linestyle(), corrected.get_linestyle()) == ("--", "-")
        assert to_hex(plug_in.get_color()).upper() == to_hex(style.COLOURS[quantity]).upper()
    (display,) = FIGURES["sensitivity"].from_results(results, "zero_one")
    assert {label for panel in display.panels for label in {item.label for item in panel.curves}} == {"plug-in"}
    assert "No correction of bias and variance is known" in display.caption
    crossed = results_of(studies, tables, design="crossed")
    (display,) = FIGURES["sensitivity"].from_results(crossed, "zero_one")
    assert display.x_label.startswith("seeds of each source")
    assert "against the number of seeds of each source" in display.title and "replicates" not in display.caption


def test_a_bias_below_its_resolution_is_said(studies, tmp_path):
    results = results_of(studies, kept(tmp_path))
    assert "own resolution" not in FIGURES["sensitivity"].from_results(results, "zero_one")[0].caption
    reaching = dataclasses.replace(results, table=results.table.assign(bias_low=-0.01))
    assert "below its own resolution" in FIGURES["sensitivity"].from_results(reaching, "zero_one")[0].caption


def test_more_than_four_conditions_are_chosen_and_named(studies, tmp_path):
    tables = kept(tmp_path, losses=("squared_error",), cells=6)
    results = results_of(studies, tables)
    table = results.table.assign(**{"model.width": 1, "capacity": 1, "data.name": list("abcdef") * 3})
    results = dataclasses.replace(results, table=table, axes=("data.name",))
    for kind in ("committee", "sensitivity"):
        (display,) = FIGURES[kind].from_results(results, "squared_error")
        assert len(render(display, 6.75).axes) == len(display.panels) == 4
        assert "Shown are 4 of 6 conditions: name = a; " in display.caption
