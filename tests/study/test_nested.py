"""Studies of several resamples inside each of several fresh sets."""

import numpy as np
import pytest

from biasvar.api import sweep
from biasvar.composition.compose import compose
from biasvar.composition.planning import plan_of
from biasvar.data.training_set import training_set
from biasvar.settings import SettingsError
from biasvar.study.designs.nested import MOST_INNER

STUDY = ["data=linear", "data.dimension=10", "data.n_train=20", "data.n_eval=30", "model=linear", "model.features=0",
         "model.intercept=true", "resampling=bootstrap", "design=nested", "engine=serial"]  # fmt: skip


def planned(*texts):
    return plan_of(*compose([*STUDY, *texts], None, "config"))


def test_outer_sets_are_fresh_pools_and_inner_sets_are_drawn_from_them():
    member = planned("replicates=3", "design.inner=4").cells[0].members[6]
    assert (member.draws["pool"], member.draws["data"]) == (1, 2)
    sets = {
        (outer, inner): training_set(member.data, member.resampling, member.seed, inner, 0, outer)
        for outer in range(3)
        for inner in range(4)
    }
    rows = {at: set(map(tuple, one.x_nD)) for at, one in sets.items()}
    for (outer, inner), own in rows.items():
        others = [other for at, other in rows.items() if at[0] == outer and at[1] != inner]
        assert all(own & other and own != other for other in others), "inner sets of one pool share rows"
        assert not any(own & other for at, other in rows.items() if at[0] != outer), "outer sets share none"
    assert not np.array_equal(sets[0, 1].counts_n, sets[1, 1].counts_n), "positions are drawn anew too"


def test_more_outer_or_inner_sets_keep_the_members_and_the_first_pool_is_that_of_a_joint_design():
    few = planned("replicates=3", "design.inner=4")
    more = planned("replicates=4", "design.inner=6")
    assert len(few.members) == 12 and few.members.keys() < more.members.keys()
    joint = planned("design=joint", "replicates=4")
    assert len(joint.members.keys() & few.members.keys()) == 4


def test_every_model_has_its_own_initialisation():
    study = planned("model=random_features", "training=exact", "model.features=3", "replicates=3", "design.inner=4")
    numbers = [member.draws["init"] for member in study.cells[0].members]
    assert len(set(numbers)) == 12 and numbers[5] == MOST_INNER + 1


@pytest.mark.parametrize(
    ("texts", "what"),
    [
        (["data=digits", "model=random_features", "model.features=3"],
         "design=nested draws outer sets from a distribution, and data=digits is a table"),
        (["resampling=fresh"], "design=nested resamples each outer set, and resampling=fresh does not"),
        (["design.inner=1"], "design.inner = 1 is not allowed"),
    ],
)  # fmt: skip
def test_what_has_no_outer_sets_is_refused(texts, what):
    base = ["design=nested"] if texts[0] == "data=digits" else STUDY
    with pytest.raises(SettingsError) as caught:
        plan_of(*compose([*base, *texts], None, "config"))
    (problem,) = caught.value.problems
    assert problem.what.startswith(what)


MEANS = {  # of n labels of variance v, between pools and of samples within one
    "bootstrap": (1 / 20, 19 / 400),  # 20 of 20 rows
    "subsample": (1 / 40, 1 / 40),  # 20 of 40 rows
    "kfold": (1 / 25 - 1 / 400, 1 / 80),  # 20 of 25 rows: within a split the means have a correlation of - 1 / 4
}


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("scheme", MEANS)
def test_a_study_finds_the_closed_form_of_means(tmp_path, scheme):
    folds = ["resampling.folds=5"] if scheme == "kfold" else []
    study = sweep([*STUDY[:-3], *STUDY[-2:], f"resampling={scheme}", *folds, "replicates=200", "design.inner=5"],
                  out=tmp_path)  # fmt: skip
    row = study.table[study.table["loss"] == "squared_error"].iloc[0]
    for name, expected in zip(("variance_outer", "variance_inner"), MEANS[scheme], strict=True):
        assert abs(row[name] - (1 + 0.2**2) * expected) < 4 * row[f"{name}_se"]
    assert row["status"] == "ok" and row["design"] == "nested" and not study.results.not_closed
    assert study.plot("components").stem == "components_squared_error"
    page = study.write_report().read_text()
    assert "one fresh set (bagging)" in page and "models of resamples within fresh sets" in page
    assert "given the pool" not in page and "one pool" not in page
