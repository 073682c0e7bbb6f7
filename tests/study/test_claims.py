"""Claims: what is refused before training, what is only warned of, and how they are frozen in study.json."""

import json
from dataclasses import replace

import pytest

from biasvar.composition.compose import compose_study
from biasvar.settings import SettingsError
from biasvar.study.claims.cells import cells_at, fault_of
from biasvar.study.claims.claim import Claim, claims_of
from biasvar.study.claims.expectations import EXPECTATIONS
from biasvar.study.claims.record import claims_on_record, recorded_claims
from biasvar.study.run import run
from biasvar.study.store.manifest import read_manifest

RISES = {
    "id": "rises",
    "source": "S7.1",
    "text": "Variance rises.",
    "quantity": "variance",
    "expect": "rises",
    "at": [{"model.degree": 1}, {"model.degree": 2}],
}
HEAD = "# @package _global_\ndefaults:\n  - /study/u_curve\n  - _self_\nname: mine\nsweep:\n  model.degree: [1, 2]\n"


def problems_of(tmp_path, *claims):
    with pytest.raises(SettingsError) as error:
        plan(tmp_path, *claims)
    return error.value.problems


def plan(tmp_path, *claims, warn=lambda message: None):
    (tmp_path / "study").mkdir(exist_ok=True)
    (tmp_path / "study" / "mine.yaml").write_text(f"{HEAD}claims: {json.dumps(list(claims))}\n")
    return compose_study(["study=mine"], warn, tmp_path)[1]


@pytest.mark.parametrize(
    ("change", "what", "hint"),
    [
        ({"expct": "rises"}, "claims.rises.expct is not a key", "did you mean claims.rises.expect?"),
        ({"quantity": "varianse"}, "varianse", "did you mean variance?"),
        ({"expect": "rise"}, "expect", "did you mean rises?"),
        ({"at": [{"model.degre": 1}, {"model.degree": 2}]}, "model.degre is no axis", "did you mean model.degree?"),
        ({"where": {"loss": "squared"}}, "loss = squared is not known", "did you mean squared_error?"),
        ({"at": [{"quantity": "biass"}, {}]}, "quantity = biass is not known", "did you mean bias?"),
        ({"id": ""}, "has no id", ""),
        ({"at": [{"model.degree": 1}]}, "rises has the wrong cells", ""),
        ({"value": 1}, "rises takes no value", ""),
        ({"expect": "equals", "at": {"model.degree": 1}}, "equals has no value", ""),
        ({"expect": "ratio", "value": 1, "within": 0.1}, "ratio has the wrong cells", ""),
        ({"where": [1]}, "rises.where", ""),
        ({"at": [1, 2]}, "rises.at", ""),
        ({"expect": "closed_form", "at": {"model.degree": 1}}, "closed_form has no within", ""),
        ({"expect": "equals", "at": {"model.degree": 1}, "value": 1, "within": -1}, "within", ""),
        ({"expect": "equals", "at": {"model.degree": 1}, "value": 1e308, "within": 1e308}, "is too large", ""),
        ({"where": {"quantity": "risk"}}, "where names a quantity", ""),
        ({"where": {"model.degree": 1}}, "model.degree = 1 in where, and 2 in a cell", ""),
        ({"at": [{"model.degree": 1}, {"model.degree": 1}]}, "compares {model.degree: 1} with itself", ""),
        ({"where": {"quantity": "risk", "members": [1]}}, "where names a quantity", ""),
        ({"where": {"members": [1]}, "quantity": "committee.risk"}, "members = [1] is not allowed", ""),
        ({"where": {"members": -3}, "quantity": "committee.risk"}, "members = -3 is not allowed", ""),
        ({"text": "a \ud83d"}, "has an unpaired surrogate", ""),
        ({"expect": "equals", "at": {"model.degree": 1}, "value": 10**400, "within": 1}, "is not finite", ""),
    ],
)
def test_what_is_wrong_in_a_claim_is_refused_with_its_file_and_what_was_meant(tmp_path, change, what, hint):
    found = problems_of(tmp_path, RISES | change)
    (problem,) = [one for one in found if what in one.what]
    assert hint in problem.hint
    assert problem.origin == f"{tmp_path / 'study' / 'mine.yaml'}:8"


def test_every_problem_is_told_at_once_and_ids_are_unlike(tmp_path):
    found = problems_of(tmp_path, RISES, RISES, RISES | {"id": "other", "quantity": "varianse"})
    assert len(found) == 2 and any("id of 2 claims" in one.what for one in found)


