"""The noise table: what is known stands first, estimates and bounds beside it say what they assume."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from biasvar.data.references import reference_target
from biasvar.decomposition import decompose
from biasvar.report.page.columns import noise_columns
from biasvar.report.page.html import write_page
from biasvar.results.ensembles import CellEnsemble
from biasvar.results.noise.noise_lines import MOST_SEARCHED, LeastRisk, Line, Points, lines_of, refuted
from biasvar.results.noise.noise_table import (
    FILE,
    MOST_SETS,
    NoiseCollector,
    comparable,
    identity,
    noise_table,
)
from biasvar.results.stored.stored_cells import cells_of
from biasvar.results.tables import write_csv
from biasvar.study.plan import plan
from biasvar.study.run import run
from biasvar.study.store.store import Store

SETTINGS = {
    "name": "noise",
    "seed": 1,
    "replicates": 3,
    "data": {"kind": "gaussian_classes", "n_train": 40, "n_eval": 600, "classes": 3, "dimension": 2},
    "resampling": {"kind": "fresh"},
    "model": {"kind": "mlp", "width": 3},
    "training": {"kind": "sgd", "epochs": 10},
}
NUMBERS = {
    "data": {"kind": "synthetic", "n_train": 40, "n_eval": 600},
    "model": {"kind": "polynomial", "degree": 5},
    "training": {"kind": "exact"},
}


class Quiet:
    """A progress that says nothing."""

    def start(self, total, done): ...

    def advance(self, members): ...

    def warn(self, message): ...


def table_of(folder, cells, notes=None):
    """Run the cells and return their noise table."""
    study_plan = plan([(axes, SETTINGS | changes) for axes, changes in cells])
    run(folder, study_plan, 1, Quiet())
    store, cells, collector = Store(folder), cells_of(study_plan, folder), NoiseCollector()
    for ensemble in cells.ensembles():
        study = study_plan.cells[ensemble.number].study
        kept = store.read_evaluation(study_plan.cells[ensemble.number].members[0])
        target, noise_N, name = reference_target(kept, study.data, study.noise.reference, study.seed)
        ensemble = dataclasses.replace(ensemble, target=target, noise_N=noise_N, reference=name)
        losses = ensemble.losses
        collector.collect(ensemble, {loss: decomposed(ensemble, loss) for loss in losses})
    table = noise_table(collector, cells, 0.95, (notes if notes is not None else []).append)
    write_csv(folder / FILE, table)
    return table


def decomposed(ensemble, loss):
    outputs_are = None if ensemble.outputs_are == "values" else ensemble.outputs_are
    return decompose(
        ensemble.outputs, ensemble.target, noise=ensemble.noise_N, loss=loss, outputs_are=outputs_are, resamples=100
    )


def test_known_noise_stands_first_and_estimates_and_bounds_agree_with_it(tmp_path):
    table = table_of(tmp_path, [({}, {})])
    assert set(table["loss"]) == {"squared_error", "zero_one", "cross_entropy"}
    for _, rows in table.groupby("loss"):
        first = rows.iloc[0]
        assert first["kind"] == "known" and first["name"] == "distribution" and np.isnan(first["low"])
        upper, lower = rows[rows["kind"] == "upper bound"], rows[rows["kind"] == "lower bound"]
        assert len(upper) and (upper["high"] > first["value"]).all() and (lower["low"] < first["value"]).all()
        estimates = rows[rows["kind"] == "estimate"]
        # Estimates lean high by the model's and the neighbours' own error, and are otherwise near.
        assert (estimates["low"] < 1.3 * first["value"]).all() and (estimates["high"] > first["value"]).all()
    assert table["assumption"].str.len().min() > 0
    assert pd.read_csv(tmp_path / FILE)["value"].tolist() == table["value"].tolist()


def test_the_variance_of_numbers_is_estimated_from_neighbours(tmp_path):
    table = table_of(tmp_path, [({}, NUMBERS)])
    assert list(table["kind"]) == ["known", "estimate", "estimate", "upper bound"]
    known, first, second, least = table["value"]
    assert known == pytest.approx(0.09)
    assert first == pytest.approx(known, rel=0.2) and second == pytest.approx(known, rel=0.2)
    assert least > known


def test_injected_noise_and_labels_are_named_and_noise_is_known_only_for_the_first(tmp_path):
    noisy = SETTINGS["data"] | {"label_noise": 0.2}
    injected = table_of(tmp_path, [({}, {"data": noisy, "noise": {"reference": "injected"}})])
    labels = table_of(tmp_path, [({}, {"data": noisy, "noise": {"reference": "labels"}})])
    clean = table_of(tmp_path, [({}, {"data": noisy})])
    known = injected[(injected["kind"] == "known") & (injected["loss"] == "zero_one")].iloc[0]
    distribution = clean[(clean["kind"] == "known") & (clean["loss"] == "zero_one")].iloc[0]
    assert known["name"] == "injected label noise"
    assert known["value"] == pytest.approx(0.2 + (1 - 0.2 * 3 / 2) * distribution["value"])
    assert not (labels["kind"] == "known").any()


def test_the_cell_of_least_risk_gives_the_central_prediction_and_the_bound(tmp_path):
    cells = [({"model.width": width}, {"model": {"kind": "mlp", "width": width}}) for width in (1, 3)]
    table = table_of(tmp_path, cells)
    study_plan = plan([(axes, SETTINGS | changes) for axes, changes in cells])
    risk = [decomposed(one, "zero_one").risk for one in cells_of(study_plan, tmp_path).ensembles()]
    row = table[(table["loss"] == "zero_one") & table["name"].str.startswith("least risk")].iloc[0]
    assert row["value"] == min(risk) and f"(cell {int(np.argmin(risk))})" in row["name"]
    assert "the least of 2 estimates" in row["assumption"]


def test_cells_that_share_points_share_their_lines_and_too_many_sets_are_named(tmp_path):
    sizes = [({"data.n_train": n}, {"data": SETTINGS["data"] | {"n_train": n}}) for n in (20, 40)]
    assert table_of(tmp_path / "same", sizes)["name"].str.startswith("least risk").sum() == 3
    many = [
        ({"data.separation": s}, {"data": SETTINGS["data"] | {"separation": float(s), "n_eval": 20}})
        for s in range(MOST_SETS + 2)
    ]
    notes = []
    table = table_of(tmp_path / "many", many, notes)
    assert table["name"].str.startswith("least risk").sum() == 3 * MOST_SETS
    assert notes == [f"{FILE} holds {MOST_SETS} of {MOST_SETS + 2} sets of evaluation points, evenly chosen"]


def test_a_study_without_estimates_has_an_empty_table(tmp_path):
    table = noise_table(NoiseCollector(), None, 0.95, pytest.fail)
    assert table.empty and list(table.columns)[:2] == ["data", "n_eval"]
    assert noise_columns(table) == [] == noise_columns(None)


def test_votes_give_a_high_and_a_low_estimate_and_say_what_they_assume():
    generator = np.random.default_rng(0)
    distribution = generator.dirichlet(np.ones(3), 400)
    votes = np.stack([generator.multinomial(9, p) for p in distribution])
    parts = decompose(generator.dirichlet(np.ones(3), (4, 400)), votes, loss="zero_one", resamples=100)
    points = Points("classification", generator.random((400, 2)), votes.argmax(axis=1), "CIFAR-10H votes", votes, 0)
    least = LeastRisk(0, parts.risk, parts.risk, parts.risk, parts.points["noise"], np.log(distribution))
    high, low = lines_of("zero_one", points, least, 1, 0.95)[:2]
    truth = np.mean(1 - distribution.max(axis=1))
    assert high.kind == low.kind == "estimate" and "leans high" in high.assumption and "leans low" in low.assumption
    assert low.value < truth < high.value


@pytest.mark.parametrize("reference", ["auto", "labels"])
@pytest.mark.parametrize("points", [2, 3, 30])
def test_nothing_is_said_of_few_points_without_what_chance_does_to_them(tmp_path, points, reference):
    noise = {"noise": {"reference": reference}}
    data = SETTINGS["data"] | {"n_eval": points, "separation": 4.0}
    table = table_of(tmp_path / "classes", [({}, noise | {"data": data})])
    sampled = table[table["name"].str.contains("nearest|calibrated")]
    assert len(sampled) and (sampled["high"] > np.maximum(sampled["low"], 1e-3)).all()
    if reference == "labels":
        least = table[table["name"].str.startswith("least risk")]
        assert (least["high"] > least["value"]).all()
    numbers = table_of(tmp_path / "numbers", [({}, noise | NUMBERS | {"data": NUMBERS["data"] | {"n_eval": points}})])
    rice = numbers[numbers["name"].str.contains("Rice|Gasser")]
    assert len(rice) == (2 if points == 30 else 1)
    assert rice["value"].isna().all() == rice["assumption"].str.startswith("left out").all() == (points < 30)


def test_votes_that_all_agree_do_not_prove_that_there_is_no_noise():
    votes = np.tile([5, 0, 0], (10, 1))
    parts = decompose(np.tile([1.0, 0, 0], (4, 10, 1)), votes, loss="zero_one", resamples=100)
    points = Points("classification", np.zeros((10, 2)), np.zeros(10, dtype=int), "CIFAR-10H votes", votes, 0)
    least = LeastRisk(0, 0.0, 0.0, 0.0, parts.points["noise"], np.zeros((10, 3)))
    for one in lines_of("zero_one", points, least, 1, 0.95)[:2]:
        assert (one.value, one.low) == (0, 0) and one.high == pytest.approx(1 - 0.025 ** (1 / 10))


def test_what_lies_above_a_bound_says_so():
    bound = Line("rule", "upper bound", 0.1, 0.08, 0.12, "")
    known = Line("distribution", "known", 0.05, np.nan, np.nan, "")
    assert "contradicted here: it lies above 'rule'" in refuted(
        Line("a", "estimate", 0.2, 0.15, 0.25, ""), [known, bound]
    )
    assert refuted(Line("a", "estimate", 0.11, 0.09, 0.13, ""), [known, bound]) == ""
    assert "above 'distribution'" in refuted(Line("a", "lower bound", 0.08, 0.06, 0.1, ""), [known, bound])
    assert refuted(known, [known, bound]) == refuted(bound, [known, bound]) == ""


def test_columns_are_compared_in_units_of_their_spread_but_pixels_as_they_are():
    x = np.random.default_rng(0).standard_normal((50, 3)) * [1, 1000, 0]
    assert np.allclose(comparable(x, False).std(axis=0), [1, 1, 0])
    assert np.array_equal(comparable(x.reshape(50, 3, 1), True), x)


def test_the_page_shows_the_data_only_where_there_is_more_than_one(tmp_path):
    table = table_of(tmp_path, [({}, NUMBERS)])
    assert [column.heading for column in noise_columns(table)] == ["loss", "kind", "noise", "from", "assumes"]
    both = pd.concat([table, table.assign(data="digits")])
    assert noise_columns(both)[0].heading == "data"


def test_the_page_has_the_table_and_every_assumption_in_words(tmp_path, studies):
    results = dataclasses.replace(studies["u"](), noise=table_of(tmp_path, [({}, NUMBERS)]))
    page = write_page(results, [], tmp_path).read_text()
    assert "<summary>Noise</summary>" in page and 'href="noise.csv"' in page
    assert "leans high by its slope" in page and "(Rice)" in page
    assert "<summary>Noise</summary>" not in write_page(studies["u"](), [], tmp_path).read_text()


def test_cells_whose_noise_alone_differs_do_not_share_their_lines(tmp_path):
    cells = [
        ({"data.noise_std": std}, NUMBERS | {"data": NUMBERS["data"] | {"noise_std": std}}) for std in (0.1, 0.3, 0.5)
    ]
    table = table_of(tmp_path, cells)
    known = table[(table["kind"] == "known") & (table["loss"] == "squared_error")]
    assert known["value"].tolist() == pytest.approx([0.01, 0.09, 0.25])


@pytest.mark.parametrize(
    "changes",
    [
        {"noise_N": np.full(3, 0.2)},
        {"noise_N": None},
        {"noise_distribution": "student"},
        {"noise_distribution": None},
        {"target": np.ones(3)},
        {"reference": "labels"},
    ],
)
def test_points_are_the_same_only_where_all_that_is_known_of_their_noise_is(changes):
    parts = (((0, 1),), (2,), ("replicate",), None, "values", np.zeros(3), np.full(3, 0.1), "gaussian")
    one = CellEnsemble(*parts, data="linear")
    assert identity(one) == identity(dataclasses.replace(one, number=1, outputs=np.ones((2, 3, 1))))
    assert identity(one) != identity(dataclasses.replace(one, **changes))


@pytest.mark.parametrize("more", [0, 1])
def test_neighbours_are_sought_among_so_many_points_at_most_and_the_lines_say_so(more, monkeypatch):
    monkeypatch.setattr("biasvar.results.noise.noise_lines.MOST_SEARCHED", 500)
    generator = np.random.default_rng(1)
    x, y = generator.random((500 + more, 2)), generator.standard_normal(500 + more)
    least = LeastRisk(0, 1.0, 0.9, 1.1, None, generator.standard_normal((500 + more, 3)))
    lines = lines_of("squared_error", Points("regression", x, y, "labels", None, 0), least, 1, 0.95)
    lines += lines_of("zero_one", Points("classification", x, (y > 0) * 1, "labels", None, 0), least, 1, 0.95)
    near = [line for line in lines if "near" in line.name]
    assert len(near) == 4 and MOST_SEARCHED == 10_000
    assert {"among 500 of 501 points, drawn by seed" in line.assumption for line in near} == {bool(more)}
    assert 0.8 < near[0].value < 1.3
