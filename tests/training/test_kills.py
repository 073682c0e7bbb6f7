"""A process that is killed inside a member resumes from its checkpoints, and leaves the same bytes."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.own_networks import module_config

pytestmark = [pytest.mark.slow, pytest.mark.ci, pytest.mark.faults]

CHECKOUT = Path(__file__).parents[2]
IMAGES = {"kind": "digits", "n_train": 40, "n_eval": 30, "view": "images"}
MODELS = {
    "stack": {"kind": "convnet", "width": 2},
    "module": module_config("make_net", data=IMAGES, width=4, dropout=0.2, batch_norm=True),
}
# Checkpoints are due after every epoch; the process kills itself after some of them, in the middle of an epoch's.
PROGRAM = """
import json, os, signal, sys
from pathlib import Path
from biasvar.study.plan import plan
from biasvar.study.run import run
from biasvar.training import checkpoints
from tests.results.test_verification import Silent

folder, settings, turn = Path(sys.argv[1]), json.loads(sys.argv[2]), int(sys.argv[3])
checkpoints.SECONDS, saves, save = 0.0, [], checkpoints.Checkpoint.save

def save_and_die(self, saved):
    save(self, saved)
    saves.append(saved.epoch)
    if len(saves) == turn:
        os.kill(os.getpid(), signal.SIGKILL)

checkpoints.Checkpoint.save = save_and_die
run(folder, plan([({}, settings)]), 1, Silent())
print(saves[0])
"""


def in_a_process(folder, settings, turn):
    command = [sys.executable, "-c", PROGRAM, str(folder), json.dumps(settings), str(turn)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=CHECKOUT, check=False)


@pytest.mark.parametrize("trainer", MODELS)
def test_a_member_that_is_killed_inside_resumes_and_leaves_the_same_bytes(tmp_path, trainer):
    training = {"kind": "sgd", "epochs": 4, "batch_size": 16, "flip": "random", "evaluate_at": [1, 2, 4]}
    settings = {
        "name": "small", "seed": 3, "replicates": 4, "engine": {"kind": "serial"}, "data": IMAGES,
        "resampling": {"kind": "bootstrap"}, "model": MODELS[trainer], "training": training,
    }  # fmt: skip
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    assert in_a_process(killed, settings, 6).returncode == -signal.SIGKILL
    assert list((killed / "checkpoints").glob("*.npz")) and not list((killed / "shards").glob("*/*.npz"))
    resumed, undisturbed = in_a_process(killed, settings, 0), in_a_process(whole, settings, 0)
    assert (resumed.returncode, undisturbed.returncode) == (0, 0), resumed.stderr + undisturbed.stderr
    assert int(resumed.stdout) > int(undisturbed.stdout) == 1, "it does not start anew"
    assert not list((killed / "checkpoints").iterdir())
    shards = [{path.name: path.read_bytes() for path in one.glob("shards/*/*.npz")} for one in (killed, whole)]
    assert shards[0] == shards[1] and shards[0]
