"""Data as people meet it on the command line: what is missing, wrong, or in the way, and how to get what is right."""

import os
import subprocess
import sys

import pytest

from tests.data.hindrances import HINDRANCES, put_in_place_of

SWEEP = ["sweep", "study=cifar10_features"]
NO_NETWORK = """
import socket, sys
def refuse(*_, **__):
    print("a network was asked for")
    raise OSError("a network was asked for")
socket.socket = socket.create_connection = socket.getaddrinfo = refuse
from biasvar.cli.main import main
try:
    main()
finally:
    print("torchvision" in sys.modules)
"""


def one_error(done):
    """Return what a process said, once it is one error of the data without a traceback."""
    assert done.returncode == 4, done.stderr
    assert done.stderr.startswith("error: ") and done.stderr.count("error: ") == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_missing_images_are_one_error_with_the_place_the_archive_and_both_ways_out(biasvar, tmp_path):
    said = one_error(biasvar(*SWEEP))
    for words in (
        f"{tmp_path}/data/cifar-10-batches-py, where data_batch_1, data_batch_2",
        "data.root = data",
        "cifar-10-python.tar.gz as published, md5 c58f30108f718f92721af3b95e74349a",
        "biasvar data prepare cifar10 --from FILE",
        "data=synthetic needs no download",
    ):
        assert words in said
    assert not list(tmp_path.iterdir())


def test_a_sweep_never_asks_for_a_network(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", NO_NETWORK, *SWEEP],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 4
    assert done.stdout == "False\n", "torchvision, which downloads, is not even imported"
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("what", HINDRANCES)
def test_what_stands_in_the_place_of_a_file_is_one_error_and_never_waited_for(biasvar, tmp_path, what):
    folder = tmp_path / "images" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    put_in_place_of(folder / "test_batch", what)
    assert "test_batch" in one_error(biasvar(*SWEEP, "data.root=images"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["images"]


@pytest.mark.slow
@pytest.mark.parametrize("what", ["nothing", "another file", "half of it", *HINDRANCES])
def test_an_archive_that_cannot_be_used_is_one_error_and_is_kept(biasvar, tmp_path, what):
    path = tmp_path / "cifar-10-python.tar.gz.part"
    if what in HINDRANCES:
        put_in_place_of(path, what)
    elif what != "nothing":
        path.write_bytes(b"\x1f\x8b" * (3 if what == "half of it" else 0))
    before = path.read_bytes() if path.is_file() else None
    said = one_error(biasvar("data", "prepare", "cifar10", "--from", path.name, "--root", "new"))
    assert path.name in said
    if before is not None:
        assert "md5 expected c58f30108f718f92721af3b95e74349a" in said and ", got " in said
        assert path.read_bytes() == before
    assert not (tmp_path / "new").exists()


def test_a_data_set_that_is_not_known_and_a_root_that_is_a_file_are_wrong_commands(biasvar, tmp_path):
    (tmp_path / "taken").write_text("mine")
    for arguments in (["imagenet"], ["cifar10", "--root", "taken"], []):
        done = biasvar("data", "prepare", *arguments)
        assert done.returncode == 2 and "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


@pytest.mark.ci
@pytest.mark.slow
def test_a_folder_of_images_that_is_not_there_is_one_error_and_one_that_is_not_named_a_wrong_command(biasvar, tmp_path):
    said = one_error(biasvar("sweep", "data=images", "data.path=pets", "resampling=bootstrap"))
    assert said.startswith("error: data.path = pets is no folder: expected one folder of images for each class")
    done = biasvar("sweep", "data=images", "resampling=bootstrap")
    assert done.returncode == 2 and "error: data.path is empty" in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.ci
@pytest.mark.slow
@pytest.mark.data
def test_what_is_complete_is_not_fetched_again(biasvar, tmp_path, cifar10_root):
    done = biasvar("data", "prepare", "cifar10", "--root", cifar10_root)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{cifar10_root}/cifar-10-batches-py\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.ci
@pytest.mark.slow
@pytest.mark.data
def test_images_that_change_between_two_runs_are_refused_with_both_checksums(biasvar, tmp_path, cifar10_root):
    folder = tmp_path / "images" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    for name in os.listdir(f"{cifar10_root}/cifar-10-batches-py"):
        (folder / name).symlink_to(f"{cifar10_root}/cifar-10-batches-py/{name}")
    few = ["data.root=images", "data.n_train=60", "data.n_eval=50", "model.features=20", "training.weight_decay=0.0"]
    assert biasvar(*SWEEP, *few, "replicates=3").returncode == 0
    before = files(tmp_path / "outputs")
    content = bytearray((folder / "data_batch_2").read_bytes())
    (folder / "data_batch_2").unlink()
    content[1000] ^= 1
    (folder / "data_batch_2").write_bytes(content)
    said = one_error(biasvar(*SWEEP, *few, "replicates=5"))
    assert "images/cifar-10-batches-py/data_batch_2 is not the published file" in said
    assert "md5 expected d4bba439e000b95fd0a9bffe97cbabec, got " in said
    assert files(tmp_path / "outputs") == before


def files(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_data_larger_than_memory_are_refused_before_they_are_looked_for(tmp_path, monkeypatch):
    from biasvar.cli import sweep
    from biasvar.cli.signals import Stopping
    from biasvar.study import memory
    from biasvar.study.memory_limit import Limit

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(memory, "memory_limit", lambda: Limit(10**9, "this machine has"))
    with pytest.raises(OSError, match=r"needs about 1\.\d GB of memory, and this machine has 1\.0 GB"):
        sweep.command.main([SWEEP[1]], standalone_mode=False, obj=Stopping())
    assert not list(tmp_path.iterdir()), "there are no images: they were never asked for"
