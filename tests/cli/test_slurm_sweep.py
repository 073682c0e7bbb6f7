"""Whole studies on a real SLURM: what befalls tasks and drivers changes no byte of the results."""

import os
import shlex
import signal
import time

import pytest

from tests.engines.slurm_cluster import in_queue, slurm_cluster, wait_until

pytestmark = pytest.mark.slurm
SECONDS = 5.0  # within which a sweep ends, once it was asked to
TURNS = ("thread", "slurm", "process")


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    with slurm_cluster(tmp_path_factory.mktemp("slurm")) as settings:
        yield settings


@pytest.fixture
def cluster(settings, monkeypatch):
    monkeypatch.setenv("SLURM_CONF", settings)


@pytest.fixture
def study(faults):
    """A study of some fifteen jobs of a second or two."""
    return tuple("replicates=4" if one.startswith("replicates=") else one for one in faults("clusters").SLOW)


@pytest.fixture
def reference(cluster, study, undisturbed):
    return undisturbed((*study, "engine=serial"))


def on(study, engine, workers):
    return (*study, f"engine={engine}", f"workers={workers}")


@pytest.mark.ci
def test_a_study_whose_driver_is_killed_and_whose_tasks_are_cancelled_and_requeued_ends_as_if_nothing_had_been(
    faults, study, reference, tmp_path
):
    came_of_it = faults("slurm_faults").disturb_on_slurm(study, reference, tmp_path / "study")
    assert not came_of_it.wrong
    assert len(came_of_it.injected) == 3 and came_of_it.lost >= 1 and came_of_it.requeued == 1


def test_a_study_can_change_its_engine_whenever_it_is_stopped(faults, study, reference, sweeping, tmp_path):
    clusters, record, folder = faults("clusters"), faults("record"), tmp_path / "study"
    kept = {}
    for turn, engine in enumerate(TURNS, 1):
        sweep, log = sweeping(on(study, engine, 2))
        clusters.wait_until(lambda turn=turn: "committed" in clusters.since_start(folder, turn), sweep, log)
        os.killpg(sweep.process.pid, signal.SIGINT)
        assert sweep.finished(3 * SECONDS) and sweep.process.returncode == 130, log.read_text()
        assert "Traceback" not in log.read_text()
        now = record.committed(folder)
        assert kept.items() <= now.items() and len(now) > len(kept)
        kept = now
    assert len(kept) < len(record.committed(reference))  # so that there is something left
    faults("sweeps").run_sweep(on(study, "serial", 1), folder, tmp_path / "last.log")
    came_of_it = clusters.Faults()
    came_of_it.hold_against(reference, folder, kept)
    assert not came_of_it.wrong and not came_of_it.lost


def test_ctrl_c_empties_the_queue_and_status_looks_on(faults, study, reference, sweeping, biasvar, tmp_path):
    clusters, folder = faults("clusters"), tmp_path / "study"
    workers = (os.cpu_count() or 1) + 1
    sweep, log = sweeping(on(study, "slurm", workers))
    clusters.wait_until(lambda: clusters.at_work(clusters.since_start(folder, 1)) >= 2, sweep, log)
    status = biasvar("status", folder)
    assert status.returncode == 0 and status.stderr == ""
    assert f"process {sweep.process.pid} " in status.stdout
    assert f"engine slurm, {workers} workers" in status.stdout  # not as many as this machine has cores
    assert " 0 running" not in status.stdout and ", 0 failed," in status.stdout

    asked = time.monotonic()
    os.killpg(sweep.process.pid, signal.SIGINT)
    assert sweep.finished(3 * SECONDS) and sweep.process.returncode == 130, log.read_text()
    assert time.monotonic() - asked < SECONDS
    assert shlex.join(["biasvar", "sweep", *on(study, "slurm", workers), "--out", str(folder)]) in log.read_text()
    assert "Traceback" not in log.read_text() and "cores" not in log.read_text()
    wait_until(lambda: not in_queue())
    assert not (folder / "log").exists()
    status = biasvar("status", folder)
    assert "none running; the last one stopped" in status.stdout and ", 0 running," in status.stdout

    kept = faults("record").committed(folder)
    faults("sweeps").run_sweep(on(study, "slurm", workers), folder, tmp_path / "again.log")
    came_of_it = clusters.Faults()
    came_of_it.hold_against(reference, folder, kept)
    assert not came_of_it.wrong and not came_of_it.lost
    assert not in_queue()
