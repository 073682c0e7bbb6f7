"""Weights of evaluation points, from the data source to the page."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from biasvar.api import load
from biasvar.data.linear import Linear
from biasvar.data.training_set import evaluation_of
from biasvar.results.stored.stored_cells import cells_in
from biasvar.results.table import build_results
from biasvar.study.run import run
from biasvar.study.store.store import Store
from tests.results.test_verification import LINEAR, Silent, plan_of

WEIGHTS = np.random.default_rng(0).uniform(0.1, 2, LINEAR["data"]["n_eval"])


@pytest.fixture
def weigh(monkeypatch):
    """Return a function that gives the evaluation points of data=linear these weights."""
    evaluation = Linear.evaluation

    def weighted(weights):
        evaluation_of.cache_clear()
        monkeypatch.setattr(
            Linear, "evaluation", lambda self, seed: dataclasses.replace(evaluation(self, seed), weights_N=weights)
        )

    evaluation_of.cache_clear()
    yield weighted
    evaluation_of.cache_clear()


def test_stored_weights_weigh_every_row_of_the_table(tmp_path, weigh):
    weigh(WEIGHTS)
    run(tmp_path, plan_of(LINEAR), 1, Silent())
    cells = cells_in(tmp_path)
    assert np.array_equal(cells.evaluation(0).weights_N, WEIGHTS)
    table = build_results(cells).table
    for ensemble, (_, row) in zip(cells.ensembles(), table.iterrows(), strict=True):
        error_RN = np.asarray(ensemble.outputs)[..., 0] - ensemble.target
        risk = np.average(np.square(error_RN).mean(axis=0) + ensemble.noise_N, weights=WEIGHTS)
        assert row["risk"] == pytest.approx(risk, rel=1e-12)
        assert row["risk"] == pytest.approx(row["noise"] + row["bias_squared"] + row["variance"], rel=1e-12)
        assert row["n_eval_effective"] == pytest.approx(WEIGHTS.sum() ** 2 / (WEIGHTS @ WEIGHTS))
    assert set(cells.predictions(0, pytest.fail)["weight"]) == set(WEIGHTS)


def test_other_weights_train_nothing_and_make_the_tables_anew(tmp_path, weigh):
    run(tmp_path, plan_of(LINEAR), 1, Silent())
    plain = load(tmp_path).table
    assert "n_eval_effective" not in plain
    weigh(WEIGHTS)
    assert run(tmp_path, plan_of(LINEAR), 1, Silent()).trained == 0
    weighted = load(tmp_path).table
    assert (weighted["risk"] != plain["risk"]).all()
    weigh(np.full(len(WEIGHTS), 2.0))
    run(tmp_path, plan_of(LINEAR), 1, Silent())
    equal = load(tmp_path).table
    pd.testing.assert_frame_equal(equal.drop(columns="n_eval_effective"), plain, rtol=1e-12)
    assert Store(tmp_path).read_evaluation(plan_of(LINEAR).cells[0].members[0]).weights_N is not None


@pytest.mark.slow
@pytest.mark.ci
def test_the_page_says_once_that_points_are_weighted(tmp_path, weigh):
    weigh(WEIGHTS)
    run(tmp_path, plan_of(LINEAR), 1, Silent())
    study = load(tmp_path)
    noise = study.results.noise.set_index("kind")
    assert noise["value"]["known"] == pytest.approx(study.table["noise"][0])
    assert not noise["name"].str.contains("neighbour").any()
    page = study.write_report().read_text()
    assert page.count("Evaluation points are weighted in every mean over points") == 1
    caption = study.plot("u_curve").caption
    effective = study.table["n_eval_effective"][0]
    assert caption.count(f"at 40 fixed points (weighted, like {effective:,.0f} equal ones)") == 1
