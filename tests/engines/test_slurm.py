"""On a real SLURM: tasks that are cancelled, requeued, killed or forgotten cost time and nothing else."""

import subprocess
from contextlib import closing

import pytest

from biasvar.engines import Begun, WorkerLost, slurm_submission
from biasvar.engines.slurm import Slurm
from tests.engines.jobs import follow, is_there, work_in
from tests.engines.slurm_cluster import (
    counting_work,
    follow_until_done,
    in_queue,
    poll_until,
    slurm_cluster,
    times_begun,
    wait_until,
)

pytestmark = pytest.mark.slurm


@pytest.fixture(scope="session")
def plain_cluster(tmp_path_factory):
    with slurm_cluster(tmp_path_factory.mktemp("slurm")) as settings:
        yield settings


@pytest.fixture(scope="session")
def accounting_cluster(tmp_path_factory):
    with slurm_cluster(tmp_path_factory.mktemp("slurm"), "--accounting") as settings:
        yield settings


@pytest.fixture
def cluster(plain_cluster, monkeypatch):
    monkeypatch.setenv("SLURM_CONF", plain_cluster)


@pytest.fixture(params=["plain_cluster", "accounting_cluster"])
def either_cluster(request, monkeypatch):
    monkeypatch.setenv("SLURM_CONF", request.getfixturevalue(request.param))


@pytest.fixture
def folder(tmp_path):
    """A folder whose name needs quotes."""
    folder = tmp_path / "it's a földer"
    folder.mkdir()
    return folder


def test_every_job_is_done_once_and_nothing_is_left_behind(either_cluster, folder):
    work, jobs = counting_work(folder), [f"job{k}" for k in range(20)]
    with closing(Slurm().start(work)) as running:
        begun, ended = follow(running, jobs, 2)
        assert len(list(work.folder.glob("*/*_submitted.pkl"))) == 8  # tasks of two or three jobs
        assert [path.stat().st_mode & 0o777 for path in work.folder.iterdir()] == [0o700]
        assert not list(work.folder.glob("*/*_result.pkl"))
    assert sorted(event.jobs for event in ended) == sorted((job,) for job in jobs)
    assert not any(event.error for event in ended)
    assert sorted(event.job for event in begun) == sorted(jobs)
    assert {times_begun(folder, job) for job in jobs} == {1}
    assert not work.folder.exists()
    wait_until(lambda: not in_queue())


def test_a_job_that_fails_arrives_with_its_error_and_traceback_and_the_rest_goes_on(cluster, folder):
    work = work_in(folder)
    jobs = [0, (1, "raise"), 2, 3, (4, "refuse"), 5, 6, 7, 8]
    with closing(Slurm().start(work)) as running:
        _, ended = follow(running, jobs, 1)
    bad = {event.jobs[0]: event for event in ended if event.error}
    assert set(bad) == {(1, "raise"), (4, "refuse")}
    assert isinstance(bad[1, "raise"].error, ValueError) and str(bad[1, "raise"].error) == "job 1 raises"
    assert "in leave_file" in bad[1, "raise"].traceback
    assert isinstance(bad[4, "refuse"].error, OSError) and bad[4, "refuse"].error.errno == 28
    assert all(is_there(folder, job) for job in (0, 2, 3, 5, 6, 7, 8))
    assert list(work.folder.glob("slurm-*/*_log.err")) and not list(work.folder.glob("slurm-*/*.pkl"))


def test_a_task_that_is_killed_says_so_and_costs_its_own_jobs_alone(cluster, folder):
    with closing(Slurm().start(work_in(folder))) as running:
        _, ended = follow(running, [0, (1, "kill"), (2, "exit"), (3, "segfault")], 2)
    lost = {event.jobs[0]: event for event in ended if event.error}
    assert set(lost) == {(1, "kill"), (2, "exit"), (3, "segfault")}
    assert all(isinstance(event.error, WorkerLost) for event in lost.values())
    assert all("SLURM task" in str(event.error) and "FAILED" in str(event.error) for event in lost.values())
    assert "in leave_file" in lost[3, "segfault"].traceback
    assert is_there(folder, 0)


