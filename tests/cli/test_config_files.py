import time

import pytest

from biasvar.cli.compose import compose, plan_of
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
        (b"\xef\xbb\xbf" + HEAD.encode() + b"name: mine\n", "mine.yaml:1: the file starts with a byte order mark"),
        ("- 1\n- 2\n", "mine.yaml is not a mapping"),
        ("", "mine.yaml is empty"),
        ("name: mine\n", "study=mine does not set keys of the whole"),
        (HEAD + "name: !!python/object/apply:os.getcwd []\n", "mine.yaml:2: a tag that names Python code is refused"),
        (HEAD + "model:\n  _target_: os.getcwd\n", "model._target_ is not a key of this configuration"),
        (HEAD + "seed: ${replicates}\nreplicates: ${seed}\n", "an interpolation cannot be resolved: Recursive"),
        (HEAD + "name: ${oc.env:HOME}\n", "values of the environment are not read"),
        (HEAD + "seed: ${nosuch:1}\n", "an interpolation cannot be resolved: Unsupported interpolation type nosuch"),
        (HEAD + "sweep:\n  model.featurs: [1, 2]\n", "model.featurs is not a key"),
        (HEAD + "sweep:\n  nosuch.key: [1, 2]\n", "nosuch.key is not a key that can be swept"),
        (HEAD + "sweep:\n  3: [1, 2]\n", "3 is not a key that can be swept"),
        (HEAD + "sweep:\n  data: [digits]\n", "data is not a key that can be swept"),
        (HEAD + "limits: 3\n", "limits = 3 is not allowed"),
        (HEAD + "interval: null\n", "interval = null is not allowed"),
        (HEAD + "defaults:\n  - mine\n", "recursion"),
        (HEAD + "name: ''\n", "name is empty"),
        (HEAD + "sweep: [1, 2]\n", "Cannot merge"),
        (HEAD + "sweep:\n  model.features: []\n", "the preset's axis model.features: [] has no values"),
        (HEAD + "sweep:\n  model.features: 3\n", "the preset's axis model.features: 3 has no values"),
        (HEAD + "sweep:\n  model.features: range(0,\n", "the preset's axis model.features: range(0, has no values"),
        (HEAD + "defaults:\n  - override /model: nosuch\n", "nosuch"),
        (HEAD + "model: 3\n", "model"),
        (BOMB, "more than 20 aliases"),
        (HEAD + "name: " + "x" * 1_100_000, "at most 1,000,000"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_line_in_no_time(tmp_path, content, says):
    started = time.monotonic()
    with pytest.raises(SettingsError) as error:
        plan_with(tmp_path, content)
    assert says in "\n".join(f"{problem.what} {problem.needs}" for problem in error.value.problems)
    assert time.monotonic() - started < 2


def test_line_ends_of_other_systems_are_accepted(tmp_path):
    study = plan_with(tmp_path, HEAD + "name: mine\r\nreplicates: 3\r\nsweep:\r\n  model.features: [2, 3]\r\n")
    assert study.name == "mine" and len(study.members) == 6


def test_remarks_say_what_may_not_be_meant():
    from biasvar.study.checks import remarks_on

    chosen = ["data=gaussian_classes", "model=mlp", "training=sgd", "training.batch_size=5000", "data.label_noise=1"]
    study = plan_of(*compose(chosen, None, "config")).cells[0].study
    assert remarks_on(study) == [
        "training.batch_size = 5000 is more than data.n_train = 100: full batches",
        "data.label_noise = 1 flips every training label",
    ]
