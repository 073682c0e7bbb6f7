"""Disks that refuse: what passes is tried again, what stays is named, and what nobody can do is not asked for."""

import errno
import os

import numpy as np
import pytest

from biasvar.study.store import disk
from biasvar.study.store.files import read_bytes, read_json, sha256_of_file, write_arrays, write_json
from biasvar.study.store.shard import read_shard
from biasvar.study.store.stored_arrays import find_array


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(disk, "PAUSES", (0.0, 0.0))


@pytest.fixture
def refusing(monkeypatch):
    """Return a function that lets a call of the system fail so many times."""

    calls = {name: getattr(os, name) for name in ("fsync", "replace", "fstat")}

    def refuse(name, number, times):
        call, left = calls[name], [times]

        def refused(*args, **kwargs):
            left[0] -= 1
            if left[0] >= 0:
                raise OSError(number, os.strerror(number))
            return call(*args, **kwargs)

        monkeypatch.setattr(os, name, refused)

    return refuse


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE])
def test_what_is_written_against_an_error_that_passes_is_there(tmp_path, refusing, call, number):
    for name, times in (("a.json", 1), ("b.json", 2)):
        refusing(call, number, times)
        write_json(tmp_path / name, [1])
        assert read_json(tmp_path / name) == [1]
    refusing(call, number, 2)
    checksum = write_arrays(tmp_path / "a.npz", {"outputs_MNK": np.ones((1, 2, 3))})
    assert sha256_of_file(tmp_path / "a.npz") == checksum
    assert sorted(os.listdir(tmp_path)) == ["a.json", "a.npz", "b.json"]


@pytest.mark.parametrize(("call", "number"), [("fsync", errno.EIO), ("replace", errno.EIO), ("fsync", errno.ENOSPC)])
def test_an_error_that_stays_names_the_file_and_leaves_what_was_there(tmp_path, refusing, call, number):
    write_json(tmp_path / "a.json", [1])
    refusing(call, number, 99)
    with pytest.raises(OSError, match=r"a\.json") as error:
        write_json(tmp_path / "a.json", [2])
    assert error.value.errno == number and read_json(tmp_path / "a.json") == [1]
    assert os.listdir(tmp_path) == ["a.json"]


def test_reading_names_the_file_too_and_an_error_that_passes_is_tried_again(tmp_path, refusing):
    write_json(tmp_path / "a.json", [1])
    write_arrays(tmp_path / "a.npz", {"outputs_MNK": np.ones((1, 2, 3))})
    for read in (read_bytes, sha256_of_file, lambda path: find_array(path, "outputs_MNK"), read_shard):
        path = tmp_path / ("a.npz" if read is not read_shard else "a.json")
        refusing("fstat", errno.EIO, 99)
        with pytest.raises(OSError, match=rf"\[Errno {errno.EIO}\] .*a\.(npz|json)"):
            read(path)
        refusing("fstat", errno.EIO, 0)
    refusing("fstat", errno.EIO, 2)
    assert read_json(tmp_path / "a.json") == [1]


def test_what_is_missing_inside_of_what_is_written_is_not_taken_for_the_file_itself(tmp_path):
    def write(stream):
        raise FileNotFoundError("points are missing: the same sweep makes them again")

    with pytest.raises(OSError, match=r"^points are missing: the same sweep makes them again$"):
        disk.tried_again(lambda path: write(path))(tmp_path / "a")
    with pytest.raises(OSError, match=r"^points are missing"), disk.naming(tmp_path / "a"):
        write(None)


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_that_does_not_flush_folders_is_no_obstacle(tmp_path, monkeypatch, number):
    flush = os.fsync

    def refused(handle):
        if os.path.isdir(f"/proc/self/fd/{handle}"):
            raise OSError(number, os.strerror(number))
        flush(handle)

    monkeypatch.setattr(os, "fsync", refused)
    write_json(tmp_path / "a.json", [1])
    assert read_json(tmp_path / "a.json") == [1]


def test_a_folder_that_cannot_be_flushed_for_another_reason_is_named(tmp_path, refusing):
    refusing("fsync", errno.EACCES, 99)
    with pytest.raises(PermissionError, match=str(tmp_path)):
        disk.sync_folder(tmp_path)
