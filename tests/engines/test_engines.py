"""Laws that every engine of this machine obeys; the table of engines is the list."""

import threading
from contextlib import closing

import pytest

from biasvar.engines import ENGINES, Begun
from biasvar.engines.thread import Thread
from tests.engines.jobs import follow, is_there, work_in

LOCAL = [kind for kind in ENGINES if kind not in ("slurm", "ray")]  # those have parts of their own to be tested with


@pytest.fixture(params=LOCAL)
def started(request, tmp_path):
    before = threading.active_count()
    running = ENGINES[request.param]().start(work_in(tmp_path / "work"))
    with closing(running):
        yield running
    assert threading.active_count() <= before or request.param in ("thread", "auto")


def test_every_job_begins_and_ends_once_and_leaves_its_file(started, tmp_path):
    begun, ended = follow(started, list(range(20)), 3)
    assert sorted(event.job for event in begun) == list(range(20))
    assert sorted(job for event in ended for job in event.jobs) == list(range(20))
    assert all(event.error is None for event in ended)
    assert all(is_there(tmp_path / "work", job) for job in range(20))
    assert started.running == 0


def test_a_job_that_fails_is_reported_with_its_error_and_traceback_and_the_rest_goes_on(started):
    _, ended = follow(started, [0, 1, (2, "raise"), 3, (4, "refuse"), 5], 2)
    failed = {event.jobs[0]: event for event in ended if event.error}
    assert set(failed) == {(2, "raise"), (4, "refuse")}
    assert str(failed[2, "raise"].error) == "job 2 raises" and "leave_file" in failed[2, "raise"].traceback
    assert isinstance(failed[4, "refuse"].error, OSError) and failed[4, "refuse"].error.errno == 28


def test_a_cancelled_engine_begins_no_further_job_and_running_ones_end(started, tmp_path):
    started.submit([(number, "slow") for number in range(50)], 2)
    begun = [event.job for event in started.poll(0) if isinstance(event, Begun)]
    started.cancel()
    for _ in range(50):
        begun += [event.job for event in started.poll(0.2) if isinstance(event, Begun)]
        if not started.running:
            break
    assert 1 <= len(begun) <= 4
    assert sorted(int(path.name) for path in (tmp_path / "work").glob("[0-9]*")) == sorted(job[0] for job in begun)


def test_jobs_can_be_submitted_again_on_fewer_workers(started):
    follow(started, [0, 1, 2], 3)
    _, ended = follow(started, [3, 4], 1)
    assert [event.jobs for event in ended] == [(3,), (4,)]


def test_an_engine_that_is_given_nothing_says_nothing(started):
    assert started.poll(0) == []


def test_threads_do_not_wait_for_each_other(tmp_path):
    with closing(Thread().start(work_in(tmp_path / "work"))) as running:
        _, ended = follow(running, [(0, "slow"), 1, 2, 3], 2)
    assert [event.jobs[0] for event in ended][-1] == (0, "slow")
