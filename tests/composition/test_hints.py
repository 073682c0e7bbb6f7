"""What newcomers write: the hint names what they wanted, and is accepted when it is pasted."""

import re
import shlex

import pytest

from biasvar.composition.compose import plan_study
from biasvar.settings import SettingsError

WANTED = {  # command, what the hint has
    "noise=1": "data.noise_std=1",
    "seeds=3": "replicates=3",
    "replicate=5": "replicates=5",
    "study=u_curve model.degree=[1,2,3]": "model.degree=1,2,3",
    "interval.level=95": "0.95",
    "model.features=1-10": "model.features=range(1,11)",
    "u_curve": "study=u_curve",
}
ALSO_WANTED = {
    "model.p=0.5": "model.dropout=0.5",
    "'model.width = 4'": "model.width=4",
    "width=4": "model.width=4",
    "model.width=4": "model.width=4",
    "model.hidden=32": "model.width=32",
    "model.layers=2": "model.depth=2",
    "'seed = 3'": "seed=3",
    "'seed =3'": "seed=3",
    "-- --seed=3": "seed=3",
    "random_state=1": "seed=1",
    "n_train=100": "data.n_train=100",
    "n=100": "data.n_train=100",
    "data.n=50": "data.n_train=50",
    "test_size=100": "data.n_eval=100",
    "lr=0.1": "training.lr=0.1",
    "training.lr=0.1": "training.lr=0.1",
    "training.learning_rate=0.1": "training.lr=0.1",
    "epochs=5": "training.epochs=5",
    "batch_size=16": "training.batch_size=16",
    "training.optimizer=adam": "training.optimizer=adam",
    "training=adam": "training.optimizer=adam",
    "weight_decay=.1": "training.weight_decay=.1",
    "lambda=0.1": "training.weight_decay=0.1",
    "dropout=.5": "model.dropout=.5",
    "data=cifar": "data=cifar10",
    "dataset=digits": "data=digits",
    "study=default data=digits": "add resampling=bootstrap",
    "study=default model=mlp": "add training=sgd",
    "study=default model=mlp data=digits": "add resampling=bootstrap training=sgd",
    "model=convnet": "add data=digits data.view=images",
    "model=linear": "add data=linear",
    "model=cnn": "model=convnet",
    "model=ridge": "model=linear training.weight_decay=0.1",
    "model=poly": "model=polynomial",
    "model.kind=mlp": "model=mlp",
    "degree=3": "model.degree=3",
    "model.degree=[1,2,3]": "model.degree=1,2,3",
    "sweep.model.features=[1,2]": "model.features=1,2",
    "model.features=1:10": "model.features=range(1,11)",
    "model.features=1..10": "model.features=range(1,11)",
    "resampling=cv": "resampling=kfold",
    "resampling=bagging": "resampling=bootstrap",
    "bootstrap=true": "resampling=bootstrap",
    "bootstrap": "resampling=bootstrap",
    "study=ucurve": "study=u_curve",
    "ci=0.9": "interval.level=0.9",
    "max_models=5000": "limits.max_models=5000",
    "data=gaussian_classes model.features=5 loss=accuracy": "zero_one",
    "model.features=1e2": "100",
    "model.features='\"7\"'": "7",
    "model.features=0x10": "16",
    "replicates=2000": "limits.max_models=",
    "name=3": '"3"',
}


def problems_of(texts):
    with pytest.raises(SettingsError) as error:
        plan_study(texts, lambda message: None)
    return error.value.problems


def pasted(texts, problem):
    """A command with the hint in the place of what it is about, or beside it."""
    text = problem.origin.removeprefix("command line: ")
    key, others = text.partition("=")[0], [one for one in texts if one != text]
    hint = problem.hint.removeprefix("write ").removeprefix("in quotes it is a text: ")
    if found := re.search(r"did you mean (.+)\?$", hint):
        hint = found[1]
    elif hint.startswith("add "):
        return [*texts, *shlex.split(hint.removeprefix("add "))]
    elif hint.endswith("trains them all"):
        return [*texts, hint.partition(" ")[0]]
    else:
        hint = re.sub(r" (sweeps|chooses) .*", "", hint)
    return [*others, *(shlex.split(hint) if "=" in hint else [f"{key}={shlex.split(hint)[0]}"])]


def check(command, wanted):
    texts = [text for text in shlex.split(command) if text != "--"]
    for problem in problems_of(texts):
        assert wanted in problem.hint
        assert plan_study(pasted(texts, problem), lambda message: None).cells


@pytest.mark.parametrize("command", WANTED)
def test_a_hint_is_what_was_wanted_and_is_accepted_when_pasted(command):
    check(command, WANTED[command])


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("command", ALSO_WANTED)
def test_each_hint_is_what_was_wanted_and_is_accepted_when_pasted(command):
    check(command, ALSO_WANTED[command])


def test_nothing_is_proposed_that_would_be_refused():
    (problem,) = problems_of(["foo"])
    assert problem.hint == ""
    (problem,) = problems_of(["limits=3"])
    assert problem.hint == "its keys are limits.max_models"
    (problem,) = problems_of(["noise_std=-1"])
    assert problem.hint == "did you mean data.noise_std?", "the key alone: its value would be refused"


def test_hints_are_those_of_the_command_that_is_right_but_for_them():
    wrong = problems_of(["model=mlp", "training=sgd", "widht=4", "lr=0.1"])
    assert [problem.hint for problem in wrong] == ["did you mean model.width=4?", "did you mean training.lr=0.1?"]
