"""Single points: their rows agree with the table, and figures show the points that they say they show."""

import dataclasses
import json
import re

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from matplotlib.figure import Figure

from biasvar.report.figures import FIGURES, draw_figures
from biasvar.report.figures.cloud import MOST_MARKS, Cloud, equal_sums, linear_below, sums_of
from biasvar.report.figures.scatter import marks_in_words, scales_in_words
from biasvar.report.figures.study_figure import render
from biasvar.report.page.html import write_page
from biasvar.results.conditions import cells_of_least_risk
from biasvar.results.points import points as points_module
from biasvar.results.points.hardest import MOST_PICTURES, best_cell
from biasvar.results.points.points import FILE, keep_least, points_file, read_points
from biasvar.results.predictions import vote_counts, vote_entropy
from biasvar.results.saved import with_points
from biasvar.results.stored.stored_cells import cells_of
from biasvar.results.table import build_results
from biasvar.study.plan import plan
from biasvar.study.run import run
from biasvar.study.store.store import Store

DIGITS = {
    "name": "small",
    "seed": 3,
    "replicates": 4,
    "data": {"kind": "digits", "n_train": 60, "n_eval": 50},
    "resampling": {"kind": "bootstrap"},
    "model": {"kind": "random_features"},
    "training": {"kind": "exact"},
    "interval": {"resamples": 100},
}
LINEAR = DIGITS | {
    "data": {"kind": "linear", "dimension": 12, "n_train": 20, "n_eval": 30},
    "resampling": {"kind": "fresh"},
}
CROSSED = DIGITS | {"design": {"kind": "crossed", "seeds": 3}}


class Silent:
    """A progress that says nothing."""

    def start(self, total, done):
        pass

    def advance(self, members):
        pass

    def warn(self, message):
        pass


def trained(folder, settings, features=(5, 30), decays=(0.01, 1.0)):
    """Train a small study with a cell a number of features and weight decay; return its plan and store."""
    cells = [
        (
            {"model.features": size, "training.weight_decay": decay},
            settings
            | {
                "model": settings["model"] | {"features": size},
                "training": settings["training"] | {"weight_decay": decay},
            },
        )
        for decay in decays
        for size in features
    ]
    study = plan(cells)
    run(folder, study, 1, Silent())
    return study, Store(folder)


def reported(folder, study, store, notes=None):
    """Build table and points of a trained study."""
    notes = [] if notes is None else notes
    with points_file(folder) as points:
        cells = cells_of(study, store.folder)
        results = build_results(cells, [points])
    notes += cells.warnings
    keep_least(folder, results, notes.append)
    return with_points(results, folder, cells)


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """Return folder, plan, store and results of a study of images."""
    folder = tmp_path_factory.mktemp("digits")
    study, store = trained(folder, DIGITS)
    return folder, study, store, reported(folder, study, store)


@pytest.mark.parametrize("settings", [DIGITS, LINEAR, CROSSED], ids=["digits", "linear", "crossed"])
def test_means_over_the_points_are_the_numbers_of_the_table(tmp_path, settings):
    study, store = trained(tmp_path, settings, features=(5, 10))
    results = reported(tmp_path, study, store)
    every = pq.read_table(tmp_path / FILE).to_pandas()
    assert len(every) == len(results.table) * settings["data"]["n_eval"]
    for _, row in results.table.iterrows():
        own = every[(every["cell"] == row["cell"]) & (every["loss"] == row["loss"])]
        other = every[(every["cell"] == (row["cell"] + 1) % 4) & (every["loss"] == row["loss"])]
        assert own["point"].tolist() == list(range(settings["data"]["n_eval"]))
        for name in ("risk", "variance", "bias_squared", "bias_squared_plus_noise", "bias", "noise"):
            assert own[name].mean() == pytest.approx(row[name], rel=1e-12, abs=1e-13, nan_ok=True)
        # What stands under the wrong cell is caught.
        assert other["risk"].mean() != pytest.approx(row["risk"], rel=1e-12)


