import pytest

from biasvar.composition.compose import compose
from biasvar.composition.planning import plan_of
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
    study = plan("data=digits,gaussian_classes", "model.features=5,9", "data.n_train=60")
    assert study.axes == ("data", "model.features")
    assert [cell.study.data.kind for cell in study.cells] == ["digits"] * 2 + ["gaussian_classes"] * 2


def test_an_option_chosen_on_the_command_line_comes_as_its_own_file_says():
    study = plan("data=linear", "model=linear", "model.features=5,20,120")
    assert study.axes == ("model.features",)
    data = study.cells[0].study.data
    assert (data.dimension, data.n_train, data.noise_std) == (120, 40, 0.2), "not the default preset's 10, 50 and 0.5"


def test_a_presets_axis_of_a_group_that_is_chosen_anew_is_left_out_and_named():
    composed, _ = compose(["study=u_curve", "data=linear", "model=linear"], None, "config")
    assert composed[0].warnings == (
        "the preset's axis model.degree is left out, since model= is chosen on the command line",
    )
    assert composed[0].axes == {}


def test_interpolations_follow_the_axes():
    study = plan("study=bootstrap_shift", "model.features=10", "data.n_train=50,80", "data.n_pool='${data.n_train}'")
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
        ("model.degre=4", "model.degre is not a key of this configuration", "did you mean model.degree?"),
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
        ("model.width=3", "model.width is not a key of model=polynomial", "model=mlp or convnet or resnet has it"),
        ("training=sdg", "training=sdg: no such option", "did you mean sgd?"),
        ("study=u_curv", "study=u_curv: no such option", "did you mean u_curve?"),
        ("study=u_curve,default", "study cannot be swept: a sweep is one study", None),
        ("loss=mea", "loss = mea is not allowed", None),
        ("model.degree=glob(*)", "model.degree=glob(*) is not a list of values", None),
        ("model.degree=(", "'model.degree=(' is not an override", None),
        (
            "data.noise_std=${nowhere}",
            "data.noise_std = ${nowhere}: an interpolation cannot be resolved: there is",
            None,
        ),
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


def test_a_list_is_one_value_and_a_choice_of_lists_is_an_axis():
    one = plan("study=default", "model.features=9", "design=crossed", "design.vary=[data,label_noise]")
    assert one.axes == () and one.cells[0].study.design.vary == ("data", "label_noise")
    several = plan("study=default", "model.features=9", "design.vary=choice([data],[data,init])")
    assert axis(several, "design.vary") == ["[data]", "[data, init]"]
    assert [cell.study.design.vary for cell in several.cells] == [("data",), ("data", "init")]
    assert len(several.cells[0].members) == len(several.cells[1].members) == 60


def test_designs_are_an_axis_as_other_groups_are():
    study = plan("study=default", "model.features=9", "design=joint,crossed", "replicates=5")
    assert axis(study, "design") == ["joint", "crossed"]
    assert [len(cell.members) for cell in study.cells] == [5, 100]


@pytest.mark.parametrize("override", ["engine=serial,thread", "workers=1,2", "loss=squared_error,all",
                                      "tolerance=0.1,0.2", "figure.width=3,4", "interval.level=0.9,0.95",
                                      "limits.max_models=1,2", "name=a,b"])  # fmt: skip
def test_a_key_that_changes_no_member_cannot_be_an_axis(override):
    key = override.split("=")[0]
    (problem,) = problems("study=u_curve", override)
    assert problem.what == f"{key} changes no member: it cannot be an axis"
    assert problem.origin == f"command line: {override}"


@pytest.mark.parametrize(
    ("override", "key", "values"),
    [
        ("model.degree=3,1,3,1", "model.degree", [3, 1]),
        ("data.noise_std=0.1,0.1,0.2", "data.noise_std", [0.1, 0.2]),
        ("training=exact,exact", "training", ["exact"]),
        ("design.vary=choice([data],[data])", "design.vary", ["[data]"]),
    ],
)
def test_values_that_stand_twice_on_an_axis_are_one_cell_and_are_named(override, key, values):
    composed, settings = compose(["study=u_curve", override, *([] if "degree" in override else ["model.degree=2"])],
                                 None, "config")  # fmt: skip
    assert composed[0].warnings == (f"values of the axis {key} stand there more than once: each is one cell",)
    assert axis(plan_of(composed, settings), key) == values
    assert compose(["study=u_curve", "model.degree=1,2"], None, "config")[0][0].warnings == ()


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        (["replicates=10,5000"], "13 cells x 5,000 replicates = 65,000 models"),
        (["data.n_train=50,60", "seed=0,1", "replicates=500"], "52 cells x 500 replicates = 26,000 models"),
        (["design=crossed", "design.vary=[data,label_noise]", "design.seeds=20"], "13 cells x 20 x 20 seeds = 5,200"),
        (["design=joint,crossed", "design.vary=[data,label_noise]"],
         "13 cells x 100 replicates + 13 cells x 10 x 10 seeds = 2,600 models"),
        (["design=crossed", "design.vary=[data,label_noise]", "design.seeds=3,20"], "13 cells x 20 x 20 seeds = 5,200"),
    ],
)  # fmt: skip
def test_the_limit_counts_swept_replicates_and_crossed_seeds(overrides, says):
    (problem,) = problems("study=u_curve", *overrides)
    assert problem.what.startswith(says)


def test_fewer_replicates_are_the_first_of_more_and_count_once():
    study = plan("study=u_curve", "model.degree=1,2", "replicates=100,500,1000")
    assert len(study.members) == 2000


def test_a_study_larger_than_meant_is_refused_before_its_cells_are_made():
    (problem,) = problems("study=u_curve", "model.degree=range(1,2000000)")
    assert problem.what.startswith(
        "1,999,999 cells x 100 replicates = 199,999,900 models exceeds limits.max_models=2000"
    )
    assert problem.hint == "limits.max_models=199999900 trains them all"
    assert len(plan("study=u_curve", "model.degree=range(0,30)", "limits.max_models=3000").members) == 3000
