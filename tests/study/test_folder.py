"""A study goes on in its own folder, and in nobody else's."""

import json
import os
import platform
import subprocess
import sys

import pytest

from biasvar.settings import SettingsError
from biasvar.study import folder as folder_module
from biasvar.study.environment import changes_between, environment, processor
from biasvar.study.folder import refuse_other_study
from biasvar.study.plan import plan
from biasvar.study.run import run
from biasvar.study.store.manifest import read_manifest
from biasvar.study.store.study_json import write_content
from tests.recorded_study import rewrite


def refusal(folder, study_plan):
    with pytest.raises(SettingsError) as error:
        refuse_other_study(folder, study_plan)
    return error.value.problems[0]


def test_another_study_in_the_same_folder_is_refused_with_what_changed_and_nothing_is_touched(
    tmp_path, small_plan, progress
):
    run(tmp_path, small_plan(), 2, progress)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    problem = refusal(tmp_path, small_plan(seed=4, resampling={"kind": "bootstrap"}))
    assert problem.what.splitlines()[1:] == ["  seed: 3 -> 4", "  resampling: fresh -> bootstrap"]
    with pytest.raises(SettingsError, match="holds another study\n  seed: 3 -> 4"):
        run(tmp_path, small_plan(seed=4), 2, progress)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    assert read_manifest(tmp_path).cells[0].study.seed == 3


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"data": {"kind": "linear", "dimension": 12, "n_train": 21, "n_eval": 30}}, "data.n_train: 20 -> 21"),
        ({"data": {"kind": "linear", "dimension": 12, "n_train": 20, "n_eval": 30, "beta": "decaying"}},
         "data.beta: equal -> decaying"),
        ({"training": {"kind": "sgd"}}, "training: exact -> sgd"),
        ({"training": {"kind": "exact", "weight_decay": 0.1}}, "training.weight_decay: 0.0 -> 0.1"),
        ({"design": {"kind": "joint", "vary": ["data"]}},
         "design.vary: [data, label_noise, init, batch_order, dropout, augmentation] -> [data]"),
        ({"device": "cuda:1"}, "device: cpu -> cuda"),
    ],
)  # fmt: skip
def test_each_setting_that_changes_numbers_is_named_with_what_it_was_and_is(
    tmp_path, small_plan, progress, changes, line
):
    run(tmp_path, small_plan(), 2, progress)
    assert refusal(tmp_path, small_plan(**changes)).what.splitlines()[1:] == [f"  {line}"]


@pytest.mark.parametrize(
    "changes",
    [
        {"engine": {"kind": "serial"}},
        {"replicates": 7},
        {"replicates": 2},
        {"interval": {"level": 0.9}, "limits": {"max_models": 7}, "tolerance": 0.1, "loss": "squared_error"},
        {"features": (7, 8)},
        {"features": (12,)},
    ],
)
def test_other_values_of_the_axes_and_settings_that_change_no_number_go_on(tmp_path, small_plan, progress, changes):
    there, here = small_plan(), small_plan(**changes)
    run(tmp_path, there, 2, progress)
    assert run(tmp_path, here, 2, progress).trained == len(here.members.keys() - there.members.keys())


def test_a_study_may_turn_a_fixed_key_into_an_axis(tmp_path, settings, progress):
    def decays(*values):
        return plan([({"training.weight_decay": w}, settings(training={"kind": "exact", "weight_decay": w}))
                     for w in values])  # fmt: skip

    run(tmp_path, plan([({}, settings())]), 2, progress)
    assert run(tmp_path, decays(0.0, 0.1), 2, progress).trained == 4


def test_a_smaller_grid_keeps_the_other_members_and_says_so(tmp_path, small_plan, progress):
    run(tmp_path, small_plan(), 2, progress)
    assert not progress.warnings
    run(tmp_path, small_plan((5,)), 2, progress)
    assert progress.warnings == [
        f"{tmp_path} holds 8 models of other cells, replicates or numerics, kept but not in this report"
    ]
    assert run(tmp_path, small_plan(), 2, progress).trained == 0


def test_other_versions_are_warned_of_and_both_are_kept(tmp_path, small_plan, progress, monkeypatch):
    run(tmp_path, small_plan(), 2, progress)
    here = environment()
    path = tmp_path / "study.json"
    then = {"versions": here["versions"] | {"numpy": "0.1"}, "processor": "abacus"}
    rewrite(tmp_path, **then)
    for _ in range(2):
        run(tmp_path, small_plan(), 2, progress)
    (warning,) = progress.warnings
    assert f"numpy 0.1 -> {here['versions']['numpy']}, processor abacus -> {here['processor']}" in warning
    content = json.loads(path.read_text())
    assert content["versions"] == here["versions"] and content["earlier"] == [
        then | {"instructions": here["instructions"]}
    ]


