"""A command that names no study, but data or a model: these decide the rest."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from biasvar.composition.compose import compose, plan_study
from biasvar.composition.planning import plan_of
from biasvar.data import SOURCES
from biasvar.data.digits import Digits
from biasvar.settings import SettingsError
from biasvar.study.folder import default_folder


def planned(*texts, config_dir=None, config_name="config"):
    return plan_of(*compose(list(texts), config_dir, config_name))


def parts(cell):
    return tuple(getattr(cell.study, group).kind for group in ("data", "resampling", "model", "training"))


@pytest.mark.parametrize(
    ("command", "name", "kinds", "replicates"),
    [
        ("model=mlp", "synthetic-mlp", [("synthetic", "fresh", "mlp", "sgd")], 20),
        ("model=polynomial model.degree=1,3", "synthetic-polynomial",
         [("synthetic", "fresh", "polynomial", "exact")], 20),
        ("data=diabetes model=mlp", "diabetes-mlp", [("diabetes", "bootstrap", "mlp", "sgd")], 20),
        ("data=diabetes", "diabetes-random_features", [("diabetes", "bootstrap", "random_features", "exact")], 60),
        ("data=gaussian_classes", "gaussian_classes-random_features",
         [("gaussian_classes", "fresh", "random_features", "exact")], 60),
        ("data=digits resampling=subsample model=mlp", "digits-mlp", [("digits", "subsample", "mlp", "sgd")], 20),
        ("data=digits model=mlp name=mine", "mine", [("digits", "bootstrap", "mlp", "sgd")], 20),
        ("data=linear,digits model=random_features,mlp", "linear+digits-random_features+mlp",
         [(data, "bootstrap", *model) for data in ("linear", "digits")
          for model in (("random_features", "exact"), ("mlp", "sgd"))], 20),
        ("study=default data=digits resampling=bootstrap", "default",
         [("digits", "bootstrap", "random_features", "exact")], 60),
        ("training.weight_decay=0.1", "default", [("linear", "fresh", "random_features", "exact")], 60),
        ("resampling=bootstrap", "default", [("linear", "bootstrap", "random_features", "exact")], 60),
    ],
)  # fmt: skip
def test_data_and_model_decide_what_is_not_chosen(command, name, kinds, replicates):
    study = planned(*command.split())
    assert study.name == name and default_folder(study.name).name == name
    assert list(dict.fromkeys(map(parts, study.cells))) == kinds
    assert {cell.study.replicates for cell in study.cells} == {replicates}


def test_a_model_leaves_the_default_studys_own_settings_and_axis_out():
    warnings = []
    study = plan_study(["model=random_features"], warnings.append)
    assert study.axes == () and warnings == []
    assert study.cells[0].study.model.activation == "relu"


def test_data_alone_keep_the_default_studys_model_and_its_axis():
    study = planned("data=digits")
    assert study.axes == ("model.features",) and len(study.cells) == 18
    assert study.cells[0].study.model.activation == "tanh"
    assert study.cells[0].study.data.n_train == 200, "its data come as the option has them"


def test_an_option_of_ones_own_counts_by_its_kind(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "scans.yaml").write_text("defaults:\n  - digits\nn_train: 50\n")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "small.yaml").write_text("kind: mlp\nwidth: 3\n")
    study = planned("data=scans", "model=small", config_dir=tmp_path)
    assert parts(study.cells[0]) == ("digits", "bootstrap", "mlp", "sgd")
    assert study.name == "digits-mlp" and study.cells[0].study.data.n_train == 50


def test_a_primary_configuration_of_ones_own_decides_for_itself(tmp_path):
    options = {"data": "digits", "resampling": "subsample", "model": "random_features", "training": "exact"}
    chosen = "".join(f"  - {group}: {option}\n" for group, option in options.items())
    (tmp_path / "mine.yaml").write_text(f"defaults:\n{chosen}  - _self_\nname: mine\n")
    own = {"config_dir": tmp_path, "config_name": "mine"}
    study = planned("model=mlp", "training=sgd", **own)
    assert (study.name, parts(study.cells[0])) == ("mine", ("digits", "subsample", "mlp", "sgd"))
    with pytest.raises(SettingsError) as caught:
        planned("model=mlp", **own)
    assert caught.value.problems[0].origin == f"{tmp_path / 'mine.yaml'}:5", "its training stays as it is"


def test_a_study_is_named_after_the_labels_of_its_parts(monkeypatch):
    @dataclass(frozen=True)
    class Scans(Digits):
        kind: ClassVar[str] = "digits"

        @property
        def label(self):
            return f"scans_{self.n_train}"

    monkeypatch.setitem(SOURCES, "digits", Scans)
    assert planned("data=digits", "model=mlp", "data.n_train=50,60").name == "scans_50+scans_60-mlp"


def test_what_follows_is_not_said_to_come_from_a_file_that_says_otherwise():
    with pytest.raises(SettingsError) as caught:
        planned("data=digits", "model=mlp", "training.batch_size=0")
    assert [problem.origin for problem in caught.value.problems] == ["command line: training.batch_size=0"]
    with pytest.raises(SettingsError) as caught:
        planned("data=diabetes", "model=convnet")
    assert [problem.origin for problem in caught.value.problems] == ["command line: model=convnet"]


def test_a_model_with_another_training_extends_a_study(tmp_path):
    from biasvar.study.folder import differences

    mlps, both = planned("model=mlp"), planned("model=random_features,mlp")
    assert differences(mlps, both) == differences(both, mlps) == []
    assert set(mlps.members) < set(both.members)
    assert differences(mlps, planned("model=mlp", "training.lr=0.5")) == ["training.lr: 0.05 -> 0.5"]
