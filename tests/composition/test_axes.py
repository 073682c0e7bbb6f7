"""``zip`` and ``cells`` of ``sweep:``: axes that are walked together."""

import pytest

from biasvar.composition.compose import compose, compose_study
from biasvar.composition.composed import as_yaml
from biasvar.composition.planning import plan_of
from biasvar.settings import SettingsError

NET = ["model=mlp"]
ZIP = "sweep.zip=[[model.width,training.lr]]"
CELLS = "sweep.cells=[{model.width: 4, training.lr: 0.1},{model.width: 8, training.lr: 0.2}]"


def planned(*texts, config_dir=None):
    return plan_of(*compose(list(texts), config_dir, "config"))


def cells(study, *keys):
    return [tuple(cell.axes[key] for key in keys) for cell in study.cells]


def problem_of(*texts, config_dir=None):
    with pytest.raises(SettingsError) as caught:
        compose_study(list(texts), lambda message: None, config_dir)
    (problem,) = caught.value.problems
    return problem


@pytest.fixture
def written(tmp_path):
    """Return a function that writes a study of one's own with a sweep, and plans it."""
    (tmp_path / "study").mkdir()

    def plan_with(sweep, *texts, base="u_curve"):
        content = f"# @package _global_\ndefaults:\n  - {base}\n  - _self_\nname: mine\nsweep:\n{sweep}"
        (tmp_path / "study" / "mine.yaml").write_text(content)
        return planned("study=mine", *texts, config_dir=tmp_path)

    return plan_with


def test_zipped_axes_are_walked_together():
    study = planned(*NET, "model.width=4,8,16", "training.lr=0.1,0.2,0.3", ZIP)
    assert study.axes == ("model.width", "training.lr")
    assert cells(study, *study.axes) == [(4, 0.1), (8, 0.2), (16, 0.3)]
    assert [cell.study.training.lr for cell in study.cells] == [0.1, 0.2, 0.3]


def test_other_axes_cross_with_zipped_ones():
    study = planned(*NET, "model.width=4,8", "seed=0,1", "training.lr=0.1,0.2", ZIP)
    assert cells(study, "model.width", "seed", "training.lr") == [(4, 0, 0.1), (4, 1, 0.1), (8, 0, 0.2), (8, 1, 0.2)]


def test_ranges_and_repeated_values_are_zipped_step_by_step():
    study = planned(*NET, "model.width=range(1,4)", "training.lr=0.1,0.1,0.2", ZIP)
    assert cells(study, *study.axes) == [(1, 0.1), (2, 0.1), (3, 0.2)]
    composed, _ = compose([*NET, "model.width=1,2,1", "training.lr=0.1,0.2,0.1", ZIP], None, "config")
    assert composed[0].axes == {"model.width": [1, 2], "training.lr": [0.1, 0.2]}
    assert composed[0].warnings == (
        "steps of the axes model.width, training.lr stand there more than once: each is one cell",
    )


def test_groups_are_zipped_with_each_other_and_with_keys():
    study = planned("data=digits,diabetes", "data.n_train=50,60", "sweep.zip=[[data,data.n_train]]", "model=mlp,linear",
                    "seed=0,1")  # fmt: skip
    assert cells(study, "data", "data.n_train") == [("digits", 50)] * 4 + [("diabetes", 60)] * 4
    assert study.axes == ("data", "model", "data.n_train", "seed")
    pairs = planned("model=mlp,random_features", "training=sgd,exact", "sweep.zip=[[model,training]]")
    assert cells(pairs, "model", "training") == [("mlp", "sgd"), ("random_features", "exact")]


def test_cells_take_the_place_of_the_presets_grid_and_cross_with_axes_of_the_command_line():
    study = planned("study=u_curve", "sweep.cells=[{model.degree: 3, data.n_train: 50}, {model.degree: 5}]", "seed=0,1")
    assert study.axes == ("model.degree", "data.n_train", "seed")
    assert cells(study, *study.axes) == [(3, 50, 0), (3, 50, 1), (5, 100, 0), (5, 100, 1)], "100 is the preset's"


def test_a_file_has_zip_and_cells_too(written):
    zipped = written("  zip: [[model.degree, data.n_train]]\n  model.degree: [1, 2]\n  data.n_train: [30, 60]\n")
    assert cells(zipped, "model.degree", "data.n_train") == [(1, 30), (2, 60)]
    listed = written("  cells:\n    - {model.degree: 1, data.n_train: 30}\n    - {model.degree: 2}\n  seed: [0, 1]\n")
    assert cells(listed, *listed.axes) == [(0, 1, 30), (0, 2, 100), (1, 1, 30), (1, 2, 100)]


