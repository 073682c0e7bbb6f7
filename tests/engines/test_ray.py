"""A real Ray: each job ends once, what is lost is said to be lost, and nothing is left behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from biasvar.engines import Begun, Ended, WorkerLost
from biasvar.engines import ray as ray_engine
from biasvar.engines.ray import Ray
from biasvar.engines.ray_session import set_environment
from tests.engines.jobs import follow, is_there, leave_file, work_in
from tests.engines.processes import alive_after, descendants, listening_beyond_loopback

pytestmark = [
    pytest.mark.ray,
    pytest.mark.skipif(find_spec("ray") is None, reason="ray is not installed: pip install 'biasvar[ray]'"),
]
CHECKOUT = Path(__file__).parents[2]


def note_process(folder):
    with open(folder / f"begun-{os.getpid()}", "x"):
        pass


def leave_file_once_released(folder, job):
    for _ in range(600):
        if is_there(folder, "released"):
            return leave_file(folder, job)
        time.sleep(0.1)


def never(job):
    return False


def test_every_job_begins_and_ends_once_in_processes_that_are_prepared_once(tmp_path):
    work = work_in(tmp_path / "work")
    with closing(Ray().start(replace(work, begin=partial(note_process, tmp_path)))) as running:
        begun, ended = follow(running, list(range(12)), 2)
        assert running.running == 0 and running.poll(0) == []
    assert sorted(event.job for event in begun) == list(range(12))
    assert sorted(job for event in ended for job in event.jobs) == list(range(12))
    assert all(event.error is None for event in ended)
    pids = {(tmp_path / "work" / str(job)).read_text() for job in range(12)}
    assert {path.name for path in tmp_path.glob("begun-*")} >= {f"begun-{pid}" for pid in pids}
    assert str(os.getpid()) not in pids


def test_a_job_that_fails_or_is_killed_is_reported_and_the_rest_goes_on(tmp_path, capfd):
    jobs = [0, (1, "raise"), 2, (3, "kill"), 4, (5, "exit"), 6, 7]
    with closing(Ray().start(work_in(tmp_path / "work"))) as running:
        _, ended = follow(running, jobs, 2)
    bad = {event.jobs[0]: event for event in ended if event.error}
    assert set(bad) == {(1, "raise"), (3, "kill"), (5, "exit")}
    assert type(bad[1, "raise"].error) is ValueError and str(bad[1, "raise"].error) == "job 1 raises"
    assert "leave_file" in bad[1, "raise"].traceback and "\x1b" not in bad[1, "raise"].traceback
    for job in ((3, "kill"), (5, "exit")):
        assert isinstance(bad[job].error, WorkerLost)
        assert str(bad[job].error) == "killed, or crashed (out of memory?)"
    assert all(is_there(tmp_path / "work", job) for job in (0, 2, 4, 6, 7))
    assert capfd.readouterr() == ("", "")


def test_a_cancelled_ray_begins_no_further_job_and_running_ones_end(tmp_path):
    with closing(Ray().start(work_in(tmp_path / "work"))) as running:
        running.submit([(number, "slow") for number in range(50)], 50)  # more than there are cores, so that Ray queues
        begun, ended = [], []
        for _ in range(100):
            events = running.poll(0.2)
            begun += [event.job for event in events if isinstance(event, Begun)]
            ended += [event for event in events if isinstance(event, Ended)]
            if begun:
                running.cancel()
            if begun and not running.running:
                break
    assert sorted(event.jobs[0] for event in ended) == sorted(begun)
    assert all(event.error is None for event in ended)
    assert len(begun) <= (os.cpu_count() or 1) * 2
    assert {int(path.name) for path in (tmp_path / "work").glob("[0-9]*")} == {job[0] for job in begun}


def test_a_ray_of_this_machine_listens_on_loopback_alone_and_close_leaves_nothing(tmp_path):
    def on_term(signum, frame):
        raise AssertionError

    before = signal.signal(signal.SIGTERM, on_term)
    others = descendants(os.getpid())  # such as those that tests of other engines have started here
    try:
        running = Ray().start(work_in(tmp_path / "work"))
        assert signal.getsignal(signal.SIGTERM) is on_term
        running.submit([(0, "hang"), 1], 2)
        for _ in range(100):
            if any(isinstance(event, Begun) and event.job == (0, "hang") for event in running.poll(0.2)):
                break
        pids = descendants(os.getpid()) - others
        beyond, listening = listening_beyond_loopback({os.getpid(), *pids})
        assert beyond == [] and listening > 3
        assert running.running >= 1 and running.folder.stat().st_mode & 0o777 == 0o700
        running.close()
        assert alive_after(pids) == set()
        assert not running.folder.exists()
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_file_that_never_appears_is_an_error_in_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(ray_engine, "PATIENCE", 0.3)
    with closing(Ray().start(replace(work_in(tmp_path / "work"), done=never))) as running:
        _, ended = follow(running, [0], 1)
    assert isinstance(ended[0].error, RuntimeError) and "its file is not seen here" in str(ended[0].error)


def test_the_end_of_the_ray_on_this_machine_is_no_fault_of_the_jobs(tmp_path):
    with closing(Ray().start(work_in(tmp_path / "work"))) as running:
        raylet = next(pid for pid in descendants(os.getpid()) if Path(f"/proc/{pid}/comm").read_text() == "raylet\n")
        os.kill(raylet, signal.SIGKILL)
        _, ended = follow(running, [0], 1)
    assert isinstance(ended[0].error, OSError)
    assert str(ended[0].error).startswith("engine=ray: the Ray on this machine has ended")


def test_jobs_of_a_node_that_is_lost_are_lost_and_can_be_submitted_again(tmp_path):
    set_environment(None)
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        node = cluster.add_node(num_cpus=1)
        cluster.wait_for_nodes()
        assert Ray(cluster.address).most_at_once() == 2
        work = work_in(tmp_path / "work")
        held = replace(work, do=partial(leave_file_once_released, tmp_path / "work"))
        with closing(Ray(cluster.address).start(held)) as running:
            lost = follow_and_resubmit(running, list(range(6)), cluster, node, tmp_path / "work" / "released")
        assert len(lost) == 1 and isinstance(lost[0].error, WorkerLost), lost
        assert str(lost[0].error) == "its node was lost" and len(lost[0].traceback) > 20, lost
        assert all(is_there(tmp_path / "work", number) for number in range(6))
        assert cluster.head_node.remaining_processes_alive()
    finally:
        cluster.shutdown()


def follow_and_resubmit(running, jobs, cluster, node, release):
    """Remove a node once a job runs on each of two; release the jobs once one is lost, and submit that again."""
    running.submit(jobs, 2)
    lost, done = [], []
    for _ in range(400):
        for event in running.poll(0.2):
            if isinstance(event, Ended) and event.error:
                lost.append(event)
                running.submit(event.jobs, 2)
                release.touch()
            elif isinstance(event, Ended):
                done += event.jobs
        if running.running == 2 and node in cluster.worker_nodes:
            cluster.remove_node(node, allow_graceful=False)
        if len(done) == len(jobs):
            return lost
    raise AssertionError(f"{len(done)} of {len(jobs)} jobs are done")


DRIVER = """
import signal, sys
from pathlib import Path
from biasvar.engines import Begun
from biasvar.engines.ray import Ray
from tests.engines.jobs import work_in

