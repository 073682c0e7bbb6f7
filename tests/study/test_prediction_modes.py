"""Modes of prediction as cells of a study: what they share, what is kept of them, and what is refused."""

import numpy as np
import pytest

from biasvar.composition.compose import compose
from biasvar.composition.planning import plan_of
from biasvar.report.page.html import write_page
from biasvar.results.conditions import conditions_of
from biasvar.results.stored.stored_cells import cells_of
from biasvar.results.table import build_results
from biasvar.settings import SettingsError
from biasvar.study.checks import warnings_on
from biasvar.study.run import run
from biasvar.study.store.store import Store, missing

SMALL = ("data=gaussian_classes", "data.n_train=30", "data.n_eval=20", "model=mlp", "training=sgd", "replicates=3")
SHORT = (*SMALL, "training.epochs=2", "model.dropout_scaling=none")
ALL = "training.predict=[mc,deterministic,weight_scaled]"


def planned(*overrides):
    return plan_of(*compose([*SHORT, *overrides], None, "config"))


def test_modes_are_cells_that_share_members_in_the_order_asked_and_without_dropout_they_are_equal(tmp_path, progress):
    study_plan = planned("model.dropout=0,0.5", ALL, "training.evaluate_at=[2,1]", "model.width=2,4")
    assert len(study_plan.members) == 12 and len(study_plan.cells) == 24
    assert study_plan.axes == ("model.dropout", "model.width", "epoch", "prediction")
    run(tmp_path, study_plan, 1, progress)
    cells = cells_of(study_plan, tmp_path)
    results = build_results(cells)
    labels = [one.label for one in conditions_of(results, "capacity")]
    assert labels[:3] == [
        f"dropout = 0, epoch = 1, prediction = {mode}" for mode in ("mc", "deterministic", "weight_scaled")
    ]
    for (rate, mode), rows in results.table.groupby(["model.dropout", "prediction"]):
        assert rows["mc_spread"].notna().all() == (mode == "mc"), "a column of the cells that have it"
        if mode == "mc":
            assert (rows["mc_spread"] > 0).all() == (rate > 0)
            assert (rows["mc_spread_low"] <= rows["mc_spread"]).all()
    plain = results.table[results.table["model.dropout"] == 0]
    risks = plain.pivot_table(index=["loss", "model.width", "epoch"], columns="prediction", values="risk")
    assert np.allclose(risks.sub(risks["deterministic"], axis=0), 0, atol=1e-6)
    page = write_page(results, [], tmp_path, cells.warnings_on_training).read_text()
    assert "This is the mistake that" in page and "mc spread" in page
    assert len({float(cells.predictions(cell, pytest.fail)["prediction"].sum()) for cell in range(12, 15)}) == 3


def test_masks_that_are_asked_for_later_train_only_what_lacks_them_and_move_nothing(tmp_path, progress):
    plain, more = planned("model.dropout=0.3"), planned("model.dropout=0.3", "training.predict=[mc]")
    other = planned("model.dropout=0.3", "training.predict=[mc]", "training.mc_samples=3")
    assert list(plain.members) == list(more.members) == list(other.members)
    run(tmp_path, plain, 1, progress)
    first = build_results(cells_of(plain, tmp_path)).table
    marks = [cells_of(plain, tmp_path).fingerprint()]
    for one in (more, other):
        to_do = missing(one.members.values(), Store(tmp_path).index(pytest.fail))
        assert {member.asked.readouts for member in to_do} == {one.cells[0].study.training.of_cells}
        assert run(tmp_path, one, 1, progress).trained == 3
        marks.append(cells_of(one, tmp_path).fingerprint())
    tables = [build_results(cells_of(one, tmp_path)).table for one in (plain, more, other)]
    assert tables[0].equals(first) and len({table["risk"].iloc[0] for table in tables}) == 3
    now = [cells_of(one, tmp_path).fingerprint() for one in (plain, more, other)]
    assert len({*now}) == 3 and now[2] == marks[2], "what is read is part of what tables are made of"


def test_a_tables_spread_over_masks_is_in_the_units_of_its_targets(tmp_path, progress):
    own = ("data=diabetes", "data.n_train=60", "model.dropout=0.5", "training.predict=[mc]", "training.lr=0.01")
    study_plan = planned(*own)
    run(tmp_path, study_plan, 1, progress)
    row = build_results(cells_of(study_plan, tmp_path)).table.iloc[0]
    assert 0.001 < row["mc_spread"] / row["constant_risk"] < 2, "targets have a variance of thousands"
    assert row["constant_risk"] > 1000


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        (("training.predict=[mc]",), "training.predict has mc, and no cell has dropout: model.dropout = 0"),
        (
            ("model=random_features", "training.predict=[mc,weight_scaled]"),
            "no cell has dropout: model=random_features",
        ),
        (
            ("model.dropout=0,0.5", "model.dropout_scaling=inverted", "training.predict=[weight_scaled]"),
            "training.predict has weight_scaled, and training has divided by 1 - p already",
        ),
        (("model.dropout=0.5", "training.predict=[mcmc]"), "training.predict = [mcmc]: mcmc is not allowed"),
        (("model.dropout=0.5", "training.predict=[mc,mc]"), "names one twice"),
        (("model.dropout=0.5", "training.predict=mc"), "training.predict = mc is not allowed"),
        (("model.dropout=0.5", "training.predict=mc,deterministic"), "it cannot be an axis"),
        (("model.dropout=0.5", "training.predict=[mc]", "training.mc_samples=1"), "training.mc_samples = 1"),
        (("model.dropout=0.5", "model.dropout_scaling=half"), "model.dropout_scaling = half"),
    ],
)
def test_what_cannot_be_read_is_one_error(overrides, says):
    kept = [one for one in SHORT if one.split("=")[0] not in {text.split("=")[0] for text in overrides}]
    kept = kept if "model=random_features" not in overrides else [one for one in kept if "dropout_scaling" not in one]
    with pytest.raises(SettingsError) as error:
        plan_of(*compose([*kept, *overrides], None, "config"))
    (problem,) = error.value.problems
    assert says in problem.what and problem.origin.startswith("command line: ")


def test_prediction_without_the_factor_is_warned_of_where_it_is_asked_for():
    def warned(*overrides):
        return [text for text in warnings_on(planned(*overrides).cells[0].study) if "mistake" in text]

    assert warned("model.dropout=0.5") and warned("model.dropout=0.5", ALL)
    assert not warned("model.dropout=0")
    assert not warned("model.dropout=0.5", "training.predict=[weight_scaled,mc]")
    assert not warned("model.dropout=0.5", "model.dropout_scaling=inverted")