@pytest.mark.parametrize("change", [{"where": {1: 2}}, {"at": [{3: 4}, {"model.degree": 1}]}])
def test_names_in_cells_are_texts(change):
    problems = []
    assert claims_of([RISES | change], problems) == () and len(problems) == 1


@pytest.mark.parametrize("claims", ["text", [1], {"a": 1}])
def test_claims_are_a_list_of_mappings(claims):
    problems = []
    assert claims_of(claims, problems) == () and len(problems) == 1


def test_a_cell_that_this_study_lacks_is_warned_of_before_training(tmp_path):
    warnings = []
    plan(tmp_path, RISES | {"at": [{"model.degree": 1}, {"model.degree": 7}]}, warn=warnings.append)
    assert any("claim rises will not be decided: this study has no cell {model.degree: 7}" in one for one in warnings)


def test_a_place_means_one_cell():
    cells = [{"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 1}]
    assert fault_of({"quantity": "risk", "a": 2}, cells) == ""
    assert fault_of({"quantity": "risk", "a": 1}, cells) == "2 cells are {a: 1}: their b differs"
    assert (
        fault_of({"quantity": "risk", "a": [1, 2], "b": 1}, cells) == "2 cells are {a: [1, 2], b: 1}: their a differs"
    )
    assert "members" in fault_of({"quantity": "committee.risk", "a": 2}, cells)
    assert cells_at({"a": [1, 2], "b": 1}, cells) == [0, 2] and cells_at({"a": 1.0}, cells) == [0, 1]


def test_every_expectation_says_what_it_means_and_takes_cells():
    for expectation in EXPECTATIONS.values():
        assert expectation.meaning and max(expectation.at[1], expectation.compare[1])


def claimed(small_plan, *names):
    """Return a plan with claims, whose mappings are not in the order of their keys."""
    cells, where = ({"model.features": 3}, {"model.features": 5}), {"loss": "squared_error", "data.n_train": 12}
    one = Claim("a", "S7", "Risk rises.", "risk", "rises", where=where, at=cells)
    return replace(small_plan(), claims=tuple(replace(one, id=name) for name in names))


def test_claims_are_frozen_before_the_first_model_and_later_ones_say_so(small_plan, tmp_path, progress):
    folder = tmp_path / "study"
    run(folder, claimed(small_plan, "a"), 1, progress)
    assert [claim.added_after for claim in read_manifest(folder).claims] == [0]
    run(folder, claimed(small_plan, "a", "b"), 1, progress)
    assert {claim.id: claim.added_after for claim in read_manifest(folder).claims} == {"a": 0, "b": 12}


def test_a_changed_claim_is_a_new_one_and_the_old_one_stays_on_record(small_plan, tmp_path, progress):
    folder = tmp_path / "study"
    run(folder, claimed(small_plan, "a"), 1, progress)
    other = replace(claimed(small_plan, "a").claims[0], expect="falls")
    run(folder, replace(small_plan(), claims=(other,)), 1, progress)
    content = json.loads((folder / "study.json").read_text())
    assert [(one["expect"], one["added_after"]) for one in content["claims"]] == [("falls", 12)]
    assert [(one["expect"], one["withdrawn_after"]) for one in content["withdrawn_claims"]] == [("rises", 12)]


def test_what_is_withdrawn_before_the_first_model_leaves_no_record(small_plan, tmp_path):
    assert claims_on_record(tmp_path, small_plan(), 0) == {}
    (entry,) = claims_on_record(tmp_path, claimed(small_plan, "a"), 0)["claims"]
    assert entry["added_after"] == 0
    (claim,) = recorded_claims({"claims": [entry]})
    assert claim == claimed(small_plan, "a").claims[0]


@pytest.mark.parametrize("name", ["variance_data_init", "variance_init_given_data", "variance_label_noise_data_init"])
def test_components_of_some_designs_only_may_be_claimed(name):
    problems = []
    entry = {"id": "a", "text": "It is positive.", "quantity": name, "expect": "greater", "at": [{}], "value": 0.0}
    (claim,) = claims_of([entry], problems)
    assert claim.quantity == name and not problems
    claims_of([entry | {"quantity": name.replace("data", "dta")}], problems)
    assert [problem.what for problem in problems] == [
        f"claims.a.quantity = {name.replace('data', 'dta')} is not allowed"
    ]


def test_claims_train_nothing_again(small_plan, tmp_path, progress):
    folder = tmp_path / "study"
    run(folder, small_plan(), 1, progress)
    trained = progress.done
    run(folder, claimed(small_plan, "a"), 1, progress)
    assert progress.done == trained