def test_the_main_prediction_is_the_one_that_the_zero_one_bias_is_about(digits):
    folder, study, store, _ = digits
    every = pq.read_table(folder / FILE).to_pandas()
    rows = every[every["loss"] == "zero_one"]
    counts = [vote_counts(ensemble) for ensemble in ensembles(study, store)]
    tied = np.concatenate([np.sum(one == one.max(axis=1, keepdims=True), axis=1) > 1 for one in counts])
    assert np.array_equal((rows["main"] != rows["label"])[~tied], rows["bias"][~tied])
    assert tied.any() and np.all(rows["bias"][tied].isin([0.5, 1 / 3, 2 / 3, 0.75, 1, 0.8]))
    labels = store.read_evaluation(study.cells[0].members[0]).target
    assert np.array_equal(rows[rows["cell"] == 0]["label"], labels)
    assert np.array_equal(np.concatenate(counts).argmax(axis=1), rows["main"])


def ensembles(study, store):
    return list(cells_of(study, store.folder).ensembles())


def test_the_entropy_is_that_of_the_votes(digits):
    folder, study, store, _ = digits
    every = pq.read_table(folder / FILE).to_pandas()
    for ensemble in ensembles(study, store)[:2]:
        for point in range(10):
            votes = [int(np.argmax(outputs[point])) for outputs in ensemble.outputs]
            shares = [votes.count(one) / len(votes) for one in set(votes)]
            wanted = sum(-share * np.log(share) for share in shares)
            rows = every[(every["cell"] == ensemble.number) & (every["point"] == point)]
            assert rows["entropy"].to_numpy() == pytest.approx(wanted, abs=1e-15)
    outputs = np.eye(4)[np.array([[0, 0], [1, 0], [2, 0], [3, 0]])]
    apart = dataclasses.replace(ensembles(study, store)[0], outputs=outputs)
    assert vote_entropy(vote_counts(apart)) == pytest.approx([np.log(4), 0])


def test_regression_has_its_central_prediction_and_no_votes(tmp_path):
    study, store = trained(tmp_path, LINEAR, features=(5,), decays=(0.01,))
    reported(tmp_path, study, store)
    every = pq.read_table(tmp_path / FILE).to_pandas()
    (ensemble,) = ensembles(study, store)
    squared = every[every["loss"] == "squared_error"]
    assert squared["main"].to_numpy() == pytest.approx(ensemble.outputs[..., 0].mean(axis=0), rel=1e-14)
    assert every["entropy"].isna().all() and every["label"].isna().all()


def test_points_are_the_same_bytes_each_time_a_row_group_a_cell_and_explain_themselves(digits):
    folder, study, store, _ = digits
    before = (folder / FILE).read_bytes()
    reported(folder, study, store)
    assert (folder / FILE).read_bytes() == before
    file = pq.ParquetFile(folder / FILE)
    groups = [set(file.read_row_group(place)["cell"].to_pylist()) for place in range(file.num_row_groups)]
    assert groups == [{0}, {1}, {2}, {3}]
    assert set(json.loads(file.schema_arrow.metadata[b"dictionary"])) == set(file.schema_arrow.names)
    assert not [path for path in folder.iterdir() if path.name.endswith(".tmp")]


def test_a_report_that_fails_leaves_the_points_of_the_last_one(digits):
    folder, *_ = digits
    before = (folder / FILE).read_bytes()
    with pytest.raises(ZeroDivisionError), points_file(folder):
        raise ZeroDivisionError
    assert (folder / FILE).read_bytes() == before
    assert not [path for path in folder.iterdir() if path.name.endswith(".tmp")]


