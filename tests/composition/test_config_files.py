import time

import pytest

from biasvar.composition.compose import compose, compose_study
from biasvar.composition.planning import plan_of
from biasvar.settings import SettingsError

HEAD = "# @package _global_\n"
BOMB = (
    HEAD + "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * 9) + "]\n" for i in range(1, 9))
)


def plan_with(tmp_path, content, *overrides):
    (tmp_path / "study").mkdir(exist_ok=True)
    (tmp_path / "study" / "mine.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    return plan_of(*compose(["study=mine", *overrides], tmp_path, "config"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (HEAD + "name: mine\nsweep:\n\tmodel.features: [1]\n", r"mine.yaml:4: found character '\t'"),
        (HEAD + "name: one\nname: two\n", "mine.yaml:3: found duplicate key name"),
        (HEAD.encode() + b"name: \xff\n", "mine.yaml:2: byte 0xff is not UTF-8"),
        ("- 1\n- 2\n", "mine.yaml is not a mapping"),
        ("", "mine.yaml is empty"),
        ("name: mine\n", "study=mine sets no top-level keys"),
        (HEAD + "name: !!python/object/apply:os.getcwd []\n", "mine.yaml:2: a tag that names Python code is refused"),
        (HEAD + "model:\n  _target_: os.getcwd\n", "model._target_ is not a key of this configuration"),
        (
            HEAD + "seed: ${replicates}\nreplicates: ${seed}\n",
            "seed = ${replicates}: an interpolation cannot be resolved: it asks for itself",
        ),
        (HEAD + "name: ${oc.env:HOME}\n", "values of the environment are not read"),
        (HEAD + "seed: ${nosuch:1}\n", "an interpolation cannot be resolved: there is no resolver nosuch"),
        (HEAD + "sweep:\n  model.featurs: [1, 2]\n", "model.featurs is not a key"),
        (HEAD + "sweep:\n  nosuch.key: [1, 2]\n", "nosuch.key is not a key that can be swept"),
        (HEAD + "sweep:\n  3: [1, 2]\n", "3 is not a key that can be swept"),
        (HEAD + "sweep:\n  data: [digits]\n", "data is not a key that can be swept"),
        (HEAD + "model.features: 3\n", "mine.yaml:2: model.features has a dot"),
        (HEAD + "limits: 3\n", "limits = 3 is not allowed"),
        (HEAD + "interval: null\n", "interval = null is not allowed"),
        (HEAD + "defaults:\n  - mine\n", "recursion"),
        (HEAD + "model: &a\n  b: *a\n", "mine.yaml:3: *a stands in itself"),
        (HEAD + "defaults: {model: mlp}\n", "mine.yaml:2: defaults is no list"),
        (HEAD + "defaults:\n  - 5\n", "mine.yaml:3: an entry of defaults names no option"),
        (HEAD + "defaults:\n  - {a: b, c: d}\n", "mine.yaml:3: an entry of defaults names no option"),
        (HEAD + "defaults:\n  - override /model: [mlp, 5]\n", "mine.yaml:3: an entry of defaults names no option"),
        (HEAD + "defaults:\n  - _self_@model\n", "_self_@PACKAGE is not supported"),
        (HEAD + "defaults:\n  - ???\n", "Missing ConfigDefault is not supported"),
        (HEAD + "defaults:\n  - override /model\n", "names study/override /model, and there is no such file"),
        ("# @package\nname: mine\n", "mine.yaml: Expected header format: KEY VALUE, got '@package'"),
        ("defaults:\n  - override /model: mlp\n", "study=mine sets no top-level keys"),
        (HEAD + "name: ''\n", "name is empty"),
        (HEAD + "sweep: [1, 2]\n", "mine.yaml:2: sweep is a list"),
        (HEAD + "sweep:\n  model.features: range(0,100000000000)\n", "has more than 2,000,000 values"),
        (HEAD + "sweep:\n  model.features: range(0,1,1e-11)\n", "has more than 100,000 values"),
        (HEAD + "sweep:\n  model.features: range(3,3)\n", "model.features=range(3,3): the grid is empty"),
        (HEAD + "sweep:\n  model.features: shuffle(1,2)\n", "has no values: shuffle gives another order at every call"),
        (HEAD + "defaults:\n  - ../../x\n", "mine.yaml:3: ../../x points outside the folders of options"),
        (HEAD + "defaults:\n  - override /model: ../../x\n", "mine.yaml:3: ../../x points outside"),
        (HEAD + "defaults:\n  - override /model: [mlp, a/../../../x]\n", "points outside the folders of options"),
        (HEAD + "defaults:\n  - override /../../x: mlp\n", "points outside the folders of options"),
        (HEAD + "sweep:\n  model.features: []\n", "the preset's axis model.features: [] has no values"),
        (HEAD + "sweep:\n  model.features: 3\n", "the preset's axis model.features: 3 has no values"),
        (HEAD + "sweep:\n  model.features: range(0,\n", "the preset's axis model.features: range(0, has no values"),
        (HEAD + "defaults:\n  - override /model: nosuch\n", "nosuch"),
        (HEAD + "model: 3\n", "mine.yaml:2: model is 3"),
        (HEAD + "hydra:\n  job:\n    env_copy: [HOME]\n", "mine.yaml:2: hydra's own keys are not supported"),
        (HEAD + "deep: " + "[" * 500 + "]" * 500 + "\n", "mine.yaml:2: more than 20 nested lists or mappings"),
        (HEAD + "data:\n  n_train: ???\n", "data.n_train = ??? has no value"),
        (HEAD + "defaults:\n  - override /model: ???\n", "model"),
        (HEAD + "seed: " + "9" * 5000, "mine.yaml: Exceeds the limit"),
        (BOMB, "more than 20 aliases"),
        (HEAD + "name: " + "x" * 1_100_000, "at most 1,000,000"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_line_in_no_time(tmp_path, content, says):
    started = time.process_time()
    with pytest.raises(SettingsError) as error:
        plan_with(tmp_path, content)
    assert says in "\n".join(f"{problem.what} {problem.needs}" for problem in error.value.problems)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "byte order mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_byte_order_marks_and_line_ends_of_other_systems_are_accepted(tmp_path, mark, end):
    lines = ["# @package _global_", "name: mine", "replicates: 3", "sweep:", "  model.features: [2, 3]", ""]
    study = plan_with(tmp_path, mark + end.join(lines))
    assert study.name == "mine" and len(study.members) == 6


def problems_with(tmp_path, content, *overrides):
    with pytest.raises(SettingsError) as error:
        plan_with(tmp_path, content, *overrides)
    return error.value.problems


@pytest.mark.parametrize(
    ("lines", "line", "what"),
    [
        (["replicates: 1"], 2, "replicates = 1 is not allowed"),
        (["data:", "  n_train: 9", "  noise_std: -1"], 4, "data.noise_std = -1.0 is not allowed"),
        (["modle: 3"], 2, "modle is not a key of this configuration"),
        (["model:", "  featurs: 3"], 3, "model.featurs is not a key of this configuration"),
        (["sweep:", "  seed: [1, 2]", "  model.features: [1, -2]"], 4, "model.features = -2 is not allowed"),
        (["sweep:", "  model.features: [1, [2]]"], 3, "model.features = [2] is not allowed"),
        (["sweep:", "  model.features: [1, a]"], 3, "model.features = a is not allowed"),
        (["sweep:", "  model.featurs: [1]"], 3, "model.featurs is not a key that can be swept"),
        (["sweep:", "  model.features: []"], 3, "the preset's axis model.features: [] has no values"),
        (["seed: ${missing}"], 2, "seed = ${missing}: an interpolation cannot be resolved: there is no key missing"),
        (["data:", "  n_train: ???"], 3, "data.n_train = ??? has no value"),
        (
            ["defaults:", "  - override /data: digits"],
            None,
            "resampling=fresh draws from a distribution, and data=digits is",
        ),
    ],
)
def test_a_value_of_a_file_is_said_with_the_files_line(tmp_path, lines, line, what):
    problem = problems_with(tmp_path, HEAD + "\n".join(lines) + "\n")[0]
    assert problem.what.startswith(what)
    shipped = "conf/config.yaml:5"  # where resampling=fresh is chosen
    assert problem.origin == (f"{tmp_path / 'study' / 'mine.yaml'}:{line}" if line else shipped)


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ("defaults:\n  - override /model: polynomial\n", "starts with the line `# @package _global_`"),
        (HEAD + "defaults:\n  - /model: polynomial\n", "write `- override /model: polynomial` below defaults"),
        (HEAD + "defaults:\n  - override model: polynomial\n", "a slash stands before the group: `- override /model:"),
        (HEAD + "defaults:\n  - override /modl: polynomial\n", "did you mean model?"),
        (HEAD + "sweep:\n  model:\n    width: [1, 2]\n", "its keys are model.activation, "),
    ],
)
def test_what_a_first_file_of_ones_own_gets_wrong_is_said_with_the_file_and_what_to_write(tmp_path, content, hint):
    (problem,) = problems_with(tmp_path, content)
    assert hint in problem.hint
    assert problem.origin.startswith(str(tmp_path / "study" / "mine.yaml"))


