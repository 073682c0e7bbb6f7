"""Folders of any name, and environment without what is usually there: it works, or there is one clear message."""

import os
import subprocess
import sys

import pytest

SMALL = ["study=u_curve", "model.degree=1,3", "replicates=3", "data.n_eval=20"]
COMMAND = [sys.executable, "-c", "from biasvar.cli.main import main; main()"]
ASCII = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
MIXED = "with space ünï 🎉 new\nline a%20b#c?d $HOME".encode()


def run(folder, *arguments, without=(), cwd=None, before=None, **environment):
    """Run ``biasvar`` in a folder; what it says is bytes."""
    kept = {name: value for name, value in os.environ.items() if name not in without}
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd or folder,
        capture_output=True,
        timeout=300,
        env=kept | environment,
        check=False,
        preexec_fn=before,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "environment"),
    [(MIXED, {}), (MIXED, ASCII), (b"\xff\xfe", {}), (b"\xff\xfe", ASCII), (b"-rf", {}), (b"x" * 255, {})],
    ids=["mixed", "mixed, LANG=C", "no UTF-8", "no UTF-8, LANG=C", "a leading -", "255 bytes"],
)
def test_a_folder_of_any_name_works(tmp_path, name, environment):
    folder = os.fsdecode(name)
    done = run(tmp_path, "sweep", *SMALL, f"--out={folder}", **environment)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / folder / "report.html").is_file() and b"Error" not in done.stderr
    assert done.stdout == name + b"/report.html\n"
    for verb in ("report", "status"):
        again = run(tmp_path, verb, "--", folder, **environment)
        assert again.returncode == 0 and b"Traceback" not in again.stderr, again.stderr


@pytest.mark.slow
@pytest.mark.parametrize("environment", [{}, ASCII], ids=["usual locale", "LANG=C"])
def test_a_name_of_any_letters_works(tmp_path, environment):
    done = run(tmp_path, "sweep", *SMALL, "name=ünï🎉", **environment)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr and done.stdout.startswith(b"outputs/_n_-")


@pytest.mark.slow
@pytest.mark.parametrize("environment", [{}, ASCII], ids=["usual locale", "LANG=C"])
def test_bytes_that_are_no_text_are_one_clear_message_or_a_name(tmp_path, environment):
    done = run(tmp_path, "sweep", *SMALL, os.fsdecode(b"name=\xff\xfe"), "--dry-run", **environment)
    assert done.returncode in (0, 2) and b"Traceback" not in done.stderr and b"UnicodeEncodeError" not in done.stderr


@pytest.mark.slow
def test_a_path_too_long_for_the_file_system_is_one_clear_message(tmp_path):
    for name in ("x" * 300, "x/" * 3000):
        done = run(tmp_path, "sweep", *SMALL, "--out", name)
        assert done.returncode in (2, 4) and b"Traceback" not in done.stderr and b"too long" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.ci
@pytest.mark.slow
def test_without_a_home_everything_works(tmp_path):
    done = run(tmp_path, "sweep", *SMALL, without=("HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR"))
    assert done.returncode == 0, done.stderr


def test_a_current_folder_that_is_gone_is_one_clear_message(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    done = run(tmp_path, "sweep", *SMALL, cwd=gone, before=gone.rmdir)
    assert done.returncode in (2, 4) and b"Traceback" not in done.stderr and b"error: " in done.stderr
