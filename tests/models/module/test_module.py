"""Networks of the user's own: their keys and facts, and one clear message for whatever is wrong with them."""

import random
import sys

import numpy as np
import pytest
import torch

from biasvar.data import SOURCES
from biasvar.settings import SettingsError, identity_of
from biasvar.settings.keys import key_names
from tests.own_networks import module

GOOD = "from torch import nn\n\ndef make(input_shape, outputs{keys}):\n    {body}\n"
FLAT = "return nn.Sequential(nn.Flatten(), nn.Linear(64, outputs))"


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes a plugin of one factory, and returns its path."""
    monkeypatch.setattr(sys, "path", list(sys.path))

    def make(body, keys=""):
        path = tmp_path / "mine.py"
        path.write_text(GOOD.format(body=body.replace("\n", "\n    "), keys=keys))
        return path

    return make


def problem(plugin, **keys):
    with pytest.raises(SettingsError) as error:
        module("make", plugin, **keys)
    (one, *others) = error.value.problems
    assert not others
    return one


def test_keys_are_those_of_the_factory_with_its_defaults_in_the_identity():
    narrow, plain = module("make_net", width=4), module("make_net")
    assert narrow.keywords == (("batch_norm", False), ("dropout", 0.0), ("width", 4))
    assert identity_of(plain) == identity_of(module("make_net", width=16, dropout=0))
    assert identity_of(plain) != identity_of(narrow)
    assert {"factory", "width", "plugin_source"} <= identity_of(plain).keys()
    assert not {"capacity", "plugin_place", "n_parameters", "draws"} & identity_of(plain).keys()
    assert key_names(type(plain)) == ["factory", "capacity"] and plain.label == "make_net"


def test_facts_are_those_of_the_network_for_the_data():
    data = SOURCES["digits"]()
    model = module("make_net", width=4, dropout=0.1, batch_norm=True)
    assert model.parameters(data) == 64 * 4 + 4 + 4 + 4 + 4 * 10 + 10
    assert model.draws and model.no_dropout == "" and model.least_batch == 2
    plain = module("make_net", width=4)
    assert not plain.draws and "draws no random numbers" in plain.no_dropout and plain.least_batch == 1
    assert plain.products(data) == 64 * 4 + 4 * 10 and plain.values(data) > 4 + 10
    assert module("make_net", width=4, data={"kind": "linear", "dimension": 7}).parameters(data) == 7 * 4 + 4 + 4 + 1


def test_the_capacity_is_a_named_key_or_the_number_of_parameters():
    named, counted = module("make_net", width=5, capacity="width"), module("make_net", width=5)
    assert (named.capacity_column, named.capacity_value) == ("model.width", 5)
    assert (counted.capacity_column, counted.capacity_value) == ("parameters", 64 * 5 + 5 + 5 * 10 + 10)


@pytest.mark.parametrize(
    ("capacity", "keys", "text", "hint"),
    [
        ("widht", {}, "model.capacity = widht is no parameter of the factory's", "did you mean width?"),
        ("batch_norm", {}, "model.batch_norm = false is no number", "without model.capacity"),
    ],
)
def test_a_capacity_that_is_none_is_refused(capacity, keys, text, hint):
    with pytest.raises(SettingsError) as error:
        module("make_net", capacity=capacity, **keys)
    (one,) = error.value.problems
    assert text in one.what and hint in one.hint


@pytest.mark.parametrize(
    ("keys", "given", "text", "hint"),
    [
        (", width", {}, "model.width has no value", "model.width=1"),
        (", width=3", {"widht": 4}, "model.widht is no parameter of make in mine.py", "did you mean width?"),
        (", draws=3", {}, "make in mine.py has a parameter draws, which is a name of biasvar's", ""),
    ],
)
def test_keys_that_do_not_fit_the_factory_are_refused(write, keys, given, text, hint):
    found = problem(write(FLAT, keys), **given)
    assert text in found.what and hint in found.hint


def test_a_factory_may_take_any_key_and_a_class_may_be_one(write, tmp_path):
    plugin = write(FLAT, ", **others")
    assert module("make", plugin, anything=[1, 2]).keywords == (("anything", (1, 2)),)
    start = "    def __init__(self, shape, outputs, bias=True):\n        super().__init__(shape[0], outputs, bias)\n"
    (tmp_path / "classes.py").write_text(f"from torch import nn\n\nclass Net(nn.Linear):\n{start}")
    data = {"kind": "linear", "dimension": 7}
    assert module("Net", tmp_path / "classes.py", data).parameters(SOURCES["linear"]()) == 8


NOT_FINITE = """net = nn.Linear(64, 10)
nn.init.constant_(net.bias, float('nan'))
return net"""
UNSEEDED = """import numpy, torch
net = nn.Linear(64, 10)
with torch.no_grad():
    net.bias += numpy.random.default_rng().random()
return net"""
SHARED = """global net
net = globals().get('net') or nn.Linear(64, 10)
return net"""
NET = """class Net(nn.Linear):
    def forward(self, x):
        return {}
return Net(64, 10)"""
FAULTS = {
    "width = 0\nreturn nn.Linear(64 // width, 1)": "(mine.py, line 5): raised ZeroDivisionError: ",
    "return None": "(mine.py, line 3): it returned None, and no torch.nn.Module",
    "return nn.Linear(64, 1)": "returned outputs of shape (2, 1) in float32 for 2 inputs of shape (64,)",
    "return nn.Linear(63, 10)": "in training, its network raised RuntimeError: mat1 and mat2 shapes",
    "return nn.Flatten()": "its network has no parameters to learn",
    "return nn.LSTM(64, 10)": "its network returned a tuple, and no tensor",
    NOT_FINITE: "the outputs of its network are not finite",
    UNSEEDED: "from the same seed have other weights",
    SHARED: "share their weights",
    NET.format("super().forward(x).detach()"): "do not depend on its parameters",
    NET.format("super().forward(nn.functional.dropout(x))"): "draws random numbers in evaluation mode",
}


@pytest.mark.parametrize(("body", "text"), FAULTS.items(), ids=FAULTS.values())
def test_whatever_is_wrong_with_a_network_is_one_message_with_its_file_and_line(write, body, text):
    found = problem(write(body))
    assert found.key == "model.factory" and text in found.what and "(mine.py, line " in found.what
    assert found.hint == "make((64,), 10)"


def test_a_factory_that_lacks_the_two_given_arguments_or_is_no_function_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    path = tmp_path / "mine.py"
    path.write_text("width = 3\ndef make(shape):\n    pass\n")
    assert "make in mine.py takes (shape)" in problem(path).what
    with pytest.raises(SettingsError, match="width is no function in mine"):
        module("width", path)
    with pytest.raises(SettingsError, match="model=module has no model"):
        module(None, path)


def test_looking_a_network_over_leaves_the_global_generators_as_they_are():
    torch.manual_seed(3), np.random.seed(3), random.seed(3)  # noqa: NPY002
    expected = torch.rand(1), np.random.random(), random.random()  # noqa: NPY002
    torch.manual_seed(3), np.random.seed(3), random.seed(3)  # noqa: NPY002
    module("make_net", dropout=0.5)
    assert expected == (torch.rand(1), np.random.random(), random.random())  # noqa: NPY002