def test_an_axis_that_is_none_hides_no_other_problem(tmp_path):
    content = HEAD + "replicate: 3\ndata:\n  n_train: 1\nsweep:\n  model.featurs: [1]\n  seed: [1, -1]\n"
    keys = {problem.key for problem in problems_with(tmp_path, content)}
    assert keys == {"model.featurs", "replicate", "data.n_train", "seed"}


def test_the_text_of_an_error_has_what_to_write_instead():
    with pytest.raises(SettingsError, match=r"no such option \(needs one of .*; did you mean study=u_curve\?\)"):
        compose_study(["study=u_curv"], print)


def test_a_study_that_is_found_nowhere_asks_for_the_folder_of_ones_own():
    with pytest.raises(SettingsError, match="no such option") as error:
        compose(["study=mine"], None, "config")
    assert "found by --config-dir DIR" in error.value.problems[0].hint


def test_values_of_the_command_line_stand_before_those_of_files_and_keep_their_own_origin(tmp_path):
    content = HEAD + "replicates: 1\ndata:\n  n_train: ???\n"
    assert plan_with(tmp_path, content, "replicates=3", "data.n_train=9").cells[0].study.data.n_train == 9
    (problem,) = problems_with(tmp_path, content, "replicates=0", "data.n_train=9")
    assert problem.origin == "command line: replicates=0"