def test_a_cancelled_task_is_told_and_can_be_submitted_again(either_cluster, folder):
    work, jobs = counting_work(folder), ["hang-once", *(f"job{k}" for k in range(8))]  # the first task has two jobs
    with closing(Slurm().start(work)) as running:
        running.submit(jobs, 1)
        cancelled, ended = [], []
        for _ in range(300):
            for event in running.poll(0.2):
                if event == Begun("hang-once") and not cancelled:
                    cancelled = [line.split()[0] for line in in_queue().splitlines() if "_0 " in line]
                    subprocess.run(["scancel", *cancelled], check=True)
                elif not isinstance(event, Begun):
                    ended.append(event)
            if any(event.error for event in ended):
                break
        lost = next(event for event in ended if event.error)
        assert lost.jobs == ("hang-once", "job0")
        assert f"{cancelled[0]} ended as CANCELLED" in str(lost.error) and isinstance(lost.error, WorkerLost)
        assert "CANCELLED" in lost.traceback
        follow_until_done(running, work, list(lost.jobs), 2)
    assert times_begun(folder, "hang-once") == 2 and times_begun(folder, "job0") == 1


def test_a_requeued_task_goes_on_where_it_was_and_nothing_has_failed(cluster, folder):
    work, jobs = counting_work(folder), ["job0", "hang-once", "job1", "job2", "job3"]
    with closing(Slurm().start(work)) as running:
        running.submit(jobs, 1)
        ended = []
        requeued = False
        for _ in range(400):
            ended += [event for event in running.poll(0.2) if not isinstance(event, Begun)]
            if times_begun(folder, "hang-once") and not requeued:
                name = next(task.name for task in running.tasks if task.jobs[0][1] == "hang-once")
                requeued = subprocess.run(["scontrol", "requeue", name], check=True) is not None
            if len(ended) == len(jobs):
                break
    assert requeued and len(ended) == len(jobs) and not any(event.error for event in ended)
    assert {job: times_begun(folder, job) for job in jobs} == dict.fromkeys(jobs, 1) | {"hang-once": 2}


def test_cancel_lets_the_running_go_on_and_close_ends_all(cluster, folder):
    work = counting_work(folder)
    with closing(Slurm().start(work)) as running:
        running.submit(["hang0", "hang1", "job0", "job1", "job2"], 2)
        poll_until(running, lambda: running.running == 2)
        running.cancel()
        assert running.running == 2
        wait_until(lambda: len(in_queue().splitlines()) == 2)
        assert running.poll(0.2) == []
    wait_until(lambda: not in_queue())
    assert not any(times_begun(folder, f"job{k}") for k in range(3))
    assert not work.folder.exists()


def test_a_cancelled_engine_begins_no_further_job_of_a_task(cluster, folder):
    jobs = [(k, "slow") for k in range(40)]
    with closing(Slurm().start(work_in(folder))) as running:
        running.submit(jobs, 1)
        poll_until(running, lambda: running.running == 1)
        running.cancel()
        poll_until(running, lambda: running.running == 0)
        assert sum(is_there(folder, job) for job in jobs) < 10
        wait_until(lambda: not in_queue())


def test_the_next_run_cancels_what_a_dead_one_left_in_the_queue(cluster, folder):
    work = counting_work(folder)
    dead = Slurm().start(work)
    dead.submit(["hang0", "hang1", "hang2"], 2)
    wait_until(lambda: times_begun(folder, "hang0"))
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    with closing(Slurm().start(counting_work(elsewhere))):
        assert len(in_queue().splitlines()) == 3
    with closing(Slurm().start(work)) as running:
        wait_until(lambda: not in_queue())
        assert not dead.folder.exists()
        follow(running, ["job0"], 2)


def test_more_tasks_than_an_array_can_hold_are_several_arrays(cluster, folder, monkeypatch):
    monkeypatch.setattr(slurm_submission, "LONGEST_ARRAY", 2)
    work, jobs = counting_work(folder), [f"job{k}" for k in range(5)]
    with closing(Slurm().start(work)) as running:
        running.submit(jobs, 3)
        arrays = [task.name.split("_")[0] for task in running.tasks]
        assert [arrays.count(one) for one in dict.fromkeys(arrays)] == [1, 2]
        poll_until(running, lambda: all(work.done(job) for job in jobs))


def test_what_slurm_refuses_is_told_in_its_words(cluster, folder, capfd):
    running = Slurm(partition="nowhere").start(counting_work(folder))
    with closing(running), pytest.raises(OSError, match="invalid partition specified: nowhere"):
        running.submit(["job0"], 1)
    assert capfd.readouterr() == ("", "")