def test_what_the_command_line_says_takes_a_key_out_of_a_files_zip_and_cells(written):
    sweep = "  zip: [[model.degree, data.n_train]]\n  model.degree: [1, 2]\n  data.n_train: [30, 60]\n"
    assert cells(written(sweep, "data.n_train=40"), "model.degree") == [(1,), (2,)]
    assert cells(written(sweep, "sweep.zip=null"), "model.degree", "data.n_train") == [
        (1, 30),
        (1, 60),
        (2, 30),
        (2, 60),
    ]
    listed = "  cells: [{model.degree: 1, data.n_train: 30}, {model.degree: 2, data.n_train: 60}]\n"
    assert cells(written(listed, "data.n_train=40"), "model.degree") == [(1,), (2,)]
    assert len(written(listed, "data.n_train=40,50").cells) == 4
    assert [cell.study.model.degree for cell in written(listed, "sweep.cells=null").cells] == list(range(13))


MIXED = """  cells:
    - {model.degree: 3, data.noise_std: 0}
    - {data: linear, model: linear, model.features: 5}
    - {model.degree: 4, resampling: bootstrap}
    - {data: linear, model: linear, model.features: 6}
"""


def test_cells_choose_options_which_are_used_as_in_their_own_files(written):
    mixed = written(MIXED)
    assert cells(mixed, "data", "model", "resampling") == [
        ("synthetic", "polynomial", "fresh"),
        *[("linear", "linear", "fresh")] * 2,
        ("synthetic", "polynomial", "bootstrap"),
    ]
    assert cells(mixed, "model.degree", "model.features", "data.noise_std") == [
        (3, None, 0), (None, 5, 0.2), (None, 6, 0.2), (4, None, 0.4)
    ], "a key that a cell lacks has its own configuration's value, if that has one"  # fmt: skip
    chosen = written(MIXED, "resampling=bootstrap")
    assert {cell.study.resampling.kind for cell in chosen.cells} == {"bootstrap"}
    short = planned("data=linear", "sweep.cells=[{training: sgd, model: mlp},{training: exact, model: linear}]")
    assert cells(short, "training", "model") == [("sgd", "mlp"), ("exact", "linear")]
    alone = planned("study=u_curve", "sweep.cells=[{model.degree: 3}]").cells[0].members
    assert planned("study=u_curve", "sweep.cells=[{model.degree: 3},{data: two_bumps}]").cells[0].members == alone


def test_more_cells_leave_the_members_of_the_others_as_they_are():
    fewer, more = planned(*NET, CELLS), planned(*NET, CELLS[:-1] + ",{model.width: 16, training.lr: 0.1}]")
    assert set(fewer.members) < set(more.members) and len(more.members) == 60


def test_the_composed_configuration_can_be_read_again(written):
    texts = ["study=u_curve", "sweep.cells=[{model.degree: 3, data.n_train: 50}, {model.degree: 5}]", "seed=0,1"]
    composed, settings = compose(texts, None, "config")
    text = as_yaml(composed)
    assert "zip:\n  - - model.degree\n    - data.n_train\n" in text
    again, before = written(text[text.index("sweep:\n") + len("sweep:\n") :]), plan_of(composed, settings)
    assert again.axes == before.axes and again.members.keys() == before.members.keys()


