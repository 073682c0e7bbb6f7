"""Ctrl-C, a scheduler's SIGTERM, a closed terminal, and a sweep that is stopped for a while."""

import os
import shlex
import signal
import time
from contextlib import suppress

import pytest

pytestmark = pytest.mark.faults

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 143}
SECONDS = 5.0  # within which a sweep ends, once it was asked to
ONE_STEP = (
    "data=linear", "data.n_train=400", "resampling=fresh", "model=mlp", "model.width=512",
    "training=sgd", "training.lr=0.0001", "training.epochs=100000", "replicates=2", "loss=squared_error",
)  # fmt: skip


@pytest.fixture
def training(faults, sweeping, tmp_path):
    """Return a function that starts a sweep, waits for shards, and gives it, its log and what is committed."""

    def run(study, shards=1):
        sweep, log = sweeping(study)
        deadline = time.monotonic() + 120
        while len(list((tmp_path / "study" / "shards").rglob("[0-9a-f]*.json"))) < shards:
            assert sweep.process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.005)
        return sweep, log

    return run


@pytest.fixture
def in_one_step(sweeping, tmp_path):
    """Return a function that starts a sweep of one job of minutes, and gives it and its log once it is at the job."""

    def run(engine):
        sweep, log = sweeping((*ONE_STEP, f"engine={engine}", "workers=2"))
        wait_for_event("started", sweep, log, tmp_path / "study")
        assert not sweep.finished(4.0), log.read_text()  # which is enough for a worker to start, and to train
        return sweep, log

    return run


def wait_for_event(event, sweep, log, folder):
    """Wait until a running sweep has recorded an event."""
    events, deadline = folder / "events.jsonl", time.monotonic() + 120
    while not (events.exists() and f'"event": "{event}"' in events.read_text()):
        assert sweep.process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.005)


def end(faults, sweep, number):
    """Assert that a sweep ends with the signal's exit code, in time, and that no process of it is left."""
    started = time.monotonic()
    assert sweep.finished(3 * SECONDS), "it does not end"
    assert time.monotonic() - started < SECONDS
    assert sweep.process.returncode == CODES[number]
    assert not faults("sweeps").processes_left(sweep.mark)


@pytest.mark.parametrize(
    "number, engine, to_group",
    [
        (signal.SIGINT, "thread", True),
        (signal.SIGINT, "process", True),  # a terminal sends it to the workers too
        (signal.SIGINT, "serial", False),
        (signal.SIGTERM, "process", False),
        (signal.SIGTERM, "thread", True),
        (signal.SIGHUP, "process", True),
    ],
)
def test_a_signal_ends_a_sweep_in_time_and_it_says_how_to_go_on(
    faults, training, goes_on, tmp_path, number, engine, to_group
):
    studies = faults("studies")
    study, folder = studies.with_engine(studies.LONG, engine), tmp_path / "study"
    sweep, log = training(study)
    kept = faults("record").committed(folder)
    (os.killpg if to_group else os.kill)(sweep.process.pid, number)
    end(faults, sweep, number)
    said = log.read_text()
    assert shlex.join(["biasvar", "sweep", *study, "--out", str(folder)]) in said
    assert number.name in said and "Traceback" not in said
    goes_on(study, folder, kept | faults("record").committed(folder))


@pytest.mark.parametrize("engine", ["serial", "thread", "process"])
def test_a_step_of_minutes_is_not_waited_for(faults, in_one_step, tmp_path, engine):
    sweep, log = in_one_step(engine)
    os.killpg(sweep.process.pid, signal.SIGINT)
    end(faults, sweep, signal.SIGINT)
    assert "Traceback" not in log.read_text()
    assert not faults("record").committed(tmp_path / "study")