def test_an_option_of_ones_own_is_looked_at_wherever_in_a_chain_it_is_chosen(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "mine.yaml").write_text("kind: mlp\nwidth: 0\n")
    chosen = HEAD + "defaults:\n  - override /model: mine\n  - override /training: sgd\n"
    (problem,) = problems_with(tmp_path, chosen)
    assert problem.origin == f"{tmp_path / 'model' / 'mine.yaml'}:2"
    (tmp_path / "model" / "mine.yaml").write_text("kind: mlp\nwidth: !!python/name:os.getcwd\n")
    assert "mine.yaml:2: a tag that names Python code is refused" in problems_with(tmp_path, chosen)[0].what


def test_a_folder_a_pipe_and_another_ending_in_the_place_of_a_file_are_named(tmp_path):
    import os

    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "study" / "pipe.yaml")
    (tmp_path / "study" / "other.yml").write_text(HEAD)
    for name, says in (("folder", "is not a file"), ("pipe", "is not a file"), ("other", "no such option")):
        with pytest.raises(SettingsError) as error:
            compose([f"study={name}"], tmp_path, "config")
        (problem,) = error.value.problems
        assert says in problem.what
    assert problem.hint == f"rename {tmp_path / 'study' / 'other.yml'} to other.yaml"


def test_a_file_that_hides_behind_a_shipped_one_is_named(tmp_path):
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "default.yaml").write_text(HEAD)
    composed, _ = compose([], tmp_path, "config")
    assert composed[0].warnings == (
        f"{tmp_path / 'study' / 'default.yaml'} is not read: biasvar has a file of that name, which comes first",
    )


def test_remarks_say_what_may_not_be_meant():
    from biasvar.study.checks import warnings_on

    chosen = ["data=gaussian_classes", "model=mlp", "training=sgd", "training.batch_size=5000", "data.label_noise=1"]
    study = plan_of(*compose(chosen, None, "config")).cells[0].study
    assert warnings_on(study) == [
        "data.label_noise = 1 flips every training label",
        "training.batch_size = 5000 is more than data.n_train = 100: full batches",
    ]


@pytest.mark.parametrize("before", ["---\n", "# A comment of one's own\n\n", "%YAML 1.1\n---\n#\n"])
def test_the_package_of_a_file_is_found_below_comments_and_the_mark_of_a_document(tmp_path, before):
    assert plan_with(tmp_path, before + HEAD + "name: mine\nreplicates: 7\n").name == "mine"
