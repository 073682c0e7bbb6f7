"""What Windows lacks: no signal, function or flag of POSIX's is needed. Windows itself is not tested."""

import os
import signal
import subprocess
import sys

import pytest

from biasvar.study.store.disk import sync_folder
from biasvar.study.store.processes import is_running
from tests.cli.conftest import COMMAND

LIKE_WINDOWS = """
import faulthandler, multiprocessing, os, signal, sys

for name in ("SIGHUP", "SIGUSR1", "SIGUSR2", "pthread_sigmask"):
    delattr(signal, name)
for name in ("O_DIRECTORY", "O_NOFOLLOW", "getuid", "pread", "sched_getaffinity", "sysconf"):
    delattr(os, name)
del faulthandler.register
sys.modules["resource"] = sys.modules["pwd"] = None
multiprocessing.get_all_start_methods = lambda: ["spawn"]
open_on_posix = os.open

def open_no_folder(path, *arguments, **more):
    if os.path.isdir(path):
        raise PermissionError(13, "Permission denied", path)
    return open_on_posix(path, *arguments, **more)

os.open = open_no_folder
"""
SMALL = ["data.n_train=10", "data.n_eval=20", "replicates=2", "model.features=4,5", "workers=2", "--out=study"]


@pytest.mark.ci
@pytest.mark.slow
@pytest.mark.parametrize("engine", ["thread", "process"])
def test_a_sweep_needs_nothing_that_windows_lacks(tmp_path, engine):
    script = tmp_path / "like_windows.py"
    script.write_text(
        f'{LIKE_WINDOWS}\nif __name__ == "__main__":\n    {COMMAND[-1].replace("; ", chr(10) + "    ")}\n'
    )
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, script, "sweep", *SMALL, f"engine={engine}"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr and done.stdout.strip().endswith("report.html")
        events = (tmp_path / "study" / "events.jsonl").read_text()
        assert '"finished"' in events and "retried" not in events


def test_a_folder_is_not_opened_where_none_can_be(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "O_DIRECTORY")
    monkeypatch.setattr(os, "open", lambda *_: pytest.fail("PermissionError"))
    sync_folder(tmp_path)


def test_no_process_is_interrupted_to_see_whether_it_is_there(monkeypatch):
    """Signal 0, which asks on POSIX, is Ctrl-C on Windows."""
    monkeypatch.setattr(signal, "CTRL_C_EVENT", 0, raising=False)
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("interrupted"))
    assert is_running(12)
