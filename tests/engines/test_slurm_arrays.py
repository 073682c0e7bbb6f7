"""What the SLURM engine makes of files and of the queue's words, without a cluster."""

import os
import signal
import sys
import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from biasvar.engines import Begun, Ended, WorkerLost, slurm_arrays, slurm_commands, slurm_submission
from biasvar.engines.slurm import Slurm
from biasvar.engines.slurm_arrays import Arrays
from biasvar.engines.slurm_commands import Watch, states_in
from biasvar.engines.slurm_submission import Task, importing_as_here, pack
from biasvar.engines.slurm_task import failure_file, read_failure, run_task, write_failure
from tests.engines.jobs import is_there, work_in


@pytest.fixture
def clock(monkeypatch):
    """A time that only tests move on."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def arrays(tmp_path, clock, monkeypatch):
    """An engine whose jobs are one task each of a queue that tests write."""
    monkeypatch.setattr(slurm_arrays, "cancel", lambda *arguments: None)
    monkeypatch.setattr(
        slurm_arrays,
        "submit",
        lambda parameters, work, jobs, workers, folder: [Task("7", list(jobs), folder / "7_log.err", clock[0])],
    )
    queue = {"answer": ""}
    monkeypatch.setattr(slurm_commands, "queue_of", lambda name: queue["answer"])
    arrays = Arrays(work_in(tmp_path / "work"), {})
    arrays.queue = queue
    return arrays


def passing(arrays, clock, seconds, state):
    """Return what is said in a time in which the queue has one word for the task, or none."""
    arrays.queue["answer"] = f"7|N/A|{state}\n" if state else ""
    events = []
    for _ in range(int(seconds)):
        clock[0] += 1.0
        events += arrays.poll(0)
    return events


def test_states_are_read_by_the_names_that_slurm_gives_to_tasks():
    text = "12|0|RUNNING\n12|11|PENDING\n13|N/A|COMPLETING\n 14|3|CANCELLED \n"
    assert states_in(text) == {"12_0": "RUNNING", "12_11": "PENDING", "13": "COMPLETING", "14_3": "CANCELLED"}
    assert states_in("") == {}


@pytest.mark.parametrize(
    ("jobs", "workers", "lengths"),
    [(3, 100, [1, 1, 1]), (10, 1, [2, 3, 2, 3]), (5000, 1000, [5] * 1000), (2, 1, [1, 1]), (1, 8, [1])],
)
def test_jobs_are_packed_in_order_into_tasks_of_equal_length(jobs, workers, lengths):
    packed = pack(range(jobs), workers, 1000)
    assert [len(chunk) for chunk in packed] == lengths
    assert [job for chunk in packed for job in chunk] == list(range(jobs))


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """Return a function that gives a cluster's own limit of arrays, and the arrays that are then submitted to it.

    Each as how many jobs its tasks have, and how many of them run at a time.
    """
    pytest.importorskip("submitit")
    submitted = []

    class Executor:
        def __init__(self, folder):
            self.parameters = {}

        def update_parameters(self, **parameters):
            self.parameters |= parameters

        @contextmanager
        def batch(self):
            self.jobs = []
            yield
            submitted.append((self.jobs, self.parameters["array_parallelism"]))

        def submit(self, function, work, jobs, folder, minutes):
            self.jobs.append(len(jobs))
            return SimpleNamespace(job_id="1", paths=SimpleNamespace(stderr=folder / "log"))

    def submit_to(says, jobs, workers):
        scontrol = tmp_path / "scontrol"
        scontrol.write_text(f"#!/bin/sh\n{says}\n")
        scontrol.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
        monkeypatch.setattr("submitit.SlurmExecutor", Executor)
        numbered = list(enumerate(range(jobs)))
        tasks = slurm_submission.submit({"time": 5}, work_in(tmp_path / "work"), numbered, workers, tmp_path)
        assert [job for task in tasks for job in task.jobs] == numbered
        return submitted

    return submit_to


CONFIG = "echo 'Configuration data as of 2026'; echo 'MaxArraySize            = {}'; echo 'MaxJobCount = 10000'"


@pytest.mark.parametrize(
    ("says", "jobs", "workers", "arrays"),
    [
        (CONFIG.format(1001), 9, 2, [([1, 1, 1, 1, 1, 1, 1, 2], 2)]),
        (CONFIG.format(4), 9, 2, [([1, 1, 1, 1], 1), ([1, 1, 1, 2], 1)]),
        (CONFIG.format(2), 6, 3, [([1, 1], 1)] * 3),
        (CONFIG.format(3), 8, 5, [([1, 1], 1), ([1, 1, 1], 2), ([1, 1, 1], 2)]),
        (CONFIG.format(0), 6, 3, [([2], 1)] * 3),
        ("exit 1", 9, 2, [([1, 1, 1, 1, 1, 1, 1, 2], 2)]),
        ("echo nothing", 9, 2, [([1, 1, 1, 1, 1, 1, 1, 2], 2)]),
    ],
)
def test_arrays_are_no_longer_than_the_cluster_allows_and_no_more_tasks_run_than_workers(
    cluster, says, jobs, workers, arrays
):
    """MaxArraySize is one more than the largest index, and arrays begin at 0; 0 forbids them."""
    found = cluster(says, jobs, workers)
    assert found == arrays
    assert sum(at_a_time for _, at_a_time in found) == workers


def test_a_job_is_begun_when_its_task_runs_and_ended_when_its_file_is_there(arrays, clock, tmp_path):
    arrays.submit([0, 1, 2], 1)
    assert passing(arrays, clock, 3, "PENDING") == []
    assert arrays.running == 0
    assert passing(arrays, clock, 3, "RUNNING") == [Begun(0)]
    assert arrays.running == 1
    (tmp_path / "work" / "0").touch()
    assert passing(arrays, clock, 3, "RUNNING") == [Ended((0,)), Begun(1)]
    for job in (1, 2):
        (tmp_path / "work" / str(job)).touch()
    assert passing(arrays, clock, 3, "RUNNING") == [Ended((1,)), Begun(2), Ended((2,))]
    assert arrays.running == 0


@pytest.mark.parametrize("state", ["PENDING", "RUNNING", "COMPLETING", "SUSPENDED", "REQUEUED", "NEW_ONE"])
def test_a_task_that_the_queue_holds_is_waited_for(arrays, clock, state):
    arrays.submit([0], 1)
    assert not any(isinstance(event, Ended) for event in passing(arrays, clock, 60, state))


@pytest.mark.parametrize(
    ("state", "words"),
    [("CANCELLED", "ended as CANCELLED"), ("NODE_FAIL", "ended as NODE_FAIL"), ("", "is no longer in the queue"),
     ("TIMEOUT", "ended as TIMEOUT (engine.minutes"), ("OUT_OF_MEMORY", "ended as OUT_OF_MEMORY (engine.memory_gb"),
     ("COMPLETED", "ended as COMPLETED and has not done its job")],
)  # fmt: skip
def test_a_task_that_is_gone_for_some_seconds_is_lost_with_the_jobs_it_did_not_do(arrays, clock, state, words):
    arrays.submit([0, 1], 1)
    (arrays.folder / "7_log.err").write_text("slurmstepd: error: it was so\n")
    assert passing(arrays, clock, 5, state) == []
    (event,) = passing(arrays, clock, 6, state)
    assert event.jobs == (0, 1) and isinstance(event.error, WorkerLost)
    assert f"SLURM task 7 {words}" in str(event.error)
    assert event.traceback == "slurmstepd: error: it was so"


def test_files_that_turn_up_late_are_believed(arrays, clock, tmp_path):
    arrays.submit([0], 1)
    assert passing(arrays, clock, 4, "CANCELLED") == []
    (tmp_path / "work" / "0").touch()
    assert passing(arrays, clock, 20, "") == [Begun(0), Ended((0,))]


def test_a_task_that_is_gone_and_comes_back_is_not_lost(arrays, clock):
    arrays.submit([0], 1)
    for _ in range(10):
        assert passing(arrays, clock, 4, "NODE_FAIL") + passing(arrays, clock, 4, "PENDING") == []


def test_what_a_task_had_no_time_for_is_submitted_again_and_has_not_failed(arrays, clock, tmp_path):
    arrays.submit([0, 1, 2], 1)
    (tmp_path / "work" / "0").touch()
    assert passing(arrays, clock, 8, "COMPLETED") == [Begun(0), Ended((0,))]
    assert [task.jobs for task in arrays.tasks] == [[(3, 1), (4, 2)]]
    assert [event.jobs for event in passing(arrays, clock, 8, "COMPLETED")] == [(1, 2)]  # not for ever


def test_a_queue_that_does_not_answer_is_borne_for_ten_minutes(arrays, clock, monkeypatch, tmp_path):
    def fails(name):
        raise OSError("squeue failed: Unable to contact slurm controller")

    arrays.submit([0, 1], 1)
    assert passing(arrays, clock, 3, "RUNNING") == [Begun(0)]
    monkeypatch.setattr(slurm_commands, "queue_of", fails)
    assert passing(arrays, clock, 300, "RUNNING") == []
    (tmp_path / "work" / "0").touch()
    assert passing(arrays, clock, 300, "RUNNING") == [Ended((0,)), Begun(1)]
    with pytest.raises(OSError, match="not answered for 10 minutes: squeue failed: Unable to contact"):
        passing(arrays, clock, 10, "RUNNING")


def test_a_new_task_is_not_missed_before_the_queue_was_asked_again(arrays, clock, monkeypatch):
    def fails(name):
        raise OSError("squeue failed")

    passing(arrays, clock, 3, "")
    monkeypatch.setattr(slurm_commands, "queue_of", fails)
    arrays.submit([0], 1)
    assert passing(arrays, clock, 60, "") == []


def test_of_a_cancelled_task_only_the_job_that_it_was_at_has_an_end(arrays, clock):
    arrays.submit([0, 1, 2], 1)
    passing(arrays, clock, 3, "RUNNING")
    arrays.cancel()
    assert arrays.running == 1 and (arrays.folder / "stop").exists()
    (event,) = passing(arrays, clock, 8, "FAILED")
    assert event.jobs == (0,)


def test_tasks_that_were_cancelled_while_they_waited_have_no_end(arrays, clock):
    arrays.submit([0, 1, 2], 1)
    passing(arrays, clock, 3, "PENDING")
    arrays.cancel()
    assert passing(arrays, clock, 8, "CANCELLED") == []
    assert arrays.running == 0 and not arrays.tasks


def test_a_folder_that_is_gone_ends_the_run(arrays, clock):
    arrays.submit([0], 1)
    arrays.folder.rmdir()
    with pytest.raises(FileNotFoundError):
        passing(arrays, clock, 2, "RUNNING")


@pytest.fixture
def on_a_node(monkeypatch):
    """Let a task's end be seen, and leave this process's signals as they are."""
    ends = []
    monkeypatch.setattr(os, "_exit", ends.append)
    monkeypatch.setattr(signal, "signal", lambda *arguments: None)
    return ends


def test_a_task_begins_no_job_that_it_has_no_time_for(tmp_path, clock, on_a_node):
    work = work_in(tmp_path / "work")
    jobs = list(enumerate(range(20)))

    def takes_a_minute(job):
        clock[0] += 60.0
        work.do(job)

    slow = type(work)(takes_a_minute, work.done, work.folder)
    run_task(slow, jobs, tmp_path, minutes=5)
    assert [job for job in range(20) if is_there(tmp_path / "work", job)] == [0, 1, 2, 3]
    run_task(slow, jobs, tmp_path, minutes=1)  # one at least, of those that are left
    assert [job for job in range(20) if is_there(tmp_path / "work", job)] == [0, 1, 2, 3, 4]
    assert on_a_node == [0, 0]


def test_a_job_that_failed_is_not_tried_again_by_a_requeued_task(tmp_path, on_a_node, capsys):
    work = work_in(tmp_path / "work")
    for _ in range(2):
        run_task(work, [(0, (0, "raise")), (1, 1)], tmp_path, minutes=5)
    assert capsys.readouterr().err.count("job 0 raises") == 1
    assert is_there(tmp_path / "work", 1)


class Peculiar(LookupError):
    pass


@pytest.mark.parametrize(
    ("error", "like"),
    [
        (ValueError("three"), ValueError("three")),
        (OSError(28, "No space left on device", "/a"), OSError(28, "No space left on device", "/a")),
        (OSError("no such device"), OSError("no such device")),
        (Peculiar("so"), LookupError("Peculiar: so")),
        (MemoryError("much"), MemoryError("much")),
        (UnicodeEncodeError("ascii", "é", 0, 1, "no"),
         RuntimeError("UnicodeEncodeError: 'ascii' codec can't encode character '\\xe9' in position 0: no")),
    ],
)  # fmt: skip
def test_an_error_is_read_as_it_was_written(tmp_path, error, like):
    write_failure(failure_file(tmp_path, 3), error)
    read, traceback = read_failure(tmp_path / "3.failure.json")
    assert (type(read), str(read)) == (type(like), str(like))
    assert type(error).__name__ in traceback
    assert [path.name for path in tmp_path.iterdir()] == ["3.failure.json"]


def test_what_is_no_exception_is_not_called_whatever_a_file_says(tmp_path):
    path = failure_file(tmp_path, 0)
    path.write_text('{"type": "print", "text": "called", "traceback": ""}')
    assert repr(read_failure(path)[0]) == "RuntimeError('print: called')"


def test_a_task_imports_from_where_this_process_does(monkeypatch):
    monkeypatch.setattr(sys, "path", ["/a b", "/c"])
    assert importing_as_here()[0] == "export PYTHONPATH='/a b:/c'"


def test_what_is_not_installed_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "submitit", None)
    with pytest.raises(OSError, match=r"engine=slurm needs submitit: pip install 'biasvar\[slurm\]'"):
        Slurm().start(work_in(tmp_path / "work"))


def test_a_machine_without_slurm_is_named(tmp_path, monkeypatch):
    pytest.importorskip("submitit", reason="submitit is not installed")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OSError, match="there is no sbatch, squeue, scancel, srun here"):
        Slurm().start(work_in(tmp_path / "work"))
    assert not (tmp_path / "work" / "log").exists()


@pytest.mark.parametrize("name", ["100%", "a\\b", "two\nlines", "\udcff"])
def test_a_folder_that_slurm_would_misread_is_refused(name, monkeypatch, tmp_path):
    pytest.importorskip("submitit", reason="submitit is not installed")
    monkeypatch.setattr(slurm_commands.shutil, "which", lambda command: command)
    work = work_in(tmp_path / "work")
    with pytest.raises(OSError, match="SLURM has its own meaning for"):
        Slurm().start(type(work)(work.do, work.done, tmp_path / name))


def test_a_command_that_fails_says_what_it_said(monkeypatch, tmp_path):
    squeue = tmp_path / "squeue"
    squeue.write_text("#!/bin/sh\necho slurm_load_jobs error: no >&2\nexit 1\n")
    squeue.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(OSError, match="squeue failed: slurm_load_jobs error: no"):
        slurm_commands.queue_of("name")
    monkeypatch.setenv("SQUEUE_STATES", "FAILED")
    squeue.write_text('#!/bin/sh\necho "1|2|RUNNING$SQUEUE_STATES"\n')
    watch = Watch("name")
    watch.look()
    assert watch.states == {"1_2": "RUNNING"}
    squeue.write_text("#!/bin/sh\nexit 1\n")
    watch.look()  # was asked just now
    watch.look(at_once=True)
    assert watch.states == {"1_2": "RUNNING"}