def test_a_huge_study_keeps_the_cells_of_least_risk_and_says_so(tmp_path, monkeypatch, digits):
    _, study, store, whole = digits
    monkeypatch.setattr(points_module, "MOST_ROWS", 100)
    notes = []
    results = reported(tmp_path, study, store, notes)
    every = pq.read_table(tmp_path / FILE).to_pandas()
    kept = set(zip(every["cell"], every["loss"], strict=True))
    assert kept == {(cell, loss) for loss in results.losses for _, cell in cells_of_least_risk(results, loss)}
    assert len(kept) == 2 * len(results.losses)
    assert any("more than 100" in note for note in notes)
    assert results.points.equals(whole.points)


def test_the_cell_of_least_risk_of_each_condition_is_found(digits):
    *_, results = digits
    table = results.of_loss("squared_error")
    found = {condition.label: cell for condition, cell in cells_of_least_risk(results, "squared_error")}
    assert set(found) == {"weight decay = 0.01", "weight decay = 1"}
    for decay, label in ((0.01, "weight decay = 0.01"), (1.0, "weight decay = 1")):
        rows = table[table["training.weight_decay"] == decay]
        assert rows.set_index("cell")["risk"][found[label]] == rows["risk"].min()
    assert table.set_index("cell")["risk"][best_cell(results, "squared_error")] == table["risk"].min()


def places_of(marks):
    return np.concatenate([np.empty((0, 2)), *(np.column_stack(one.get_data()) for one in marks)])


