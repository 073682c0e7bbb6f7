"""The archive: its checksum first, then its named files alone, all of them right before the first is written."""

import io
import os
import tarfile
from urllib.error import URLError

import numpy as np
import pytest

from biasvar.data.images.archives import download, is_complete, take
from biasvar.data.images.cifar10 import FILES
from biasvar.data.images.published import read_split
from tests.data.hindrances import HINDRANCES, put_in_place_of

FOLDER = FILES.folder
(ARCHIVE,) = FILES.archives


def member(name, content=b"", **changes):
    """Return a member of an archive with its content; changes are to its header."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for attribute, value in changes.items():
        setattr(info, attribute, value)
    return info, content


def write_archive(path, members):
    with tarfile.open(path, "w:gz") as archive:
        for info, content in members:
            archive.addfile(info, io.BytesIO(content))
    return path


def files_of(contents):
    """Return the members of a right archive."""
    return [member(FOLDER, type=tarfile.DIRTYPE), *(member(f"{FOLDER}/{name}", c) for name, c in contents.items())]


@pytest.fixture
def archive(tmp_path, small_cifar10, published):
    """Return a function that makes an archive of the right files and others, taken for the published one."""

    def make(*others, contents=small_cifar10):
        path = write_archive(tmp_path / "archive.tar.gz", [*others, *files_of(contents)])
        published(path)
        return path

    return make


def test_the_named_files_are_there_afterwards_and_nothing_else(tmp_path, archive, small_cifar10):
    root = tmp_path / "root"
    take(FILES, [archive(member(f"{FOLDER}/readme.html", b"<p>"))], root)
    found = {path.name: path.read_bytes() for path in (root / FOLDER).iterdir()}
    assert found == small_cifar10
    assert is_complete(FILES, root) and len(read_split(FILES, str(root), True)[1]) == 25
    assert sorted(path.name for path in root.iterdir()) == [FOLDER]


@pytest.mark.parametrize("damage", [lambda c: c[: len(c) // 2], lambda c: b"", lambda c: c + b"?", lambda c: c[1:]])
def test_another_archive_is_never_opened_and_is_kept_and_both_checksums_are_said(
    tmp_path, archive, monkeypatch, damage
):
    path = archive()
    content = damage(path.read_bytes())
    part = tmp_path / f"{ARCHIVE}.part"
    part.write_bytes(content)
    monkeypatch.setattr(tarfile, "open", lambda *_, **__: pytest.fail("it was opened"))
    says = (
        rf"{part.name} is not {ARCHIVE} as published: md5 expected \w{{32}} .*, got \w{{32}} \({len(content):,} bytes\)"
    )
    with pytest.raises(OSError, match=says):
        take(FILES, [part], tmp_path / "root")
    assert part.read_bytes() == content and not (tmp_path / "root").exists()


ODD = {
    "a path upwards": member(f"{FOLDER}/../../canary", b"x"),
    "a path upwards to a named file": member(f"{FOLDER}/../data_batch_1", b"x"),
    "an absolute path": member("/tmp/canary", b"x"),
    "an absolute path to a named file": member(f"/{FOLDER}/data_batch_1", b"x"),
    "a file beside the folder": member("data_batch_1", b"x"),
    "another folder": member("other/data_batch_1", b"x"),
    "a folder in the folder": member(f"{FOLDER}/data_batch_1", type=tarfile.DIRTYPE),
    "a symbolic link": member(f"{FOLDER}/data_batch_1", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
    "a symbolic link in the folder's place": member(FOLDER, type=tarfile.SYMTYPE, linkname="/tmp"),
    "a hard link": member(f"{FOLDER}/data_batch_1", type=tarfile.LNKTYPE, linkname=f"{FOLDER}/test_batch"),
    "a device": member(f"{FOLDER}/data_batch_1", type=tarfile.CHRTYPE, devmajor=1, devminor=5),
    "a block device": member(f"{FOLDER}/data_batch_1", type=tarfile.BLKTYPE),
    "a named pipe": member(f"{FOLDER}/data_batch_1", type=tarfile.FIFOTYPE),
    "a giant": member(f"{FOLDER}/data_batch_1", bytes(40_000_001)),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize("place", ["first", "last"])
def test_an_odd_member_is_refused_by_name_before_anything_is_written_even_under_the_right_checksum(
    tmp_path, small_cifar10, published, odd, place
):
    members = files_of(small_cifar10)
    path = write_archive(tmp_path / "archive.tar.gz", [odd, *members] if place == "first" else [*members, odd])
    published(path)
    before = set(os.listdir("/tmp"))
    with pytest.raises(OSError, match=rf"archive.tar.gz holds '{odd[0].name}'"):
        take(FILES, [path], tmp_path / "root")
    assert [one.name for one in tmp_path.iterdir()] == ["archive.tar.gz"]
    assert "canary" not in set(os.listdir("/tmp")) - before


def test_a_sparse_giant_is_refused(tmp_path, small_cifar10, published):
    sparse = member(f"{FOLDER}/data_batch_1", b"x" * 512)
    sparse[0].pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.map": "0,512",
                             "GNU.sparse.size": str(2**60)}  # fmt: skip
    path = write_archive(tmp_path / "archive.tar.gz", [sparse, *files_of(small_cifar10)])
    published(path)
    with pytest.raises(OSError, match="holds 'cifar-10-batches-py/data_batch_1', which is no plain file"):
        take(FILES, [path], tmp_path / "root")
    assert not (tmp_path / "root").exists()


def test_a_member_with_another_checksum_is_named_and_nothing_is_written(tmp_path, archive, small_cifar10):
    path = archive(contents=small_cifar10 | {"data_batch_5": b"another"})
    with pytest.raises(OSError, match=f"{FOLDER}/data_batch_5 of .* is not the published file: md5 expected"):
        take(FILES, [path], tmp_path / "root")
    assert not (tmp_path / "root").exists()


def test_an_archive_that_lacks_a_file_is_refused(tmp_path, archive, small_cifar10):
    path = archive(contents={name: c for name, c in small_cifar10.items() if name != "test_batch"})
    with pytest.raises(OSError, match="holds no test_batch"):
        take(FILES, [path], tmp_path / "root")
    assert not (tmp_path / "root").exists()


@pytest.mark.parametrize("what", HINDRANCES)
def test_what_is_no_file_is_named_and_never_waited_for(tmp_path, what):
    put_in_place_of(tmp_path / "archive", what)
    with pytest.raises(OSError, match=f"archive {HINDRANCES[what]}"):
        take(FILES, [tmp_path / "archive"], tmp_path / "root")
    assert not (tmp_path / "root").exists()


def test_a_link_that_was_planted_is_replaced_and_its_target_left_alone(tmp_path, archive, small_cifar10):
    folder, target = tmp_path / "root" / FOLDER, tmp_path / "target"
    folder.mkdir(parents=True)
    target.write_bytes(b"mine")
    for name in ("data_batch_1", f".data_batch_1.{os.getpid()}.tmp"):
        (folder / name).symlink_to(target)
    take(FILES, [archive()], tmp_path / "root")
    assert target.read_bytes() == b"mine"
    assert not (folder / "data_batch_1").is_symlink()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == small_cifar10


def test_a_disk_that_is_full_leaves_nothing_half_written(tmp_path, archive, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    path = archive()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        take(FILES, [path], tmp_path / "root")
    assert list((tmp_path / "root" / FOLDER).iterdir()) == []


def fetching(monkeypatch, content):
    """Let a download write some bytes, or raise; return the addresses that are asked for."""
    asked = []

    def fetch(url, root, filename):
        asked.append(url)
        if isinstance(content, Exception):
            raise content
        with open(os.path.join(root, filename), "xb") as stream:
            stream.write(content)

    monkeypatch.setattr("torchvision.datasets.utils.download_url", fetch)
    return asked


def test_a_download_gets_its_name_once_its_checksum_is_right(tmp_path, archive, monkeypatch):
    content = archive().read_bytes()
    root = tmp_path / "root"
    root.mkdir()
    (root / f"{ARCHIVE}.part").write_bytes(b"half of an earlier one")
    asked = fetching(monkeypatch, content)
    assert download(FILES, root) == [root / ARCHIVE] and (root / ARCHIVE).read_bytes() == content
    assert download(FILES, root) == [root / ARCHIVE] and len(asked) == 1, "what is there is not fetched again"
    assert [path.name for path in root.iterdir()] == [ARCHIVE]


def test_half_a_download_is_kept_aside_and_never_used(tmp_path, archive, monkeypatch):
    fetching(monkeypatch, archive().read_bytes()[:-1])
    with pytest.raises(OSError, match=rf"{ARCHIVE}.part is not {ARCHIVE} as published: md5 expected"):
        download(FILES, tmp_path / "root")
    assert [path.name for path in (tmp_path / "root").iterdir()] == [f"{ARCHIVE}.part"]


def test_a_wrong_archive_that_is_there_is_named_kept_and_not_fetched_over(tmp_path, archive, monkeypatch):
    archive()
    asked = fetching(monkeypatch, b"")
    (tmp_path / ARCHIVE).write_bytes(b"mine")
    with pytest.raises(OSError, match=r"(?s)as published: md5 expected .* it is kept but not used"):
        download(FILES, tmp_path)
    assert not asked and (tmp_path / ARCHIVE).read_bytes() == b"mine"


def test_no_network_is_an_error_of_the_machine(tmp_path, monkeypatch):
    fetching(monkeypatch, URLError("no network"))
    with pytest.raises(OSError, match="no network"):
        download(FILES, tmp_path / "root")


def test_what_is_not_complete_is_not_called_so(tmp_path, put, small_cifar10):
    assert not is_complete(FILES, tmp_path)
    root = put(small_cifar10)
    assert is_complete(FILES, tmp_path / "root")
    put(small_cifar10 | {"data_batch_2": b"another"})
    assert not is_complete(FILES, tmp_path / "root") and root


@pytest.mark.data
@pytest.mark.slow
def test_the_real_files_go_through_an_archive_unchanged_and_torchvision_reads_them(tmp_path, cifar10_root, published):
    from torchvision.datasets import CIFAR10

    path = tmp_path / "archive.tar.gz"
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        archive.add(os.path.join(cifar10_root, FOLDER), FOLDER)
    published(path)
    take(FILES, [path], tmp_path / "root")
    theirs = CIFAR10(str(tmp_path / "root"), train=False, download=False)
    images, labels = read_split(FILES, str(tmp_path / "root"), False)
    assert np.array_equal(images.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), theirs.data)
    assert labels.tolist() == theirs.targets and theirs.classes[0] == "airplane"
