"""Presets in folders of conf/study: study=chapter/NAME, and those of one's own."""

import pytest

from biasvar.composition.compose import compose_study
from biasvar.composition.hydra_groups import conf_dir
from biasvar.composition.options import inside, nearest, options_in
from biasvar.settings import SettingsError

MINE = """\
# @package _global_
# A study that inherits.
defaults:
  - /study/u_curve
  - _self_
name: mine-nested
replicates: 7
data:
  noise_std: 0.1
sweep:
  model.degree: [1, 2]
"""


@pytest.fixture
def own(tmp_path):
    """A folder of one's own with a nested preset."""
    (tmp_path / "study" / "mine").mkdir(parents=True)
    (tmp_path / "study" / "mine" / "nested.yaml").write_text(MINE)
    return tmp_path


def plan(*overrides, config_dir=None):
    return compose_study(list(overrides), lambda message: None, config_dir)[1]


def problem(*overrides, config_dir=None):
    with pytest.raises(SettingsError) as error:
        plan(*overrides, config_dir=config_dir)
    (found,) = error.value.problems
    return found


def test_a_nested_preset_inherits_another(own):
    study = plan("study=mine/nested", config_dir=own)
    first = study.cells[0].study
    assert (study.name, first.replicates, len(study.cells)) == ("mine-nested", 7, 2)
    assert (first.data.function, first.data.n_train, first.data.noise_std) == ("bump", 100, 0.1)


def test_the_file_of_a_nested_preset_is_named_where_it_is_wrong(own):
    path = own / "study" / "mine" / "nested.yaml"
    path.write_text(MINE.replace("noise_std: 0.1", "noise_std: -1"))
    assert problem("study=mine/nested", config_dir=own).origin == f"{path}:9"
    path.write_text(MINE.replace("/study/u_curve", "/study/u_curv"))
    found = problem("study=mine/nested", config_dir=own)
    assert (found.origin, found.hint) == (str(path), "did you mean /study/u_curve?")
    path.write_text(MINE.replace("  - _self_", "  - override data: digits\n  - _self_"))
    assert "`- override /data: OPTION`" in problem("study=mine/nested", config_dir=own).hint
    path.write_text(MINE.replace("# @package _global_\n", ""))
    assert "# @package _global_" in problem("study=mine/nested", config_dir=own).hint


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("mine/nestd", "did you mean mine/nested?"),
        ("nested", "did you mean mine/nested?"),
        ("minenested", "did you mean mine/nested?"),
        ("u_curv", "did you mean study=u_curve?"),
        ("mine", "mine is a folder of options"),
        ("mine/", "mine/ is a folder of options"),
    ],
)
def test_hints_know_nested_presets(own, word, hint):
    found = problem(f"study={word}", config_dir=own)
    assert found.hint == hint
    assert "mine/nested" in found.needs
    assert ("u_curve" in found.needs) != ("folder" in hint), "of a folder only its own options are listed"


def test_the_shipped_options_are_listed_once_and_those_of_folders_last():
    names = options_in((conf_dir(), conf_dir()), "study")
    assert len(set(names)) == len(names) and "default" in names
    assert names == sorted(names, key=lambda name: ("/" in name, name))
    assert options_in((conf_dir(),), "") == ["config"], "primary configurations lie at the top"


def test_the_nearest_option_is_found_by_its_whole_name_or_its_last_part():
    options = ["u_curve", "dropout", "chapter/bagging", "chapter/u_curve"]
    wanted = {"u_curv": "u_curve", "chapter/u_curv": "chapter/u_curve", "baging": "chapter/bagging", "xyz": ""}
    assert {word: nearest(word, options) for word in wanted} == wanted
    assert inside("chapter", options) == options[2:] and not inside("chap", options)
