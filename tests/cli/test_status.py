"""`biasvar status` as people call it."""

import pytest

from tests.cli.test_sweep import LONG, wait_for_shards

SMALL = ["study=u_curve", "model.degree=1,3", "replicates=4", "data.n_eval=50"]


@pytest.mark.ci
@pytest.mark.slow
def test_a_finished_study_is_told_cell_by_cell_without_any_library(biasvar):
    assert biasvar("sweep", *SMALL, "--out", "s").returncode == 0
    done = biasvar("status", "s", PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["study", "u_curve"]
    assert "none at work; the last one finished, 20" in lines[1]
    assert lines[2].split(maxsplit=1)[1] == "8 done, 0 running, 0 failed, 0 left, of 8"
    assert lines[-2].split() == ["model.degree=1", "4", "0", "0", "0", "4"]
    imported = {line.split("|")[-1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert not imported & {"torch", "numpy", "pandas", "hydra", "matplotlib"}


@pytest.mark.ci
@pytest.mark.slow
def test_a_sweep_at_work_is_seen_from_another_shell(biasvar, start, tmp_path):
    process = start("sweep", *LONG, "--out", "s")
    wait_for_shards(tmp_path / "s", process, 1)
    said = biasvar("status", "s").stdout
    assert f"process {process.pid} of " in said and "engine thread, " in said
    process.communicate(timeout=120)
    assert process.returncode == 0


@pytest.mark.parametrize("folder", ["nowhere", "."])
def test_a_folder_without_a_study_is_exit_2(biasvar, folder):
    done = biasvar("status", folder)
    assert done.returncode == 2 and "holds no study" in done.stderr and "Traceback" not in done.stderr