def test_the_scatter_draws_every_point_on_the_side_of_its_larger_part(digits):
    folder, *_, results = digits
    (display,) = FIGURES["scatter"].from_results(results, "squared_error")
    figure = render(display, 5.5)
    assert len(figure.axes) == 2
    for condition, cell in cells_of_least_risk(results, "squared_error"):
        rows = read_points(folder, [(cell, "squared_error")])
        pairs = rows[["variance", "bias_squared_plus_noise"]].to_numpy()
        above = places_of(display.marks_[condition.label, "bias"])
        below = places_of(display.marks_[condition.label, "variance"])
        assert (above[:, 1] > above[:, 0]).all() and not (below[:, 1] > below[:, 0]).any()
        drawn = np.concatenate([above, below])
        assert drawn[np.lexsort(drawn.T)] == pytest.approx(pairs[np.lexsort(pairs.T)], abs=1e-11)
        for ax, point in ((ax, point) for ax in figure.axes for point in drawn):
            (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
            assert left <= point[0] <= right and low <= point[1] <= high
    assert "features = " in display.caption and "labels" in display.caption
    assert "points" in display.alt


def test_the_scatter_of_votes_is_that_of_kohavi_and_wolpert_and_counts_points_that_coincide(digits):
    *_, results = digits
    (display,) = FIGURES["scatter"].from_results(results, "zero_one")
    assert "Kohavi-Wolpert" in display.y_label
    render(display, 3.25)
    sizes = {one.get_markersize() for marks in display.marks_.values() for one in marks}
    assert len(sizes) > 1
    # A bias that is 0 or 1 makes no cloud.
    only = results.points.drop(columns=[name for name in results.points if name.startswith("kw_")])
    assert not FIGURES["scatter"].from_results(dataclasses.replace(results, points=only), "zero_one")


def test_studies_without_points_have_neither_scatter_nor_sheet(studies):
    for loss in ("squared_error", "zero_one"):
        results = studies["zero_one"]()
        assert not FIGURES["scatter"].from_results(results, loss)
        assert not FIGURES["hardest"].from_results(results, loss)


def test_a_large_cloud_is_thinned_evenly_and_its_median_is_that_of_all():
    generator = np.random.default_rng(0)
    cloud = Cloud("", generator.normal(size=2500), generator.uniform(1, 3, 2500), 20)
    assert len(cloud.thinned.places) == 834 <= MOST_MARKS
    assert cloud.median == (np.median(cloud.bias), np.median(cloud.variance))
    assert linear_below([cloud]) == pytest.approx(0.1)
    assert linear_below([dataclasses.replace(cloud, variance=np.zeros(2500))]) == 1
    # No more than three decades below the largest value.
    tiny = dataclasses.replace(cloud, variance=1e-9 * cloud.variance, bias=np.full(2500, 2.0))
    assert linear_below([tiny]) == pytest.approx(1e-3)


def test_lines_of_equal_sums_are_named_only_where_some_are_drawn():
    generator = np.random.default_rng(0)
    names = ("bias squared", "variance")
    wide = Cloud("", generator.uniform(0, 5, 100), generator.uniform(1, 3, 100), 200)
    none = dataclasses.replace(wide, replicates=2)
    for cloud, drawn in ((wide, True), (none, False)):
        axes = Figure().subplots()
        before = len(axes.lines)
        equal_sums(axes, linear_below([cloud]), sums_of([cloud]))
        assert (len(axes.lines) - before > 1) == drawn
        assert ("Grey lines" in marks_in_words([cloud], names)) == drawn


@pytest.mark.parametrize(
    ("bias", "design", "corrected", "unbiased"),
    [
        ("bias_squared", "joint", True, True),
        ("kw_bias_squared", "joint", True, True),
        ("bias_squared", "crossed", False, True),
        ("systematic_effect", "joint", False, False),
        ("bias", "joint", False, False),
    ],
)
def test_a_correction_is_spoken_of_only_where_it_is_variance_over_replicates(bias, design, corrected, unbiased):
    cloud = Cloud("", np.random.default_rng(0).normal(size=100), np.full(100, 1.0), 100)
    said = scales_in_words([cloud], bias, pd.DataFrame({"design": [design]}))
    assert "linear between ±0.01" in said
    assert ("its own correction" in said) == corrected
    assert ("unbiased estimates" in said) == unbiased
    # A floor that is far from the correction is not called by it.
    far = dataclasses.replace(cloud, bias=1e3 * cloud.bias)
    assert "its own correction" not in scales_in_words([far], bias, pd.DataFrame({"design": [design]}))


def test_the_sheet_shows_the_images_of_largest_risk_hardest_first(digits):
    folder, study, store, results = digits
    (display,) = FIGURES["hardest"].from_results(results, "squared_error")
    assert not FIGURES["hardest"].from_results(results, "zero_one")
    best = best_cell(results, "squared_error")
    rows = read_points(folder, [(best, "squared_error")])
    hardest = np.argsort(-rows["risk"].to_numpy(), kind="stable")[:MOST_PICTURES]
    known = store.read_evaluation(study.cells[best].members[0])
    assert len(display.images) == MOST_PICTURES
    for image, point in zip(display.images, hardest, strict=True):
        assert np.array_equal(image.picture, known.pictures[point])
        assert (image.label, image.main) == (str(known.target[point]), f"{rows['main'][point]:g}")
        assert image.variance == rows["variance"][point]
    figure = render(display, 5.5)
    assert [ax.images[0].get_array().shape for ax in figure.axes] == [(8, 8)] * MOST_PICTURES
    assert f"→ {display.images[0].main}" in [text.get_text() for text in figure.axes[0].texts]
    assert f"{display.images[0].label} seen as {display.images[0].main}" in display.alt


@pytest.mark.parametrize("kind", ["scatter", "hardest"])
def test_captions_of_single_points_say_what_is_held_and_count_models(digits, kind):
    *_, results = digits
    (display,) = FIGURES[kind].from_results(results, "squared_error")
    assert "Fixed, so that" not in display.caption
    table = results.table.assign(fixed="init", design="crossed", vary="data × batch_order")
    (display,) = FIGURES[kind].from_results(dataclasses.replace(results, table=table), "squared_error")
    assert "Fixed, so that their variance is part of the bias: init." in display.caption
    if kind == "hardest":
        assert "most of 4 models of crossed seeds (data × batch order) see in it" in display.caption


@pytest.mark.slow
@pytest.mark.parametrize("width", [2.0, 3.25, 5.5, 6.75, 20.0])
def test_images_are_square_and_nothing_overlaps_at_any_width(digits, width):
    *_, results = digits
    (display,) = FIGURES["hardest"].from_results(results, "squared_error")
    figure = render(display, width)
    boxes = [ax.get_window_extent() for ax in figure.axes]
    assert all(box.width == pytest.approx(box.height) for box in boxes)
    below = [[text.get_window_extent() for text in ax.texts] for ax in figure.axes]
    extents = [box for ax in below for box in ax] + boxes
    for place, box in enumerate(extents):
        assert box.x0 >= 0 and box.x1 <= figure.bbox.x1 and box.y0 >= 0
        assert not any(box.overlaps(other) for other in extents[:place])


@pytest.mark.slow
def test_images_are_inside_the_files_the_same_bytes_each_time_and_safe_on_the_page(digits, tmp_path, monkeypatch):
    for kind in FIGURES.keys() - {"scatter", "hardest"}:
        monkeypatch.delitem(FIGURES, kind)
    *_, results = digits
    # Two images that are alike.
    hardest = results.hardest.copy()
    hardest["picture"] = [hardest["picture"].iloc[0]] * 2 + list(hardest["picture"][2:])
    results = dataclasses.replace(results, hardest=hardest, table=results.of_loss("squared_error"))
    for name in ("first", "second"):
        drawn = draw_figures(results, tmp_path / name)
        write_page(results, drawn, tmp_path / name)
    names = sorted(path.name for path in (tmp_path / "first/figures").iterdir())
    assert {"hardest_squared_error.pdf", "scatter_squared_error.svg"} <= set(names)
    for name in names:
        assert (tmp_path / "first/figures" / name).read_bytes() == (tmp_path / "second/figures" / name).read_bytes()
    page = (tmp_path / "first/report.html").read_text()
    addresses = re.findall(r'<image\b[^>]*?href="([^"]*)"', page)
    assert len(addresses) == MOST_PICTURES
    assert all(address.startswith("data:image/png;base64,") for address in addresses)
    identifiers = re.findall(r'\bid="([^"]*)"', page)
    assert len(identifiers) == len(set(identifiers))
    assert 'href="points.parquet"' in page


def test_pictures_of_digits_are_the_rows_themselves():
    from biasvar.data import SOURCES

    evaluation = SOURCES["digits"](n_eval=40).evaluation(0)
    assert evaluation.pictures.shape == (40, 8, 8) and evaluation.pictures.dtype == np.uint8
    back = np.round(evaluation.pictures.reshape(40, 64) * (16 / 255))
    assert np.array_equal(back, evaluation.x_ND) and evaluation.pictures.max() == 255
    assert SOURCES["diabetes"](n_eval=40).evaluation(0).pictures is None


@pytest.mark.data
def test_real_images_are_shown_in_colour_with_the_names_of_their_classes(cifar10_root, tmp_path):
    settings = DIGITS | {"data": {"kind": "cifar10", "root": cifar10_root, "n_train": 60, "n_eval": 30}}
    settings |= {"replicates": 2, "resampling": {"kind": "disjoint"}}
    study, store = trained(tmp_path, settings, features=(5,), decays=(0.01,))
    results = reported(tmp_path, study, store)
    data = study.cells[0].study.data
    images = data.evaluation(3).x_ND.reshape(-1, 3, 32, 32)
    for _, row in results.hardest.iterrows():
        assert np.array_equal(row["picture"], images[row["point"]].transpose(1, 2, 0))
        assert row["label"] in data.class_names and row["main"] in data.class_names
    (display,) = FIGURES["hardest"].from_results(results, "squared_error")
    assert len(display.images) == MOST_PICTURES
    render(display, 3.25)