@pytest.mark.parametrize(
    ("texts", "what", "hint"),
    [
        (["model.width=4,8,16", "training.lr=0.1,0.2", ZIP],
         "sweep.zip: model.width has 3 and training.lr has 2 values", ""),
        (["model.width=4,8", ZIP], "sweep.zip: training.lr is no axis of this study", "training.lr=A,B,C makes it one"),
        (["model.width=4,8", "sweep.zip=[[model.widht,model.width]]"],
         "sweep.zip: model.widht is no axis of this study", "did you mean model.width?"),
        (["seed=0,1", "sweep.zip=[[sed,seed]]"], "sed is not a configuration key", "did you mean seed?"),
        (["model.width=4,8", "seed=0,1", "sweep.zip=[model.width,seed]"], "sweep.zip = [model.width, seed]",
         "write [[model.width, seed]]"),
        (["sweep.zip=[[model.width]]", "model.width=4,8"], "sweep.zip = [[model.width]]", ""),
        (["sweep.zip=3"], "sweep.zip = 3", ""),
        (["sweep.zip=[]"], "sweep.zip = []", ""),
        (["sweep.zip=a,b"], "sweep.zip=a,b is several values", "write sweep.zip=[...]"),
        (["sweep.zipp=[[a,b]]"], "sweep.zipp is not a configuration key", "did you mean sweep.zip?"),
        (["model.width=4,8", "seed=0,1", "data.n_train=50,60", "sweep.zip=[[model.width,seed],[seed,data.n_train]]"],
         "sweep.zip: seed would be walked with two lists of axes, or cells", ""),
        ([CELLS, "seed=0,1", "sweep.zip=[[seed,model.width]]"],
         "sweep.zip: model.width would be walked with two lists of axes, or cells", ""),
        (["data=digits,diabetes", "seed=0,1,2", "sweep.zip=[[data,seed]]"],
         "sweep.zip: data has 2 and seed has 3 values", ""),
        (["data=digits,diabetes,linear", "training=sgd,exact", "sweep.zip=[[data,training]]"],
         "sweep.zip: data has 3 and training has 2 values", ""),
        (["sweep.cells=[]"], "sweep.cells = []", ""),
        (["sweep.cells={model.width: 4}"], "sweep.cells = {model.width: 4}", ""),
        (["sweep.cells=[{model.widht: 4}]"], "model.widht is not a key that can be swept", "did you mean model.width?"),
        (["sweep.cells=[{data: digits2}]"], "data=digits2: no such option", "did you mean digits?"),
        (["sweep.cells=[{engine: serial}]"], "engine is not a key that can be swept", None),
        ([CELLS, "model.width=5"], "model.width stands in sweep.cells and beside it", ""),
        ([CELLS, "model.width=5,6"], "model.width stands in sweep.cells and beside it", ""),
        (["sweep.cells=[{model.width: 4},{model.degree: 3}]"], "sweep.cells: cell 1 has no model.degree", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_walked_is_one_error(texts, what, hint):
    problem = problem_of(*NET, *texts)
    assert problem.what.startswith(what)
    assert hint is None or problem.hint == hint
    assert problem.origin.startswith("command line: sweep.")


@pytest.mark.parametrize(
    ("sweep", "what", "line"),
    [
        ("  zip: [[model.degree, data]]\n",
         "sweep.zip: data is a group, whose options only the command line sweeps", 7),
        ("  zips: [[model.degree, seed]]\n", "zips is not a key that can be swept", 7),
        ("  cells: [{model.degree: 1}]\n  model.degree: [1, 2]\n",
         "model.degree stands in sweep.cells and beside it", 7),
        ("  zip: [[model.degree, seed]]\n  model.degree: [1, 2]\n  seed: [0]\n",
         "sweep.zip: model.degree has 2 and seed has 1 values", 7),
    ],
)  # fmt: skip
def test_what_a_file_gets_wrong_is_said_with_its_line(written, tmp_path, sweep, what, line):
    with pytest.raises(SettingsError) as caught:
        written(sweep, "data=synthetic,linear") if "data]" in sweep else written(sweep)
    (problem,) = caught.value.problems
    assert problem.what.startswith(what) and problem.origin == f"{tmp_path / 'study' / 'mine.yaml'}:{line}"


def test_a_bad_value_of_a_cell_is_said_with_where_it_stands():
    wrong = "sweep.cells=[{model.width: 4, training.lr: 0.1},{model.width: 8, training.lr: -1}]"
    problem = problem_of(*NET, wrong)
    assert (problem.key, problem.origin) == ("training.lr", f"command line: {wrong}")


def test_the_limit_counts_the_steps_of_zipped_axes():
    wide = [*NET, "model.width=range(1,20001)", "seed=range(0,20000)"]
    assert problem_of(*wide, "sweep.zip=[[model.width,seed]]").what.startswith("20,000 cells x 20 replicates")
    counts = [*NET, "model.width=4,8,16", "replicates=2000,500,500", "sweep.zip=[[model.width,replicates]]"]
    assert problem_of(*counts).what.startswith("1 cells x 2,000 replicates + 2 cells x 500 replicates = 3,000 models")


def test_a_value_that_must_be_given_is_given_by_a_cell(written):
    study = written("  cells: [{data.n_train: 30}, {data.n_train: 60}]\ndata:\n  n_train: ???\n")
    assert cells(study, "data.n_train") == [(30,), (60,)]
