"""A member has the same bits wherever and however often its training was begun: killed, restarted, in any order."""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from biasvar.api import load
from biasvar.study.plan import Job, pack, plan
from biasvar.study.run import run
from biasvar.study.store.store import Store
from biasvar.training.train import train
from tests.own_networks import DIGITS, module_config
from tests.results.test_verification import Silent

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).parents[2]
FAMILIES = {
    "kernel": {
        "data": {"kind": "gaussian_classes", "n_train": 40, "n_eval": 60, "label_noise": 0.1},
        "model": {"kind": "mlp", "width": 6, "dropout": 0.2},
        "training": {"kind": "sgd", "epochs": 30, "batch_size": 8},
        "resampling": {"kind": "fresh"},
    },
    "stack": {
        "data": {"kind": "digits", "n_train": 40, "n_eval": 30, "view": "images"},
        "model": {"kind": "convnet", "width": 2, "norm_order": "after"},
        "training": {"kind": "sgd", "epochs": 1, "batch_size": 16},
        "resampling": {"kind": "bootstrap"},
    },
    "convnet": {
        "data": {"kind": "digits", "n_train": 40, "n_eval": 30, "view": "images"},
        "model": {"kind": "convnet", "width": 2},
        "training": {"kind": "sgd", "epochs": 2, "batch_size": 16},
        "resampling": {"kind": "bootstrap"},
    },
    "module": {
        "data": DIGITS,
        "model": module_config("make_net", width=4, dropout=0.2, batch_norm=True),
        "training": {"kind": "sgd", "epochs": 2, "batch_size": 8},
        "resampling": {"kind": "bootstrap"},
    },
    "exact": {
        "data": {"kind": "linear", "dimension": 12, "n_train": 20, "n_eval": 30},
        "model": {"kind": "linear", "features": 5},
        "training": {"kind": "exact"},
        "resampling": {"kind": "fresh"},
    },
}
TRAINER = {
    "kernel": "kernel.mlp:train",
    "stack": "stack.loop:train",
    "convnet": "convnet.training:train",
    "module": "module.loop:train",
    "exact": "exact.trainer:LeastSquares.path",
}
# The process kills itself in the middle of a job: a trainer has worked, and nothing of the job is committed.
KILLED = """
import importlib, json, os, signal, sys
from pathlib import Path
from biasvar.study.plan import plan
from biasvar.study.run import run
from tests.results.test_verification import Silent

folder, settings, turn = Path(sys.argv[1]), json.loads(sys.argv[2]), int(sys.argv[4])
module, _, trainer = sys.argv[3].partition(":")
owner, trainer = importlib.import_module(f"biasvar.training.{module}"), trainer.split(".")
for name in trainer[:-1]:
    owner = getattr(owner, name)
right, turns = getattr(owner, trainer[-1]), []

def train_and_die(*arguments, **named):
    trained = right(*arguments, **named)
    turns.append(1)
    if len(turns) == turn:
        os.kill(os.getpid(), signal.SIGKILL)
    return trained

setattr(owner, trainer[-1], train_and_die)
run(folder, plan([({}, settings)]), 1, Silent())
"""


def settings_of(family, **changes):
    return {"name": "small", "seed": 3, "replicates": 4, "engine": {"kind": "serial"}} | FAMILIES[family] | changes


def in_a_process(command, **more):
    """Run a program in a process of its own."""
    arguments = {"capture_output": True, "text": True, "timeout": 120, "cwd": CHECKOUT, "check": False}
    return subprocess.run(list(map(str, command)), **arguments | more)


def outputs_of(folder, study_plan):
    store = Store(folder)
    index = store.index(pytest.fail)
    return {name: store.outputs(index[name]).tobytes() for name in study_plan.members}


def table_of(folder):
    load(folder).write_report()
    return (folder / "results.csv").read_bytes()


@pytest.mark.ci
@pytest.mark.parametrize("family", FAMILIES)
def test_killed_in_the_middle_of_a_member_and_resumed_is_an_undisturbed_study_to_the_byte(tmp_path, family):
    settings = settings_of(family)
    study_plan = plan([({}, settings)])
    run(tmp_path / "whole", study_plan, 1, Silent())
    for turn in (1, 2) if family == "kernel" else (1,):
        command = [sys.executable, "-c", KILLED, tmp_path / "killed", json.dumps(settings), TRAINER[family], str(turn)]
        done = in_a_process(command)
        assert done.returncode == -signal.SIGKILL, done.stderr
    assert not [*(tmp_path / "killed").glob("shards/**/*.json")], "nothing of half a job is committed"
    assert run(tmp_path / "killed", study_plan, 1, Silent()).trained == 4
    assert outputs_of(tmp_path / "killed", study_plan) == outputs_of(tmp_path / "whole", study_plan)
    assert table_of(tmp_path / "killed") == table_of(tmp_path / "whole")


@pytest.mark.parametrize("family", FAMILIES)
def test_one_worker_and_four_and_any_order_of_jobs_and_members_give_the_same_bytes(tmp_path, monkeypatch, family):
    settings = settings_of(family, replicates=9, engine={"kind": "thread"})
    study_plan = plan([({}, settings)])
    run(tmp_path / "one", study_plan, 1, Silent())

    def shuffled(members):
        """Return jobs of one to three members, in another order."""
        members, deal, jobs = list(members), random.Random(5), []
        deal.shuffle(members)
        while members:
            size = deal.randint(1, 3)
            jobs.append(Job(tuple(members[:size])))
            members = members[size:]
        return jobs

    assert len(pack(study_plan.members.values())) != len(shuffled(study_plan.members.values()))
    monkeypatch.setattr("biasvar.study.run.pack", shuffled)
    run(tmp_path / "four", study_plan, 4, Silent())
    assert len([*(tmp_path / "four").glob("shards/**/*.json")]) >= 3
    assert outputs_of(tmp_path / "four", study_plan) == outputs_of(tmp_path / "one", study_plan)
    assert table_of(tmp_path / "four") == table_of(tmp_path / "one")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_restarted_process_trains_the_same_bytes(tmp_path, family):
    settings = settings_of(family, replicates=2)
    program = (
        "import json, sys; from pathlib import Path;"
        "from biasvar.study.plan import plan; from biasvar.study.run import run;"
        "from tests.results.test_verification import Silent;"
        "run(Path(sys.argv[1]), plan([({}, json.loads(sys.argv[2]))]), 1, Silent())"
    )
    command = [sys.executable, "-c", program, tmp_path, json.dumps(settings)]
    # As another machine may have it: another seed of hashes, and other numbers of threads.
    elsewhere = os.environ | {"PYTHONHASHSEED": "77", "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    done = in_a_process(command, env=elsewhere)
    assert done.returncode == 0, done.stderr
    study_plan = plan([({}, settings)])
    run(tmp_path / "here", study_plan, 1, Silent())
    assert outputs_of(tmp_path, study_plan) == outputs_of(tmp_path / "here", study_plan)


def test_another_seed_gives_other_bytes():
    (one,), (other,) = (train([*plan([({}, settings_of("kernel", seed=s))]).members.values()][:1]) for s in (3, 4))
    assert not np.array_equal(one.outputs_NK, other.outputs_NK)
