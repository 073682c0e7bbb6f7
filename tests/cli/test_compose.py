import pytest

from biasvar.cli.compose import compose, plan_of
from biasvar.settings import SettingsError


def plan(*overrides, config_dir=None):
    return plan_of(*compose(list(overrides), config_dir, "config"))


def axis(study, key):
    return list(dict.fromkeys(cell.axes[key] for cell in study.cells))


def problems(*overrides):
    with pytest.raises(SettingsError) as error:
        plan(*overrides)
    return error.value.problems


@pytest.mark.parametrize(
    ("override", "values"),
    [
        ("model.degree=1,2,4", [1, 2, 4]),
        ("model.degree=range(1,4)", [1, 2, 3]),
        ("model.degree=choice(2,8)", [2, 8]),
        ("model.degree=range(0,9,step=4)", [0, 4, 8]),
    ],
)
def test_hydras_grammar_makes_an_axis_of_a_key_and_takes_the_place_of_the_presets(override, values):
    study = plan("study=u_curve", override)
    assert study.axes == ("model.degree",)
    assert axis(study, "model.degree") == values
    assert [cell.study.model.degree for cell in study.cells] == values


def test_any_key_is_an_axis_and_axes_cross():
    study = plan("study=u_curve", "model.degree=1,2", "data.noise_std=0.1,0.2", "replicates=2,3", "seed=0,1")
    assert study.axes == ("model.degree", "data.noise_std", "replicates", "seed")
    assert len(study.cells) == 16
    assert len(study.members) == 2 * 2 * 2 * 3, "fewer replicates are the first of more"


def test_a_fixed_override_takes_the_place_of_a_presets_axis():
    study = plan("study=u_curve", "model.degree=5")
    assert study.axes == () and len(study.cells) == 1
    assert study.cells[0].study.model.degree == 5


def test_an_axis_over_a_group_composes_once_a_choice():
    study = plan("data=digits,gaussian_classes", "resampling=bootstrap", "model.features=5,9", "data.n_train=60")
    assert study.axes == ("data", "model.features")
    assert [cell.study.data.kind for cell in study.cells] == ["digits"] * 2 + ["gaussian_classes"] * 2


def test_an_option_chosen_on_the_command_line_comes_as_its_own_file_says():
    study = plan("data=linear", "model=linear", "model.features=5,20,120")
    assert study.axes == ("model.features",)
    data = study.cells[0].study.data
    assert (data.dimension, data.n_train, data.noise_std) == (120, 40, 0.2), "not the default preset's 10, 50 and 0.5"


def test_a_presets_axis_of_a_group_that_is_chosen_anew_is_left_out_and_named():
    composed, _ = compose(["study=u_curve", "data=linear", "model=linear"], None, "config")
    assert composed[0].left_out == ("model.degree",)
    assert composed[0].axes == {}


def test_interpolations_follow_the_axes():
    study = plan("study=bootstrap_shift", "model.features=10", "data.n_train=50,80")
    assert [cell.study.data.n_pool for cell in study.cells] == [50, 80]


def test_options_of_ones_own_come_from_config_dir(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "mine.yaml").write_text("kind: mlp\nwidth: 3\nactivation: tanh\n")
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "my_study.yaml").write_text(
        "# @package _global_\ndefaults:\n  - override /model: mine\n  - override /training: sgd\n"
        "name: my_study\nsweep:\n  model.width: range(2,5)\n"
    )
    study = plan("study=my_study", config_dir=tmp_path)
    assert study.name == "my_study"
    assert [cell.study.model.width for cell in study.cells] == [2, 3, 4]
    assert study.cells[0].study.model.activation == "tanh"


@pytest.mark.parametrize(
    ("override", "what", "hint"),
    [
        ("modle.degree=4", "modle.degree is not a configuration key", "did you mean model.degree?"),
        ("model.degre=4", "model.degre is not a configuration key", "did you mean model.degree?"),
        ("+model.extra=1", "model.extra is not a configuration key", None),
        ("+seed=1", "+seed=1 is not allowed", None),
        ("~seed", "~seed is not allowed", None),
        ("model.degree=range(0,0)", "model.degree=range(0,0): the grid is empty", None),
        ("model.degree=range(0,200000000)", "model.degree=range(0,200000000) has more than 2,000,000 values", None),
        ("model.degree=[]", "model.degree=[]: the grid is empty", None),
        ("model.degree=", "model.degree = '' is not allowed", None),
        ("model.degree=abc", "model.degree = abc is not allowed", None),
        ("model.degree=1e3", "model.degree = 1000.0 is not allowed", "write 1000"),
        ("model.degree=-1,2", "model.degree = -1 is not allowed", None),
        ("data.noise_std=-1", "data.noise_std = -1.0 is not allowed", None),
        ("data.noise_std=nan", "data.noise_std = nan is not finite", None),
        ("model.width=3", "model.width is not a key of model=polynomial", "model=mlp has it"),
        ("training=sdg", "training=sdg: no such option", "did you mean sgd?"),
        ("study=u_curv", "study=u_curv: no such option", "did you mean u_curve?"),
        ("study=u_curve,default", "study cannot be swept: a sweep is one study", None),
        ("loss=mea", "loss = mea is not allowed", None),
        ("model.degree=glob(*)", "model.degree=glob(*) is not a list of values", None),
        ("model.degree=(", "'model.degree=(' is not an override", None),
        ("data.noise_std=${nowhere}", "an interpolation cannot be resolved", None),
    ],
)
def test_a_bad_override_is_named_with_a_hint(override, what, hint):
    (problem,) = problems(*([] if override.startswith("study") else ["study=u_curve"]), override)
    assert problem.what.startswith(what)
    if hint:
        assert problem.hint == hint


def test_every_bad_override_is_named_at_once_with_where_it_came_from():
    found = problems("study=u_curve", "replicates=1", "data.noise_std=-1", "model.degree=-3")
    assert {problem.origin for problem in found} == {
        "command line: replicates=1",
        "command line: data.noise_std=-1",
        "command line: model.degree=-3",
    }


def test_a_study_larger_than_meant_is_refused_before_its_cells_are_made():
    (problem,) = problems("study=u_curve", "model.degree=range(1,2000000)")
    assert problem.what.startswith(
        "1,999,999 cells x 100 replicates = 199,999,900 models exceeds limits.max_models=2000"
    )
    assert problem.hint == "limits.max_models=199999900 trains them all"
    assert len(plan("study=u_curve", "model.degree=range(0,30)", "limits.max_models=3000").members) == 3000
