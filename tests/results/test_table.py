"""The table's numbers that come from no decomposition: training risk, and the risk of each independent model."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq
import pytest

from biasvar.decomposition.bootstrap import mean_interval
from biasvar.results.ensembles import Measured
from biasvar.results.glossary import glossary
from biasvar.results.saved import results_of
from biasvar.results.stored.stored_cells import cells_of
from biasvar.results.table import build_results, train_risk
from biasvar.study.claims.claim import claims_of
from biasvar.study.plan import plan
from biasvar.study.run import run

CROSSED = {
    "name": "crossed",
    "seed": 3,
    "data": {"kind": "linear", "dimension": 12, "n_train": 20, "n_eval": 30},
    "resampling": {"kind": "fresh"},
    "model": {"kind": "random_features", "features": 8},
    "training": {"kind": "exact"},
    "design": {"kind": "crossed", "seeds": 4},
    "interval": {"resamples": 100},
}


class Silent:
    """A progress that says nothing."""

    def start(self, total, done): ...

    def advance(self, members): ...

    def warn(self, message): ...


def cell_with(risk, seed):
    """A cell of these training risks, [*sizes]."""
    interval = SimpleNamespace(resamples=500, level=0.95)
    measured = Measured({"squared_error": risk.ravel()})
    return SimpleNamespace(seed=seed, interval=interval, measured=measured, sizes=risk.shape)


def test_the_interval_of_the_training_risk_of_crossed_models_is_that_of_their_seeds():
    generator, studies, covered, pooled = np.random.default_rng(0), 200, 0, 0
    for seed in range(studies):
        risk_IJ = 1 + 0.2 * generator.standard_normal((10, 1)) + 0.02 * generator.standard_normal((10, 10))
        found = train_risk(cell_with(risk_IJ, seed), "squared_error")
        assert found["train_risk"] == pytest.approx(risk_IJ.mean())
        covered += found["train_risk_low"] <= 1 <= found["train_risk_high"]
        low, high = mean_interval(risk_IJ.ravel(), 500, seed, 0.95)
        pooled += low <= 1 <= high
    assert 0.9 <= covered / studies <= 0.99
    assert pooled / studies < 0.6, "crossed models taken for replicates are caught"


def test_the_training_risk_of_models_that_differ_by_init_alone_has_the_interval_of_init_seeds():
    risk_J = 1 + 0.2 * np.random.default_rng(1).standard_normal(10)
    found = train_risk(cell_with(np.tile(risk_J, (10, 1)), 0), "squared_error")
    low, high = mean_interval(risk_J, 500, 0, 0.95)
    assert found["train_risk_high"] - found["train_risk_low"] == pytest.approx(high - low, rel=0.3)
    low, high = mean_interval(np.tile(risk_J, 10), 500, 0, 0.95)
    assert found["train_risk_high"] - found["train_risk_low"] > 2 * (high - low), "copies taken for draws are caught"


def test_replicates_of_a_crossed_study_are_models_that_share_no_seed(tmp_path):
    study_plan = plan([({}, CROSSED)])
    run(tmp_path, study_plan, 1, Silent())
    (ensemble,) = cells_of(study_plan, tmp_path).ensembles()
    risk_IJ = ensemble.decompose()["squared_error"].risk_of_models.reshape(4, 4)
    numbers, risk_R = build_results(cells_of(study_plan, tmp_path)).replicate_risk[0, "squared_error"]
    assert numbers.tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(risk_R, np.diag(risk_IJ), rtol=1e-12)
    assert not np.allclose(risk_R, risk_IJ.mean(axis=1), rtol=1e-3), "means over shared init seeds are caught"


def test_three_crossed_sources_have_columns_for_each_interaction(tmp_path):
    vary = ["data", "label_noise", "init"]
    crossed = CROSSED | {"design": {"kind": "crossed", "seeds": 3, "vary": vary}}
    crossed["data"] = CROSSED["data"] | {"noise_std": 0.5}
    claim = {"id": "mixed", "text": "Data and init interact", "quantity": "variance_data_init", "expect": "greater"}
    problems = []
    claims = claims_of([claim | {"at": [{"data.n_train": 20}], "value": 0.0}], problems)
    study_plan = replace(plan([({"data.n_train": 20}, crossed)]), claims=claims)
    assert not problems
    run(tmp_path, study_plan, 1, Silent())
    results = results_of(cells_of(study_plan, tmp_path), tmp_path)
    (row,) = results.table.to_dict("records")
    pairs = ["variance_data_label_noise", "variance_data_init", "variance_label_noise_init"]
    names = [*pairs, "variance_data_label_noise_init"]
    levels = ["variance_label_noise_given_data", "variance_init_given_data_label_noise"]
    assert results.own_components == [*names, *levels]
    assert row["variance_data"] + sum(row[name] for name in levels) == pytest.approx(row["variance"])
    assert sum(row[name] for name in names) == pytest.approx(row["variance_interaction"])
    for name in (*names, *levels):
        assert row[f"{name}_low"] < row[name] < row[f"{name}_high"] and row[f"{name}_se"] > 0
    assert list(results.table).index(names[0]) > list(results.table).index("variance_interaction")
    dictionary = json.loads(pq.read_schema(tmp_path / "results.parquet").metadata[b"dictionary"])
    assert {*names, *levels} <= set(dictionary) & {term.name for term in glossary(results)}
    contributed = results.contributions.groupby("source")["value"].mean()
    np.testing.assert_allclose(contributed, row["variance_data_init"])
    assert set(contributed.index) == set(vary)


def table_of(folder, data):
    """Return the table of a run with each rate of label noise, of members that were stored and read again."""
    grid = [
        ({"data": str(one)}, CROSSED | {"data": one, "design": {"kind": "joint"}, "replicates": 20}) for one in data
    ]
    study_plan = plan(grid)
    run(folder, study_plan, 1, Silent())
    return build_results(cells_of(study_plan, folder)).table


def test_the_label_noise_that_held_stands_in_the_table_and_only_where_there_is_any(tmp_path):
    classes = {"kind": "gaussian_classes", "n_train": 20, "n_eval": 30}
    noisy = table_of(tmp_path / "noisy", [classes | {"label_noise": rate} for rate in (0.0, 0.1, 0.075)])
    clean, exact, between = (noisy[noisy["cell"] == cell]["label_noise_rate"] for cell in range(3))
    assert (clean == 0).all() and exact.to_numpy() == pytest.approx(0.1)
    assert 0.05 < between.iloc[0] < 0.1 and between.iloc[0] * 400 == pytest.approx(round(between.iloc[0] * 400))
    assert "label_noise_rate" not in table_of(tmp_path / "clean", [classes])


def test_the_best_constants_risk_is_in_the_units_of_y(tmp_path):
    laws = [CROSSED["data"] | {"signal": size**2, "noise_std": 0.2 * size} for size in (1.0, 0.01)]
    table = table_of(tmp_path, laws)
    large, small = table["constant_risk"]
    assert large / small == pytest.approx(1e4) and large == pytest.approx(1.04, rel=0.3)
