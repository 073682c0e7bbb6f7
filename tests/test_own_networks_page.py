"""The page on networks of one's own: its example is the file, its commands run, and its large network trains."""

import re
import shlex
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

import biasvar
from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.models.module.examination import examined
from biasvar.settings.plugins import plugins_named
from biasvar.training import TRAININGS
from biasvar.training.member import Draws, Member
from biasvar.training.train import train
from tests.own_networks import EXAMPLE, module

PAGE = (Path(__file__).parent.parent / "docs" / "own_networks.md").read_text()
COMMANDS = re.findall(r"^biasvar sweep --plugin mynets.py (.*)$", PAGE, re.M)
IMAGES = {"kind": "digits", "n_train": 40, "n_eval": 20, "view": "images"}


def test_the_functions_of_the_page_are_those_of_the_file():
    shown = re.search(r"```python\n(.*?)```", PAGE, re.S)[1]
    documented = re.sub(r'    """.*?"""\n', "", EXAMPLE.read_text())
    assert shown in documented


def test_the_all_convolutional_network_has_as_many_weights_as_the_page_says():
    (plugin, *_) = plugins_named([str(EXAMPLE)])
    images = SimpleNamespace(shape=(3, 32, 32), outputs=10)
    facts = examined(plugin.loaded().all_cnn, plugin, "all_cnn", images, {"width": 96})
    assert f"{facts['n_parameters']:,} weights on images of 3 x 32 x 32" in PAGE
    assert facts["draws"] and facts["n_products"] > 2e8


@pytest.mark.parametrize("keys", [{}, {"dropout": 0.0}, {"batch_norm": False}], ids=["both", "norm", "dropout"])
def test_it_trains_on_a_few_images(keys):
    parts = SOURCES["digits"](n_train=40, n_eval=20, view="images"), SCHEMES["bootstrap"]()
    training = TRAININGS["sgd"](epochs=1, batch_size=20)
    model = module("all_cnn", data=IMAGES, width=12, **keys)
    (trained,) = train([Member(*parts, model, training, "cpu", 0, Draws())])
    assert trained.outcome.ok and trained.outputs_NK.shape == (20, 10)


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("command", [command for command in COMMANDS if "cifar10" not in command])
def test_a_command_of_the_page_runs(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(EXAMPLE, tmp_path / "mynets.py")
    quick = ["training.epochs=1", "replicates=2", "engine=serial"]
    study = biasvar.sweep([*shlex.split(command), *quick], plugins=["mynets.py"], out=tmp_path / "study")
    assert set(study.table["capacity_key"]) == {"parameters"} and (study.table["status"] == "ok").all()
