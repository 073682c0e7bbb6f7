"""A text means the same in a configuration file as on the command line: the same value, or the same refusal."""

import pytest
import yaml

from biasvar.composition.compose import compose
from biasvar.composition.files.plain_scalars import PlainScalars
from biasvar.composition.overrides import parse
from biasvar.composition.planning import plan_of
from biasvar.settings import SettingsError

TEXTS = """
    0 7 +7 -7 007 010 0o10 0x10 0X1F 0b11 1_000 1__000 _1 1_ 08 1:30 1:30:00 1:30.5 190:20:30 1e3 1e-3 1E+3 1.5e3
    1.e3 .5e1 .5 5. +.5 -.5 1_0.5 0.1_0 1e1_0 01.5 00.5 1.5.2 .inf -.inf .nan inf -inf nan NaN Infinity yes no on
    off Yes NO y n true false TRUE False tRuE null NULL Null 2020-01-01 12e e3 1e 3x x3 1/2 50% 1e400
    999999999999999999999999999999 '4' "0x10"
"""
KEYS = {"data.n_train": "data:\n  n_train: {}", "data.noise_std": "data:\n  noise_std: {}", "name": "name: {}"}


def typed(text):
    problems = []
    settings = parse([f"name={text}"], problems)
    return settings[0].values[0] if settings else problems[0].what


@pytest.mark.parametrize("text", TEXTS.split())
def test_a_text_has_the_same_meaning_in_a_file_as_on_the_command_line(text):
    assert repr(yaml.load(f"name: {text}", Loader=PlainScalars)["name"]) == repr(typed(text))


def answer(arguments, config_dir):
    try:
        study = plan_of(*compose(["model.features=5", *arguments], config_dir, "config")).cells[0].study
    except SettingsError as error:
        return [(problem.key, problem.what, problem.needs, problem.hint) for problem in error.problems]
    return (study.data.n_train, study.data.noise_std, study.name)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("data.n_train", "010"),
        ("data.n_train", "1:30"),
        ("data.n_train", "0x10"),
        ("data.n_train", "1_000"),
        ("data.n_train", "1e3"),
        ("data.noise_std", "1e-3"),
        ("data.noise_std", "1:30.5"),
        ("name", "yes"),
        ("name", "0o10"),
    ],
)
def test_a_study_says_the_same_of_a_file_as_of_the_command_line(tmp_path, key, text):
    (tmp_path / "study").mkdir()
    head = "# @package _global_\nname: study\n" if key != "name" else "# @package _global_\n"
    (tmp_path / "study" / "with.yaml").write_text(head + KEYS[key].format(text) + "\n")
    (tmp_path / "study" / "without.yaml").write_text("# @package _global_\nname: study\n")
    assert answer(["study=with"], tmp_path) == answer(["study=without", f"{key}={text}"], tmp_path)


@pytest.mark.parametrize(("key", "text", "found"), [("data.n_train", "1_000", 1000), ("data.noise_std", "1e-3", 0.001)])
def test_numbers_of_files_are_those_of_the_grammar(tmp_path, key, text, found):
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "mine.yaml").write_text("# @package _global_\n" + KEYS[key].format(text) + "\n")
    assert found in answer(["study=mine"], tmp_path)


@pytest.mark.parametrize("text", ["!!int 010", "!!float 1:30", "!!bool yes", "!mine 3", "! 010"])
def test_a_tag_that_would_read_a_text_in_another_way_is_refused(tmp_path, text):
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "mine.yaml").write_text(f"# @package _global_\nseed: {text}\n")
    ((_, what, needs, _),) = answer(["study=mine"], tmp_path)
    assert "mine.yaml:2: the tag " in what and needs == "plain values"
