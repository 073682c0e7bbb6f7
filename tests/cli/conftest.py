"""The command line as a process of its own."""

import importlib
import os
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent.parent.parent / "scripts"
COMMAND = [sys.executable, "-c", "from biasvar.cli.main import main; main()"]


@pytest.fixture
def biasvar(tmp_path):
    """Return a function that runs ``biasvar`` in an empty folder and returns the finished process."""

    def run(*arguments, **environment):
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            env=os.environ | environment,
            check=False,
        )

    return run


@pytest.fixture
def start(tmp_path):
    """Return a function that starts ``biasvar`` in a process group of its own and returns the running process."""
    started = []

    def run(*arguments):
        process = subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # A shell starts background jobs with Ctrl-C ignored, and children inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def faults():
    """Return a function that loads a module of scripts/faults."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SCRIPTS))
        yield lambda name: importlib.import_module(f"faults.{name}")


@pytest.fixture(scope="session")
def undisturbed(faults, tmp_path_factory):
    """Return a function that gives the folder of a study that nothing has disturbed."""

    @cache
    def run(study):
        folder = tmp_path_factory.mktemp("undisturbed") / "study"
        faults("sweeps").run_sweep(study, folder, folder.with_suffix(".log"))
        return folder

    return run


@pytest.fixture
def sweeping(faults, tmp_path):
    """Return a function that starts a sweep into a folder, as a session whose processes can all be found."""
    started = []

    def run(study, folder=tmp_path / "study", tracer=()):
        log = tmp_path / "said.log"
        log.unlink(missing_ok=True)
        started.append(faults("sweeps").start_sweep(tuple(study), folder, log, tuple(tracer)))
        return started[-1], log

    yield run
    for sweep in started:
        sweep.kill()


@pytest.fixture
def goes_on(faults, undisturbed, tmp_path):
    """Return a function that gives a sweep's command again, and holds what comes out against an undisturbed run."""

    def run(study, folder, kept):
        faults("sweeps").run_sweep(study, folder, tmp_path / "again.log")
        record = faults("record")
        assert not record.trained_twice(kept, record.committed(folder), folder)
        assert not record.differences(folder, undisturbed(study))
        assert not record.strays(folder)

    return run
