"""What a driver that was killed has left at work on SLURM is ended before anything else is done in its folder."""

import os

import pytest

from biasvar.engines import slurm_earlier
from biasvar.engines.slurm_earlier import end_earlier, name_of


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """A folder of commands that say what they were called with; squeue lists one task until scancel was called."""
    commands = tmp_path / "bin"
    commands.mkdir()
    calls = tmp_path / "calls"
    calls.touch()
    scripts = {
        "scancel": f'echo "scancel $*" >> {calls}',
        "squeue": f'echo "squeue $*" >> {calls}; [ $(grep -c squeue {calls}) -gt 2 ] || echo 12_3',
    }
    for name, script in scripts.items():
        (commands / name).write_text(f"#!/bin/sh\n{script}\n")
        (commands / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(slurm_earlier, "POLL", 0.01)
    return calls


@pytest.fixture
def left(tmp_path):
    """The logs of a study whose driver was killed."""
    (tmp_path / "log" / "slurm-abc").mkdir(parents=True)
    (tmp_path / "log" / "slurm-abc" / "1_submitted.pkl").touch()
    return tmp_path / "log"


def test_tasks_are_cancelled_by_the_name_of_their_folder_and_waited_for(cluster, left):
    end_earlier(left)
    first, *rest = cluster.read_text().splitlines()
    assert first.startswith("scancel") and f"--name={name_of(left)}" in first
    assert [line.split()[0] for line in rest] == ["squeue"] * 3
    assert list(left.iterdir()) == []


def test_a_folder_that_no_task_was_left_in_asks_no_cluster(cluster, tmp_path):
    end_earlier(tmp_path / "nowhere")
    (tmp_path / "log" / "slurm-abc").mkdir(parents=True)
    (tmp_path / "log" / "slurm-abc" / "1_log.err").touch()
    end_earlier(tmp_path / "log")
    assert cluster.read_text() == "" and list((tmp_path / "log").iterdir()) == []


def test_tasks_that_do_not_end_are_an_error(cluster, left, monkeypatch):
    monkeypatch.setattr(slurm_earlier, "ENDING", -1.0)
    with pytest.raises(OSError, match=f"does not end the tasks {name_of(left)}"):
        end_earlier(left)


def test_where_there_is_no_slurm_the_name_to_cancel_is_said_and_nothing_is_touched(left, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OSError, match=f"there is no scancel here: run `scancel --name={name_of(left)}`"):
        end_earlier(left)
    assert (left / "slurm-abc" / "1_submitted.pkl").exists()
