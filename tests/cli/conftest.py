"""The command line as a process of its own."""

import os
import signal
import subprocess
import sys

import pytest

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
