"""One driver a folder: exactly one, who says who it is, and who is gone is succeeded."""

import errno
import json
import os
import signal
import subprocess
import sys

import pytest
from filelock import FileLock

from biasvar.study.errors import Busy
from biasvar.study.store import lock as lock_module
from biasvar.study.store.lock import holder_in, locked

HOLD = """
import sys, time
from pathlib import Path
from biasvar.study.store.lock import locked
with locked(Path(sys.argv[1]), print):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holding(tmp_path):
    """A process that holds a folder."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "s")], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_living_holder_is_named_with_its_process_host_user_and_start(tmp_path, holding):
    with pytest.raises(Busy) as error, locked(tmp_path / "s", print):
        pass
    said = str(error.value)
    holder = holder_in(tmp_path / "s" / "lock")
    assert holder.pid == holding.pid and holder.boot and holder.host == os.uname().nodename
    assert f"process {holding.pid} of {holder.user} on {holder.host}, since 20" in said


def test_a_killed_holder_is_succeeded_with_a_note(tmp_path, holding):
    holding.send_signal(signal.SIGKILL)
    holding.wait()
    notes = []
    with locked(tmp_path / "s", notes.append):
        assert holder_in(tmp_path / "s" / "lock").pid == os.getpid()
    (note,) = notes
    assert f"was locked by process {holding.pid} of" in note and "ended unexpectedly" in note
    with locked(tmp_path / "s", notes.append):
        pass
    assert len(notes) == 1, "who left in order is not spoken of"


def stale(folder, **changes):
    folder.mkdir()
    holder = vars(lock_module.this_process()) | changes
    (folder / "lock").write_text(json.dumps(holder))


def test_a_holder_of_an_earlier_boot_is_succeeded_even_if_its_number_is_in_use_again(tmp_path):
    stale(tmp_path / "s", pid=os.getpid(), boot="another")
    notes = []
    with locked(tmp_path / "s", notes.append):
        pass
    assert len(notes) == 1


def test_a_holder_on_another_machine_is_watched_for_signs_of_life(tmp_path, monkeypatch):
    monkeypatch.setattr(lock_module, "WATCH", 0.5)
    monkeypatch.setattr(lock_module, "HEARTBEAT", 0.1)
    stale(tmp_path / "s", host="elsewhere")
    path = tmp_path / "s" / "lock"
    notes = []
    with (
        lock_module.heartbeat(path),
        pytest.raises(Busy, match="on elsewhere, since"),
        locked(tmp_path / "s", notes.append),
    ):
        pass
    assert not notes
    with locked(tmp_path / "s", notes.append):
        assert len(notes) == 1


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\x00", b"[1]", b'{"pid": 3}'])
def test_a_lock_file_that_says_nothing_is_no_holder(tmp_path, content):
    (tmp_path / "lock").write_bytes(content)
    assert holder_in(tmp_path / "lock") is None
    with locked(tmp_path, lambda note: pytest.fail(note)):
        assert holder_in(tmp_path / "lock").pid == os.getpid()


def test_a_file_system_without_locks_is_an_error_of_its_own(tmp_path, monkeypatch):
    def no_locks(*_, **__):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(FileLock, "acquire", no_locks)
    with pytest.raises(OSError, match=r"cannot be locked .*No locks available.*--out DIR"), locked(tmp_path, print):
        pass


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_folder_that_may_not_be_written_is_not_said_to_lack_locks(tmp_path, monkeypatch, code):
    def refused(*_, **__):
        raise OSError(code, os.strerror(code), str(tmp_path / "lock"))

    monkeypatch.setattr(FileLock, "acquire", refused)
    with pytest.raises(OSError, match=os.strerror(code)) as found, locked(tmp_path, print):
        pass
    assert "cannot be locked" not in str(found.value) and str(tmp_path) in str(found.value)


def test_a_link_in_place_of_the_lock_is_not_followed(tmp_path):
    (tmp_path / "target").write_text("mine")
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "lock").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="is a link"), locked(tmp_path / "s", print):
        pass
    assert (tmp_path / "target").read_text() == "mine"


def test_a_pipe_or_another_name_of_a_file_in_place_of_the_lock_is_refused(tmp_path):
    for name in ("pipe", "named"):
        (tmp_path / name).mkdir()
    os.mkfifo(tmp_path / "pipe" / "lock")
    (tmp_path / "target").write_text("mine")
    os.link(tmp_path / "target", tmp_path / "named" / "lock")
    for name in ("pipe", "named"):
        assert holder_in(tmp_path / name / "lock") is None
        with pytest.raises(OSError, match="is a link, or no file"), locked(tmp_path / name, print):
            pass
    assert (tmp_path / "target").read_text() == "mine"


def test_a_folder_that_was_moved_away_is_noticed(tmp_path):
    with locked(tmp_path / "s", print) as require_same_folder:
        require_same_folder()
        (tmp_path / "s").rename(tmp_path / "t")
        with pytest.raises(OSError, match="moved or removed"):
            require_same_folder()
        (tmp_path / "s").mkdir()
        (tmp_path / "s" / "lock").write_text("")
        with pytest.raises(OSError, match="moved or removed"):
            require_same_folder()
    assert (tmp_path / "s" / "lock").read_text() == ""
