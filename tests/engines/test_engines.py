"""Laws that every engine obeys; the table of engines is the list."""

import threading
from contextlib import closing

import pytest

from biasvar.engines import ENGINES


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_every_job_is_done_once_and_reported(engine):
    done = []
    reported = [(job, error) for job, error in engine(range(20), done.append, 3)]
    assert sorted(done) == list(range(20))
    assert sorted(job for job, _ in reported) == list(range(20))
    assert all(error is None for _, error in reported)


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_a_job_that_fails_is_reported_with_its_error_and_the_rest_goes_on(engine):
    def work(job):
        if job == 3:
            raise ValueError("three")

    errors = dict(engine(range(6), work, 2))
    assert len(errors) == 6
    assert [job for job, error in errors.items() if error] == [3]
    assert str(errors[3]) == "three"


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_a_closed_engine_starts_no_further_job_and_waits_for_running_ones(engine):
    started, finished = [], []

    def work(job):
        started.append(job)
        finished.append(job)

    with closing(engine(range(1000), work, 2)) as results:
        next(results)
    assert len(started) < 10
    assert sorted(started) == sorted(finished)
    assert threading.active_count() == 1


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_one_job_needs_no_thread(engine):
    threads = []
    list(engine([0], lambda job: threads.append(threading.current_thread()), 2))
    assert threads == [threading.main_thread()]


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_no_jobs_are_no_work(engine):
    assert list(engine([], lambda job: None, 2)) == []