heard, begun, ended = [], [], []
for number in (signal.SIGINT, signal.SIGHUP):
    signal.signal(number, lambda number, frame: heard.append(int(number)))
running = Ray().start(work_in(Path(sys.argv[1])))
print(running.folder, flush=True)
running.submit([(number, sys.argv[2]) for number in range(6)], 1)
for _ in range(600):
    for event in running.poll(0.1):
        (begun if isinstance(event, Begun) else ended).append(event)
        if len(begun) == 1 and not ended:
            print("begun", flush=True)
    if len(ended) == 6:
        break
running.close()
print(sorted(heard), len(ended), [event.error for event in ended if event.error])
"""


def driver_in_its_own_group(tmp_path, what):
    """Start a driver, and return it and the folder of its Ray once its first job has begun."""
    driver = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", DRIVER, str(tmp_path / "work"), what],
        cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    folder = driver.stdout.readline().strip()
    assert driver.stdout.readline() == "begun\n", driver.communicate()
    return driver, Path(folder)


def test_signals_that_reach_the_whole_group_end_no_job(tmp_path):
    driver, folder = driver_in_its_own_group(tmp_path, "slow")
    with driver:
        os.killpg(driver.pid, signal.SIGINT)
        time.sleep(0.3)
        os.killpg(driver.pid, signal.SIGHUP)
        assert driver.communicate(timeout=60) == ("[1, 2] 6 []\n", "")
    assert driver.returncode == 0 and not folder.exists()


def test_a_killed_driver_leaves_no_process_that_works(tmp_path):
    driver, folder = driver_in_its_own_group(tmp_path, "hang")
    with driver:
        pids = descendants(driver.pid)
        assert len(pids) >= 4
        driver.kill()
    left = alive_after(pids, 3.0)  # Ray's two idle agents look for their head for a minute before they end too
    names = {pid: Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0") for pid in left}
    assert set(names.values()) <= {b"ray::DashboardAgent", b"ray::RuntimeEnvAgent"}
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert alive_after(pids) == set()
    assert folder.is_dir() and folder.name.startswith("biasvar-ray-")
    shutil.rmtree(folder)