@pytest.mark.ci
@pytest.mark.parametrize("engine", ["serial", "thread", "process"])
def test_a_second_ctrl_c_ends_a_sweep_at_once(faults, in_one_step, engine):
    sweep, log = in_one_step(engine)
    os.killpg(sweep.process.pid, signal.SIGINT)
    assert not sweep.finished(0.3)
    kill_again = time.monotonic()
    os.killpg(sweep.process.pid, signal.SIGINT)
    assert sweep.finished(2.0) and time.monotonic() - kill_again < 1.0
    end(faults, sweep, signal.SIGINT)
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize(
    "number, seconds",
    [(signal.SIGINT, 0.0), (signal.SIGINT, 0.5), (signal.SIGINT, 1.0), (signal.SIGTERM, 0.5), (signal.SIGHUP, 0.5)],
)
def test_a_signal_while_workers_start_is_no_error(faults, sweeping, goes_on, tmp_path, number, seconds):
    studies = faults("studies")
    study, folder = studies.with_engine(studies.BRIEF, "process"), tmp_path / "study"
    sweep, log = sweeping(study)
    wait_for_event("started", sweep, log, folder)
    assert not sweep.finished(seconds), log.read_text()
    os.killpg(sweep.process.pid, number)
    end(faults, sweep, number)
    assert "Traceback" not in log.read_text() and "error: " not in log.read_text()
    goes_on(study, folder, faults("record").committed(folder))


@pytest.mark.parametrize("times", [1, 2])
def test_a_signal_in_the_report_is_no_error(faults, sweeping, goes_on, tmp_path, times):
    studies = faults("studies")
    study, folder = studies.with_engine(studies.BRIEF, "thread"), tmp_path / "study"
    sweep, log = sweeping(study)
    wait_for_event("finished", sweep, log, folder)
    for _ in range(times):
        with suppress(ProcessLookupError):  # the first one may have been enough
            os.killpg(sweep.process.pid, signal.SIGINT)
        sweep.finished(0.1)
    end(faults, sweep, signal.SIGINT)
    assert "Traceback" not in log.read_text()
    goes_on(study, folder, faults("record").committed(folder))


@pytest.mark.ci
def test_ctrl_c_twice_keeps_what_is_committed(faults, training, goes_on, tmp_path):
    studies = faults("studies")
    study, folder = studies.with_engine(studies.LONG, "thread"), tmp_path / "study"
    sweep, _ = training(study, shards=3)
    for _ in range(2):
        os.killpg(sweep.process.pid, signal.SIGINT)
    end(faults, sweep, signal.SIGINT)
    kept = faults("record").committed(folder)
    assert kept
    goes_on(study, folder, kept)


@pytest.mark.parametrize("engine", ["thread", "process"])
def test_a_sweep_that_is_stopped_for_a_while_goes_on(faults, training, undisturbed, tmp_path, engine):
    studies = faults("studies")
    study = studies.with_engine(studies.LONG, engine)
    sweep, log = training(study)
    os.killpg(sweep.process.pid, signal.SIGSTOP)
    assert not sweep.finished(1.0)
    os.killpg(sweep.process.pid, signal.SIGCONT)
    faults("sweeps").finish(sweep, log)
    assert not faults("record").differences(tmp_path / "study", undisturbed(study))


def test_a_signal_that_is_ignored_stays_ignored(faults, training, undisturbed, tmp_path):
    """As under nohup, whose children inherit that SIGHUP is ignored."""
    studies = faults("studies")
    study = studies.with_engine(studies.BRIEF, "serial")
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        sweep, log = training(study)
    finally:
        signal.signal(signal.SIGHUP, before)
    os.killpg(sweep.process.pid, signal.SIGHUP)
    faults("sweeps").finish(sweep, log)
    assert not faults("record").differences(tmp_path / "study", undisturbed(study))


def test_report_and_status_look_at_a_sweep_that_is_at_work(faults, training, biasvar, undisturbed, tmp_path):
    studies = faults("studies")
    study, folder = studies.with_engine(studies.LONG, "thread"), tmp_path / "study"
    sweep, log = training(study)
    os.killpg(sweep.process.pid, signal.SIGSTOP)  # so that it is still at work when the others look
    status, report = biasvar("status", folder), biasvar("report", folder)
    assert status.returncode == 0 and report.returncode == 0, status.stderr + report.stderr
    assert f"process {sweep.process.pid} " in status.stdout
    assert "partial" in report.stdout + report.stderr and "/480" in report.stdout + report.stderr
    os.killpg(sweep.process.pid, signal.SIGCONT)
    faults("sweeps").finish(sweep, log)
    assert not faults("record").differences(folder, undisturbed(study))
    assert not faults("record").strays(folder)
