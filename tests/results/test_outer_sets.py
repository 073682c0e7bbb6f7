"""The risk of committees without test labels, in studies: what is stored, what is drawn again, and what is lacking."""

import numpy as np
import pytest

from biasvar import seeds
from biasvar.composition.compose import plan_study
from biasvar.data.training_set import seed_of_pool
from biasvar.decomposition.committees.out_of_bag import extrapolated_risk, out_of_bag_risk
from biasvar.results.saved import results_of
from biasvar.results.stored.outer_sets import NO_CLASSES, NO_POOL, NO_SMOOTHER, NO_SUBSAMPLE
from biasvar.results.stored.stored_cells import cells_of
from biasvar.study.run import run

ROWS = "training.rows=[evaluation,pool]"
STUDY = ["name=bagged", "data=linear", "data.dimension=6", "data.n_train=12", "data.n_pool=30", "data.n_eval=40"]
STUDY += ["data.noise_std=0.5", "model=linear", "model.features=6", "training=exact", "training.weight_decay=0.2"]
STUDY += ["design=nested", "design.inner=5", "resampling=subsample", "replicates=12", "interval.resamples=100"]


class Silent:
    """A progress that says nothing."""

    def start(self, total, done): ...

    def advance(self, members): ...

    def warn(self, message): ...


def cells(folder, *texts):
    """Run the study with some overrides, and return its cells."""
    study_plan = plan_study([*STUDY, *texts], lambda warning: None)
    run(folder, study_plan, 1, Silent())
    return cells_of(study_plan, folder)


def committees(folder, *texts):
    """Return the rows under squared error of committee.csv."""
    table = results_of(cells(folder, *texts), folder).committees
    return table[table["loss"] == "squared_error"]


def test_the_estimates_are_those_of_models_that_are_fitted_again_to_the_rows_of_their_set(tmp_path):
    found = cells(tmp_path, ROWS)
    (ensemble,) = found.ensembles()
    data, scheme = found.study(0).data, found.study(0).resampling
    risks_OS, means = [], ensemble.outer_sets.risks(range(1, 6))[0]
    for outer in range(12):
        own_seed = seed_of_pool(0, outer)
        pool = data.draw(seeds.sequence(own_seed, "pool", 0), seeds.sequence(own_seed, "pool", 1), 30)
        predictions_JnK, out_Jn = np.empty((5, 30, 1)), np.ones((5, 30), dtype=bool)
        for inner in range(5):
            rows = scheme.rows(own_seed, inner, 30, 12)
            x_np, y_n = pool.x_nD[rows], pool.y_n[rows]
            # weight_decay is 2 lambda: (X'X / k + lambda I), of the mean squared error.
            w_p = np.linalg.solve(x_np.T @ x_np + 12 * 0.1 * np.eye(6), x_np.T @ y_n)
            predictions_JnK[inner, :, 0], out_Jn[inner, rows] = pool.x_nD @ w_p, False
        risks_OS.append(extrapolated_risk(out_of_bag_risk(predictions_JnK, pool.y_n[:, None], out_Jn), range(1, 6)))
    np.testing.assert_allclose(means["risk_ecv"], risks_OS, rtol=1e-9)


def test_committee_csv_has_three_estimates_of_every_number_of_members(tmp_path):
    table = committees(tmp_path, ROWS)
    assert list(table["members"]) == [1, 2, 3, 4, 5] and (table["note"] == "").all()
    for name in ("risk_ecv", "risk_cgcv", "risk_gcv"):
        assert (table[f"{name}_low"] < table[name]).all() and (table[name] < table[f"{name}_high"]).all()
    apart = table["risk_gcv"] - table["risk_cgcv"]
    np.testing.assert_allclose(apart * table["members"], apart.iloc[0])
    assert apart.iloc[0] > 0
    line = np.polyfit(1 / table["members"], table["risk_ecv"], 1)
    np.testing.assert_allclose(np.polyval(line, 1 / table["members"]), table["risk_ecv"])


@pytest.mark.parametrize(
    ("texts", "known", "note"),
    [
        ([], (), NO_POOL),
        (["design=joint"], (), ""),
        ([ROWS, "resampling=bootstrap"], ("risk_ecv",), NO_SUBSAMPLE),
        ([ROWS, "training=sgd", "training.epochs=2"], ("risk_ecv",), NO_SMOOTHER),
        ([ROWS, "data.n_train=29"], ("risk_gcv", "risk_cgcv"), "risk_ecv: some pair of members leaves no row out"),
        ([ROWS, "data=gaussian_classes", "data.n_train=12", "model=random_features", "model.features=5"], (),
         NO_CLASSES),
    ],
)  # fmt: skip
def test_what_a_study_lacks_is_said_in_each_row(texts, known, note, tmp_path):
    other_data, other_design = "data=gaussian_classes" in texts, "design=joint" in texts
    left_out = ("data",) * other_data + ("design",) * other_design
    kept = [text for text in STUDY if not text.startswith(left_out)] if left_out else STUDY
    study_plan = plan_study([*kept, *texts], lambda warning: None)
    run(tmp_path, study_plan, 1, Silent())
    table = results_of(cells_of(study_plan, tmp_path), tmp_path).committees
    table = table[table["loss"] == "squared_error"]
    assert len(table) and (table["note"].str.startswith(note) if note else table["note"] == "").all()
    for name in ("risk_ecv", "risk_cgcv", "risk_gcv"):
        assert table[name].notna().all() == (name in known) and table[name].isna().all() != (name in known)


def test_a_set_of_which_a_model_is_missing_is_left_out_with_it(tmp_path):
    found = cells(tmp_path, ROWS)
    index = dict(found.index)
    del index[found.plan.cells[0].members[7].id]  # of the second outer set
    object.__setattr__(found, "index", index)
    (ensemble,) = found.ensembles()
    risks, note = ensemble.outer_sets.risks([1, 2])
    assert not note and len(risks["risk_ecv"]) == len(ensemble.kept[0])
    whole = np.delete(np.arange(12), 1) if len(ensemble.kept[0]) == 11 else np.arange(12)
    assert ensemble.kept[0] == tuple(whole)


def test_pool_rows_are_added_to_a_nested_study_without_changing_what_is_there(tmp_path):
    (before,) = cells(tmp_path).ensembles()
    assert before.outer_sets.lacking == NO_POOL
    (after,) = cells(tmp_path, ROWS).ensembles()
    np.testing.assert_array_equal(before.outputs, after.outputs)
    assert after.outer_sets.lacking == ""
