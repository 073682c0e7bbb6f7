"""Studies that go on under other settings or versions, or from an odd environment."""

import json
import os
import subprocess
import sys

import pytest

from tests.recorded_study import rewrite

pytestmark = pytest.mark.slow

STUDY = (
    "data=linear", "data.dimension=10", "data.noise_std=0.5", "data.n_eval=40", "resampling=fresh", "model=linear",
    "model.features=5", "training=exact", "data.n_train=20,30", "replicates=4", "loss=squared_error",
)  # fmt: skip


@pytest.fixture
def folder(biasvar, tmp_path):
    done = biasvar("sweep", *STUDY, "--out", "study")
    assert done.returncode == 0, done.stderr
    return tmp_path / "study"


def test_other_versions_are_warned_of_and_both_are_recorded(biasvar, folder):
    versions = json.loads((folder / "study.json").read_text())["versions"]
    rewrite(folder, versions=versions | {"numpy": "0.0.1"})
    done = biasvar("sweep", *STUDY, "replicates=6", "--out", folder)
    assert done.returncode == 0
    assert "warning" in done.stderr and "numpy 0.0.1 ->" in done.stderr
    content = json.loads((folder / "study.json").read_text())
    assert content["versions"]["numpy"] != "0.0.1"
    assert [then["versions"]["numpy"] for then in content["earlier"]] == ["0.0.1"]


@pytest.mark.ci
def test_other_settings_are_refused_with_each_difference(biasvar, faults, folder):
    before = faults("record").committed(folder), (folder / "study.json").read_bytes()
    done = biasvar("sweep", *STUDY, "data.noise_std=0.25", "training.weight_decay=0.1", "seed=1", "--out", folder)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    for words in ("data.noise_std: 0.5 -> 0.25", "training.weight_decay: 0", "seed: 0 -> 1", "nothing was written"):
        assert words in done.stderr
    assert (faults("record").committed(folder), (folder / "study.json").read_bytes()) == before


@pytest.mark.parametrize("more", ["replicates=6", "data.n_train=20,30,40", "model.features=5,6"])
def test_more_replicates_and_cells_are_trained_beside_those_that_are_there(biasvar, faults, folder, more):
    before = faults("record").committed(folder)
    assert biasvar("sweep", *STUDY, more, "--out", folder).returncode == 0
    after = faults("record").committed(folder)
    assert before.items() < after.items()
    assert not faults("record").trained_twice(before, after, folder)


@pytest.mark.ci
def test_another_engine_and_other_workers_find_everything_done(biasvar, faults, folder):
    before = faults("record").committed(folder)
    assert biasvar("sweep", *STUDY, "engine=serial", "workers=1", "--out", folder).returncode == 0
    assert faults("record").committed(folder) == before


@pytest.mark.parametrize("environment", [{"LANG": "C", "LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"HOME": ""}])
def test_a_poor_environment_is_no_obstacle(biasvar, tmp_path, environment):
    done = biasvar("sweep", *STUDY, "--out", "ünï 😀", **environment)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "ünï 😀" / "report.html").is_file()


def test_a_current_folder_that_is_gone_is_said(tmp_path):
    gone = tmp_path / "gone"
    program = (
        f"import os; os.mkdir({str(gone)!r}); os.chdir({str(gone)!r}); os.rmdir({str(gone)!r}); "
        f"import sys; sys.argv = ['biasvar', 'sweep', *{STUDY!r}]; from biasvar.cli.main import main; main()"
    )
    environment = {name: value for name, value in os.environ.items() if name != "HOME"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, env=environment, check=False
    )
    assert done.returncode in (2, 4), done.stderr
    assert "Traceback" not in done.stderr and "error: " in done.stderr
    assert not gone.exists()