INSTRUCTIONS = """
import json, sys
from biasvar.study.environment import environment
print(json.dumps(environment()))
"""


def environment_under(**variables):
    done = subprocess.run(
        [sys.executable, "-c", INSTRUCTIONS], env=os.environ | variables, capture_output=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.ci
@pytest.mark.slow
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="names of x86 processors")
@pytest.mark.parametrize(
    ("variables", "names"),
    [
        ({"OPENBLAS_CORETYPE": "Nehalem"}, {"openblas"}),
        ({"NUMBA_CPU_NAME": "generic"}, {"compiler"}),
        ({"NUMBA_CPU_FEATURES": "+sse2"}, {"compiler"}),
        ({"ATEN_CPU_CAPABILITY": "default"}, {"ATEN_CPU_CAPABILITY"}),
    ],
)
def test_other_instructions_of_the_same_processor_are_a_change(variables, names):
    plain, other = environment_under(), environment_under(**variables)
    assert plain == environment()
    found = changes_between(plain, other)
    assert {text.split()[2] for text in found} == names and all(text.startswith("instructions of ") for text in found)


def test_other_instructions_are_warned_of_and_none_where_they_were_not_recorded(tmp_path, small_plan, progress):
    run(tmp_path, small_plan(), 2, progress)
    path = tmp_path / "study.json"
    content = json.loads(path.read_text())
    here = content["instructions"]
    rewrite(tmp_path, instructions=here | {"compiler": "abacus 12ab"})
    run(tmp_path, small_plan(), 2, progress)
    (warning,) = progress.warnings
    assert warning.endswith(f"last bits: instructions of compiler abacus 12ab -> {here['compiler']}")
    del content["instructions"], content["checksum"]
    write_content(tmp_path, content)
    run(tmp_path, small_plan(), 2, progress)
    assert progress.warnings == [warning]
    assert json.loads(path.read_text())["instructions"] == here


def test_files_of_somebody_else_are_not_overwritten(tmp_path, small_plan, progress):
    for name in folder_module.DERIVED:
        folder = tmp_path / name.replace(".", "_")
        folder.mkdir()
        (folder / name).write_text("mine")
        with pytest.raises(SettingsError, match=f"would lose its own {name}"):
            run(folder, small_plan(), 2, progress)
        assert os.listdir(folder) == [name]


def test_the_processor_has_a_name_and_nothing_has_moved_since_now():
    assert len(processor()) > 3
    assert changes_between(environment(), environment()) == []


def crossed_plan(settings, model="random_features", **design):
    """A study whose data and init seeds are crossed, 2 of each unless told."""
    model = {"kind": model, "features": 5} if model == "random_features" else {"kind": model, "width": 3}
    training = {"kind": "exact" if "features" in model else "sgd"}
    design = {"kind": "crossed", "seeds": 2, "vary": ["data+label_noise", "init"]} | design
    return plan([({}, settings(model=model, training=training, design=design))])


def test_more_seeds_of_a_crossed_design_train_only_what_is_missing(tmp_path, settings, progress):
    first = crossed_plan(settings)
    assert run(tmp_path, first, 2, progress).trained == 4
    before = {path: path.read_bytes() for path in (tmp_path / "shards").glob("*/*")}
    assert run(tmp_path, crossed_plan(settings, seeds=3), 2, progress).trained == 5
    assert all(path.read_bytes() == content for path, content in before.items())
    assert run(tmp_path, first, 2, progress).trained == 0


@pytest.mark.parametrize(
    ("design", "line"),
    [
        ({"vary": ["data", "init"]}, "design.vary: [data+label_noise, init] -> [data, init]"),
        ({"vary": ["init", "data+label_noise"], "seeds": 3},
         "design.vary: [data+label_noise, init] -> [init, data+label_noise]"),
    ],
)  # fmt: skip
def test_other_settings_of_a_crossed_design_are_refused(tmp_path, settings, progress, design, line):
    run(tmp_path, crossed_plan(settings), 2, progress)
    assert refusal(tmp_path, crossed_plan(settings, **design)).what.splitlines()[1:] == [f"  {line}"]


def test_another_kind_of_design_is_refused(tmp_path, settings, progress):
    run(tmp_path, crossed_plan(settings), 2, progress)
    joint = plan([({}, settings(model={"kind": "random_features", "features": 5}, design={"kind": "joint"}))])
    assert refusal(tmp_path, joint).what.splitlines()[1:] == ["  design: crossed -> joint"]
