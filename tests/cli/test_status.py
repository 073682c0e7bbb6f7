"""`biasvar status` as people call it."""

import json

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
    assert "none running; the last one finished, 20" in lines[1]
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


def test_what_a_folder_of_somebody_else_says_moves_no_cursor(biasvar, tmp_path):
    (tmp_path / "s").mkdir()
    event = {"time": 1.0, "event": "started", "name": "a\x1b[2J\nmodels 1 done", "engine": "\u202e", "workers": 1}
    event |= {"cells": [["\x1b]0;title\x07", 2]], "jobs": {"a" * 32: {"0": 2}}}
    (tmp_path / "s" / "events.jsonl").write_text(json.dumps(event) + "\nnot json\n")
    done = biasvar("status", "s")
    assert done.returncode == 0 and "1 lines of events.jsonl cannot be read" in done.stderr
    assert not [c for c in done.stdout + done.stderr if not c.isprintable() and c != "\n"]
    assert r"a\x1b[2J\nmodels 1 done" in done.stdout and len(done.stdout.splitlines()) == 6
