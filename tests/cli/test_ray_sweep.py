"""Whole studies on a real Ray: a node that is lost, or another engine that goes on, changes no byte of the results."""

import os
import signal
from importlib.util import find_spec

import pytest

pytestmark = [
    pytest.mark.ray,
    pytest.mark.skipif(find_spec("ray") is None, reason="ray is not installed: pip install 'biasvar[ray]'"),
]
SECONDS = 5.0  # within which a sweep ends, once it was asked to


@pytest.fixture
def study(faults):
    """A study of some fifteen jobs of a second or two."""
    return tuple("replicates=4" if one.startswith("replicates=") else one for one in faults("clusters").SLOW)


@pytest.fixture
def reference(study, undisturbed):
    return undisturbed((*study, "engine=serial"))


@pytest.mark.ci
def test_a_study_that_loses_a_node_ends_as_if_nothing_had_been(faults, study, reference, tmp_path):
    ray_faults = faults("ray_faults")
    with ray_faults.ray_of_two_nodes() as cluster:
        came_of_it = ray_faults.disturb_on_ray(study, reference, tmp_path / "study", cluster)
        assert cluster.head_node.remaining_processes_alive()
    assert not came_of_it.wrong
    assert came_of_it.injected == ["node removed"] and came_of_it.lost == 1


def test_ctrl_c_on_a_ray_of_this_machine_leaves_nothing_and_threads_go_on(
    faults, study, reference, sweeping, biasvar, tmp_path
):
    clusters, folder = faults("clusters"), tmp_path / "study"
    sweep, log = sweeping((*study, "engine=ray", "workers=2"))
    clusters.wait_until(lambda: "committed" in clusters.since_start(folder, 1), sweep, log)
    status = biasvar("status", folder)
    assert status.returncode == 0 and "engine ray, 2 workers" in status.stdout, status.stderr
    os.killpg(sweep.process.pid, signal.SIGINT)
    assert sweep.finished(3 * SECONDS) and sweep.process.returncode == 130, log.read_text()
    assert "Traceback" not in log.read_text()
    assert not faults("sweeps").processes_left(sweep.mark)
    kept = faults("record").committed(folder)
    assert len(kept) < len(faults("record").committed(reference))  # so that there is something left
    faults("sweeps").run_sweep((*study, "engine=thread", "workers=2"), folder, tmp_path / "again.log")
    came_of_it = clusters.Faults()
    came_of_it.hold_against(reference, folder, kept)
    assert not came_of_it.wrong and not came_of_it.lost
