"""Files of checkpoints: whole and of this environment, or ignored; gone with the commit."""

import os

import numpy as np
import pytest

from biasvar.study.run import run
from biasvar.study.store.checkpoint_files import CheckpointFiles, checkpoint_path
from biasvar.study.store.store import Store

MEMBER = "0123456789abcdef" * 2
ARRAYS = {
    "state.weights": np.linspace(0, 1, 50, dtype=np.float32),
    "state.loss": np.array(0.25),
    "state.order": np.arange(7)[::-1],
    "facts": np.frombuffer(b"{}", np.uint8),
    "state.none": np.zeros((0, 3)),
}


def files(folder, **environment):
    return CheckpointFiles(folder / "checkpoints", lambda: {"versions": {"torch": "2"}} | environment)


def test_arrays_come_back_as_they_were_and_the_last_ones_count(tmp_path):
    there = files(tmp_path)
    assert there.read(MEMBER) is None
    there.write(MEMBER, {"facts": np.zeros(3)})
    there.write(MEMBER, ARRAYS)
    found = there.read(MEMBER)
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert np.array_equal(found[name], array)
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
    assert os.listdir(tmp_path / "checkpoints") == [f"{MEMBER}.npz"]
    assert there.read("f" * 32) is None


def test_one_of_another_environment_or_name_is_ignored(tmp_path):
    files(tmp_path).write(MEMBER, ARRAYS)
    assert files(tmp_path, processor="other").read(MEMBER) is None
    assert files(tmp_path).read(MEMBER) is not None


@pytest.mark.parametrize("byte", range(0, 1600, 40))
def test_a_changed_byte_is_ignored_or_changes_nothing(tmp_path, byte):
    files(tmp_path).write(MEMBER, ARRAYS)
    path = checkpoint_path(tmp_path / "checkpoints", MEMBER)
    content = bytearray(path.read_bytes())
    content[byte] ^= 0x10
    path.write_bytes(content)
    found = files(tmp_path).read(MEMBER)
    assert found is None or all(np.array_equal(found[name], array) for name, array in ARRAYS.items())


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), b"\x93NUMPY", bytes(1000), None])
def test_what_is_no_checkpoint_is_ignored_and_replaced(tmp_path, content):
    path = checkpoint_path(tmp_path / "checkpoints", MEMBER)
    path.parent.mkdir()
    if content is None:
        np.savez(path, facts=np.array([{}]), checksum=np.zeros(32, np.uint8))  # a pickle
    else:
        path.write_bytes(content)
    assert files(tmp_path).read(MEMBER) is None
    files(tmp_path).write(MEMBER, ARRAYS)
    assert files(tmp_path).read(MEMBER) is not None


def test_a_pipe_is_ignored(tmp_path):
    (tmp_path / "checkpoints").mkdir()
    os.mkfifo(checkpoint_path(tmp_path / "checkpoints", MEMBER))
    assert files(tmp_path).read(MEMBER) is None


def test_a_disk_that_refuses_costs_nothing(tmp_path):
    (tmp_path / "checkpoints").write_bytes(b"a file in its place")
    files(tmp_path).write(MEMBER, ARRAYS)
    assert files(tmp_path).read(MEMBER) is None


def test_a_commit_removes_those_of_its_members_and_a_sweep_those_of_stored_ones(tmp_path, small_plan, progress):
    run(tmp_path, small_plan(), 1, progress)
    store, member = Store(tmp_path), next(iter(small_plan().members))
    assert not store.checkpoints.exists(), "members that take seconds have none"
    there = CheckpointFiles(store.checkpoints, dict)
    more = next(iter(small_plan(replicates=5).members.keys() - small_plan().members.keys()))
    for name in (member, more):
        there.write(name, ARRAYS)
    aside = store.checkpoints / f".{more}.npz.999999-00000000.tmp"
    aside.touch()
    run(tmp_path, small_plan(), 1, progress)
    assert sorted(path.stem for path in store.checkpoints.iterdir()) == [more], "it is still to be trained"
    assert not store.unknown_files()
    run(tmp_path, small_plan(replicates=5), 1, progress)
    assert not list(store.checkpoints.iterdir())
    (store.checkpoints / "notes.txt").touch()
    assert store.unknown_files() == [store.checkpoints / "notes.txt"]
    run(tmp_path, small_plan(replicates=5), 1, progress)
    assert (store.checkpoints / "notes.txt").exists()


def test_a_link_in_place_of_the_folder_is_refused(tmp_path, small_plan, progress):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "checkpoints").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="is a link"):
        run(tmp_path / "study", small_plan(), 1, progress)
