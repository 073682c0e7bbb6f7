"""Worker processes that are killed, crash or hang cost their job alone, and none outlives the driver."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from biasvar.engines import Begun, Ended, WorkerLost
from biasvar.engines.process import Process
from tests.engines.jobs import follow, is_there, work_in


def lost(tmp_path, what, timeout_s=60.0):
    """Return what is said of a job that ends badly among five, and check the others."""
    with closing(Process(timeout_s=timeout_s).start(work_in(tmp_path / "work"))) as running:
        _, ended = follow(running, [0, (1, what), 2, 3, 4], 2)
    bad = [event for event in ended if event.error]
    assert [event.jobs for event in bad] == [((1, what),)]
    assert all(is_there(tmp_path / "work", job) for job in (0, 2, 3, 4))
    assert isinstance(bad[0].error, WorkerLost)
    return bad[0]


@pytest.mark.parametrize(
    ("what", "words"),
    [("kill", "killed by signal 9 (out of memory?)"), ("segfault", "killed by signal 11 (SIGSEGV)"),
     ("exit", "ended with exit code 7")],
)  # fmt: skip
def test_a_worker_that_dies_says_how_and_costs_its_job_alone(tmp_path, what, words):
    event = lost(tmp_path, what)
    assert words in str(event.error)
    assert (what == "segfault") == ("leave_file" in event.traceback)  # the stack that it was at


def test_a_worker_that_hangs_is_ended_and_shows_its_stack(tmp_path):
    event = lost(tmp_path, "hang", timeout_s=1.0)
    assert "hung: not done after 1 seconds (engine.timeout_s)" in str(event.error)
    assert "leave_file" in event.traceback


def test_workers_take_job_after_job_and_leave_no_empty_logs(tmp_path):
    with closing(Process().start(work_in(tmp_path / "work"))) as running:
        follow(running, list(range(8)), 2)
    pids = {(tmp_path / "work" / str(job)).read_text() for job in range(8)}
    assert len(pids) <= 2 and str(os.getpid()) not in pids
    assert not (tmp_path / "work" / "log").exists()


def test_time_in_which_the_driver_was_stopped_does_not_count_against_workers(tmp_path, monkeypatch):
    with closing(Process(timeout_s=30.0).start(work_in(tmp_path / "work"))) as running:
        running.submit([(0, "slow")], 1)
        running.poll(0)
        real = time.monotonic
        monkeypatch.setattr(time, "monotonic", lambda: real() + 3600)  # as after Ctrl-Z overnight
        events = [event for _ in range(50) for event in running.poll(0.1) if isinstance(event, Ended)]
    assert [event.error for event in events] == [None]


def test_an_idle_worker_that_was_killed_costs_no_attempt(tmp_path):
    with closing(Process().start(work_in(tmp_path / "work"))) as running:
        follow(running, [0], 1)
        pid = int((tmp_path / "work" / "0").read_text())
        os.kill(pid, signal.SIGKILL)
        while_alive(pid)
        _, ended = follow(running, [1], 1)
    assert [event.error for event in ended] == [None]


DRIVER = """
import sys
from pathlib import Path
from biasvar.engines.process import Process
from tests.engines.jobs import work_in
running = Process().start(work_in(Path(sys.argv[1])))
running.submit([(0, "hang"), (1, "hang")], 2)
for _ in range(10):
    running.poll(0.1)
print(*[one.process.pid for one in running.workers], flush=True)
running.poll(60)
"""


def test_no_worker_outlives_a_driver_that_is_killed(tmp_path):
    driver = subprocess.Popen([sys.executable, "-c", DRIVER, str(tmp_path / "work")], stdout=subprocess.PIPE, text=True)
    pids = [int(pid) for pid in driver.stdout.readline().split()]
    assert len(pids) == 2
    driver.kill()
    driver.communicate()
    for pid in pids:
        while_alive(pid)


def test_closing_ends_workers_in_the_middle_of_a_job(tmp_path):
    running = Process().start(work_in(tmp_path / "work"))
    running.submit([(0, "hang")], 1)
    assert isinstance(running.poll(0.5)[0], Begun)
    pid = running.workers[0].process.pid
    running.close()
    while_alive(pid)


def while_alive(pid, seconds=10):
    """Wait for the end of a process."""
    end = time.monotonic() + seconds
    while is_alive(pid):
        assert time.monotonic() < end, f"process {pid} is still there"
        time.sleep(0.02)


def is_alive(pid):
    """Say whether a process is there, or a thread of one whose first thread has ended: that keeps its pipes open."""
    try:
        ended = "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
        return not ended or len(os.listdir(f"/proc/{pid}/task")) > 1
    except (FileNotFoundError, ProcessLookupError):
        return False
